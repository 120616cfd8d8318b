import {
  type DeleteRequest,
  type Driver,
  type Fence,
  type KvWritten,
  type PutRequest,
  StoreError,
} from '@stategate/journal-spi';
import { ValueStore } from '@stategate/kv';
import type { ProxyConfig, StoreConfig } from '../config/index.ts';
import { Batcher } from './batcher.ts';
import { type CrdtCollection, sharedReplica } from './crdt-storage.ts';
import { openStore, type StoreEnv } from './drivers.ts';
import { EventLog } from './event-log.ts';
import { ownedDriver, type OwnedDriver } from './owned-driver.ts';

const CONCERNS = ['journal', 'snapshots', 'keyValue'] as const;
type Concern = (typeof CONCERNS)[number];

/** The open drivers of a configuration, and who keeps what in which. */
export interface OpenStores {
  /** By name under `stores`; the main store has no name. */
  readonly named: ReadonlyMap<string | undefined, Driver>;
  /** Where the entities of a service are kept. */
  of(serviceName: string): Readonly<Record<Concern, Driver>>;
}

/** What the main store, which has no name, is called where one is needed. */
export const MAIN_STORE = 'main';

/**
 * Opens every store of a configuration. When one cannot be opened, none stays open. `wrap` may put something around each driver.
 * Throws `StoreError`.
 */
export async function openStores(
  { store, stores }: Pick<ProxyConfig, 'store' | 'stores'>,
  env: StoreEnv,
  wrap: (driver: Driver, name: string) => Driver = (driver) => driver,
): Promise<OpenStores> {
  checkNames(store, stores);
  const named = new Map<string | undefined, Driver>();
  try {
    named.set(undefined, wrap(await openStore(store, env), MAIN_STORE));
    for (const [name, config] of Object.entries(stores)) named.set(name, wrap(await openStore(config, env), name));
  } catch (error) {
    await Promise.all([...named.values()].map((driver) => driver.close()));
    throw error;
  }
  const get = (name: string | undefined): Driver => {
    const driver = named.get(name);
    if (driver === undefined) throw new StoreError('ConfigError', `there is no store "${name}"`);
    return driver;
  };
  return {
    named,
    of(serviceName) {
      const [own] = Object.entries(stores).find(([, { services }]) => services.includes(serviceName)) ?? [];
      if (own !== undefined) return { journal: get(own), snapshots: get(own), keyValue: get(own) };
      return { journal: get(store.journal), snapshots: get(store.snapshots), keyValue: get(store.keyValue) };
    },
  };
}

function checkNames(store: StoreConfig, stores: ProxyConfig['stores']): void {
  for (const concern of CONCERNS) {
    const name = store[concern];
    if (name === undefined || name in stores) continue;
    const known = Object.keys(stores).join(', ') || 'none';
    throw new StoreError(
      'ConfigError',
      `store.${concern} names "${name}", which is not under stores: there is ${known}`,
    );
  }
  const kept = Object.values(stores).flatMap(({ services }) => services);
  const twice = kept.find((service, index) => kept.indexOf(service) !== index);
  if (twice !== undefined) throw new StoreError('ConfigError', `the service ${twice} is under more than one of stores`);
}

/** The stores of one service, as its entities use them. */
export interface EntityStores {
  readonly namespace: string;
  readonly journal: Driver;
  readonly log: EventLog;
  readonly values: ValueStore;
  readonly valuesFence: Fence;
  readonly crdts: Omit<CrdtCollection, 'persistenceId'>;
  /** The key-value side of the store with the journal: what counts events stays with them. */
  readonly besideJournal: { readonly store: ValueStore; readonly fence: Fence };
}

/** Puts batching, retries and tokens above the open stores: what this returns makes the stores of a service. */
export function entityStores(
  stores: OpenStores,
  namespace: string,
  fenceOf: (driver: Driver) => Fence,
  timeoutMs: number,
): (serviceName: string) => EntityStores {
  const owned = new Map([...stores.named.values()].map((driver) => [driver, ownedDriver(driver, fenceOf(driver))]));
  const ownedOf = (driver: Driver): OwnedDriver => owned.get(driver) ?? ownedDriver(driver, fenceOf(driver));
  // Services with the same drivers share their batches.
  const logs = new Map<Driver, Map<Driver, EventLog>>();
  const values = new Map<Driver, ValueStore>();
  const crdts = new Map<Driver, EntityStores['crdts']>();
  const valuesOf = (driver: Driver): ValueStore => {
    const store = values.get(driver) ?? valueStore(ownedOf(driver), timeoutMs);
    values.set(driver, store);
    return store;
  };
  return (serviceName) => {
    const { journal, snapshots, keyValue } = stores.of(serviceName);
    const log = logs.get(journal)?.get(snapshots) ?? new EventLog(ownedOf(journal), ownedOf(snapshots), timeoutMs);
    logs.set(journal, (logs.get(journal) ?? new Map()).set(snapshots, log));
    const value = valuesOf(keyValue);
    const { fence } = ownedOf(keyValue);
    const crdt = crdts.get(keyValue) ?? {
      store: value,
      namespace,
      fence,
      timeoutMs,
      expires: keyValue.capabilities.ttl !== false,
      replica: sharedReplica(value, namespace, fence, timeoutMs),
    };
    crdts.set(keyValue, crdt);
    const besideJournal = { store: valuesOf(journal), fence: ownedOf(journal).fence };
    return { namespace, journal, log, values: value, valuesFence: fence, crdts: crdt, besideJournal };
  };
}

function valueStore({ driver, retries }: OwnedDriver, timeoutMs: number): ValueStore {
  const puts = new Batcher<PutRequest | DeleteRequest, KvWritten>(
    (group) => driver.keyValue.putMany(group, { deadline: performance.now() + timeoutMs }),
    driver.tuning.groupMax,
  );
  return new ValueStore(driver.keyValue, (request) => retries.run(() => puts.submit(request)));
}
