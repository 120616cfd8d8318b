import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ChangeFeed } from './feed.ts';
import type { FenceStore, StoreLease } from './fences.ts';
import type { Journal, PageSize } from './journal.ts';
import type { KeyValueStore } from './key-value.ts';
import type { SnapshotStore } from './snapshots.ts';
import type { OpOptions } from './stream.ts';

/** The version of this interface. A driver states the range it implements; a driver outside of it is refused before it is opened. */
export const SPI_VERSION = '1.0.0-rc.1';

/** What a driver package exports as default from its `./driver` entry. Make it with `defineDriver`. */
export interface DriverDefinition<Config = unknown> {
  /** As in the configuration's `store.driver`. */
  readonly name: string;
  readonly version: string;
  /** Semver range of the SPI it implements. */
  readonly spi: string;
  /** Validates `store.config`; any library that implements Standard Schema. Unknown keys must be refused. */
  readonly configSchema: StandardSchemaV1<unknown, Config>;
  /** Paths in the configuration that are never printed, such as `password` or `tls.key`. */
  readonly secrets: readonly string[];
  /** The configuration that `driver:REST` stands for, as in `sqlite:./file.db`; absent when there is no short form. */
  readonly shortForm?: (rest: string) => unknown;
  /** Connects, verifies that the store is safe to use, and resolves what it can do. Throws `StoreError`. */
  open(config: Config, env: DriverEnv): Promise<Driver>;
}

/** What a driver may use of the world above it. */
export interface DriverEnv {
  /** Something an operator should know. */
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** Goes into connection names and lock files. */
  readonly instanceId: string;
  /** Open without writing anything, the schema included: for looking into a store beside its owner. */
  readonly readOnly?: boolean;
  /** Milliseconds since 1970, for timestamps and time-to-live; `Date.now` when absent. */
  readonly now?: () => number;
}

/** An open store. */
export interface Driver {
  readonly capabilities: Capabilities;
  readonly limits: Limits;
  readonly tuning: TuningProfile;
  readonly server: ServerInfo;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  readonly keyValue: KeyValueStore;
  readonly fences: FenceStore;
  readonly schema: SchemaManager;
  /** Present exactly when `capabilities.feed` is not false. */
  readonly feed?: ChangeFeed;
  /** Present exactly when `capabilities.exclusive` is `lock`. */
  readonly lock?: StoreLock;
  /** Present exactly when `capabilities.exclusive` is `lease`. */
  readonly lease?: StoreLease;
  /** Asks the store whether it can read and write now. Never throws: what is wrong is in the report, at the latest at the deadline. */
  health(options: OpOptions): Promise<HealthReport>;
  /** Waits up to `drainMs` for what is running, then frees everything. Calls after it end as `StoreUnavailable`. Closing twice is fine. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

export interface Capabilities {
  /** What survives an acknowledged write: nothing, the end of this process, the end of the operating system, the loss of a machine. */
  readonly durability: 'none' | 'os-buffered' | 'disk' | 'quorum-memory' | 'quorum-disk';
  /** Whether a server that takes over for a lost one may lack what was acknowledged last. */
  readonly ackLossOnFailover: boolean;
  /** How one proxy keeps the store to itself: by being the only process that can see it, by `Driver.lock` or by `Driver.lease`. */
  readonly exclusive: 'process' | 'lock' | 'lease';
  /** Whether `ReadQuery.direction: 'backward'` works; otherwise it is refused as `Unsupported`. */
  readonly readBackward: boolean;
  /** Whether `PutRequest.ttlMs` works; otherwise it is refused as `Unsupported`. */
  readonly ttl: 'native' | 'lazy' | false;
  /**
   * `order`: over all streams, or only within each. `complete`: whether the store's own order rules out that an event turns up behind
   * an offset that was passed, or the driver waits for a while to make it so.
   */
  readonly feed:
    | false
    | {
        readonly order: 'total' | 'per-stream';
        readonly live: 'push' | 'poll';
        readonly complete: 'by-construction' | 'by-delay';
      };
}

/** Hard limits, in bytes or counts. What is above them is refused before anything is written. */
export interface Limits {
  readonly maxEventBytes: number;
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  readonly maxSnapshotBytes: number;
  readonly maxValueBytes: number;
}

/** What suits this store: the proxy starts from it. */
export interface TuningProfile {
  readonly page: PageSize;
  /** Most requests of one `appendMany`, `recoverMany` or `putMany`. */
  readonly groupMax: number;
  readonly keepSnapshots: number;
  readonly maxConcurrentRecoveries: number;
  /** Between how many events a snapshot is worth storing, at least and at most; `target` until there are measurements. */
  readonly snapshotEvery: { readonly min: number; readonly target: number; readonly max: number };
}

export interface HealthReport {
  readonly ready: boolean;
  readonly latencyMs: number;
  /** What is wrong or soon will be, one sentence each. */
  readonly problems: readonly string[];
}

export interface ServerInfo {
  readonly product: string;
  readonly version: string;
  /** Where, for people: a path or an address, without secrets. */
  readonly location: string;
}

export interface SchemaManager {
  /** Throws `SchemaMismatch` when the store was written by a newer driver. */
  status(options: OpOptions): Promise<{ readonly current: number; readonly target: number }>;
  /** The statements that lead from `current` to `target`, for people to read or to run by hand; none when it is there. */
  statements(options: OpOptions): Promise<readonly string[]>;
  /** Brings the store to `target`; does nothing when it is there. Safe when several run at once. */
  migrate(options: OpOptions): Promise<void>;
}

export interface StoreLock {
  /** Takes the store for this process until `release` or the process's end. `StoreUnavailable` says who holds it. */
  acquire(): Promise<{ release(): Promise<void> }>;
}

/** Gives a driver's definition its exact types. Does nothing else: importing a driver has no effect. */
export function defineDriver<Config>(definition: DriverDefinition<Config>): DriverDefinition<Config> {
  return definition;
}
