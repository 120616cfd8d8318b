import { describe, expect, test } from 'vitest';
import { isStoreError } from '@stategate/journal-spi';
import { Database, inMemoryDriver } from '@stategate/driver-inmemory/driver';
import definition from '@stategate/driver-inmemory/driver';
import { validateConfig } from '@stategate/journal-spi/kit';
import { inMemoryTarget } from './targets.ts';
import { testConformance } from './suite.ts';

describe('conformance of the in-memory driver', () => {
  testConformance(async () => inMemoryTarget());
});
