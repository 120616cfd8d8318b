import { Database, inMemoryDriver } from '@stategate/driver-inmemory/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';

/** An in-memory database that every `open` reaches, as if it were a server. */
export function inMemoryTarget(): ConformanceTarget {
  return {
    definition: inMemoryDriver(new Database(512 * 1024 * 1024)),
    config: {},
    hooks: { emptyStore: async () => inMemoryTarget(), expiredOffset: () => '999999999' },
  };
}
