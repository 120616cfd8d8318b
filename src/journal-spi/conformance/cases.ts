import { appendCases } from './append.ts';
import { appendLimitCases } from './append-limits.ts';
import { appendRaceCases } from './append-races.ts';
import type { ConformanceCase } from './case.ts';
import { deleteCases } from './delete.ts';
import { feedCases } from './feed.ts';
import { liveFeedCases } from './feed-live.ts';
import { fencingCases } from './fencing.ts';
import { healthCases } from './health.ts';
import { keyCases } from './keys.ts';
import { keyValueCases } from './key-value.ts';
import { keyValueListCases } from './key-value-list.ts';
import { leaseCases } from './lease.ts';
import { lifecycleCases } from './lifecycle.ts';
import { limitCases } from './limits.ts';
import { pageCases } from './pages.ts';
import { readCases } from './read.ts';
import { recoverCases } from './recover.ts';
import { schemaCases } from './schema.ts';
import { snapshotCases } from './snapshots.ts';
import { ttlCases } from './ttl.ts';

/** The whole suite. Ids are unique; every case makes its own world in a namespace of its own. */
export const cases: readonly ConformanceCase[] = [
  ...appendCases,
  ...keyCases,
  ...appendLimitCases,
  ...appendRaceCases,
  ...readCases,
  ...pageCases,
  ...recoverCases,
  ...deleteCases,
  ...snapshotCases,
  ...keyValueCases,
  ...ttlCases,
  ...keyValueListCases,
  ...feedCases,
  ...liveFeedCases,
  ...fencingCases,
  ...leaseCases,
  ...limitCases,
  ...schemaCases,
  ...healthCases,
  ...lifecycleCases,
];
