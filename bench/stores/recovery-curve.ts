import { setTimeout as delay } from 'node:timers/promises';
import type { Driver, Fence } from '@stategate/journal-spi';
import { EventLog } from '../../src/proxy/persistence/event-log.ts';
import { EventSourcedStorage } from '../../src/proxy/persistence/event-sourced-storage.ts';
import { ownedDriver } from '../../src/proxy/persistence/owned-driver.ts';
import { SnapshotPolicy } from '../../src/proxy/persistence/snapshot-policy.ts';
import { median } from '../median.ts';
import { NAMESPACE } from './driver-side.ts';
import { EVENT, indexes, SNAPSHOT } from './workload.ts';

const LENGTHS = [100, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000];
const COMMAND_EVENTS = 10;
const RECOVERIES = 7;
const TIMEOUT_MS = 15_000;
/** In which a snapshot, saved off the reply path, is through. */
const SETTLE_MS = 50;

/** One length of the journal: how long recovery takes with the policy `auto` and without snapshots; medians. */
export interface CurvePoint {
  readonly events: number;
  readonly autoMs: number;
  readonly offMs: number;
}

/**
 * Two entities grow side by side through what the proxy puts above a driver. Their user functions offer a snapshot with every
 * command: `auto` takes those that are worth it, `off` none. The process ends without passivating them, so that nothing is
 * saved at the end.
 */
export async function measureRecoveryCurve(driver: Driver, fence: Fence): Promise<readonly CurvePoint[]> {
  const owned = ownedDriver(driver, fence);
  const log = new EventLog(owned, owned, TIMEOUT_MS);
  const auto = await GrowingEntity.start(log, 'auto', driver);
  const off = await GrowingEntity.start(log, 'off', driver);
  const points: CurvePoint[] = [];
  for (const events of LENGTHS) {
    await Promise.all([auto.growTo(events), off.growTo(events)]);
    await delay(SETTLE_MS);
    const autoMs: number[] = [];
    const offMs: number[] = [];
    while (autoMs.length < RECOVERIES) {
      autoMs.push(await auto.recover());
      offMs.push(await off.recover());
    }
    points.push({ events, autoMs: median(autoMs), offMs: median(offMs) });
  }
  return points;
}

const ignore = (): void => undefined;
const NOBODY = { eventsLoaded: ignore, eventsPersisted: ignore, snapshotLoaded: ignore, snapshotPersisted: ignore };

class GrowingEntity {
  readonly #open: () => EventSourcedStorage;
  readonly #withSnapshots: boolean;
  #storage: EventSourcedStorage;
  #head = 0;

  static async start(log: EventLog, policy: 'auto' | 'off', driver: Driver): Promise<GrowingEntity> {
    const snapshotPolicy = new SnapshotPolicy(driver.tuning.snapshotEvery, false);
    const stream = { namespace: NAMESPACE, persistenceId: 'curve', entityId: policy };
    const fail = (error: unknown): never => {
      throw error;
    };
    const entity = new GrowingEntity(
      () => new EventSourcedStorage(log, stream, snapshotPolicy, NOBODY, fail),
      policy === 'auto',
    );
    await entity.recover();
    return entity;
  }

  constructor(open: () => EventSourcedStorage, withSnapshots: boolean) {
    this.#open = open;
    this.#withSnapshots = withSnapshots;
    this.#storage = open();
  }

  async growTo(head: number): Promise<void> {
    const value = EVENT.payload;
    const events = indexes(COMMAND_EVENTS).map(() => ({ typeUrl: EVENT.manifest, value }));
    const snapshot = this.#withSnapshots ? { typeUrl: EVENT.manifest, value: SNAPSHOT } : undefined;
    for (; this.#head < head; this.#head += COMMAND_EVENTS) await this.#storage.write({ events, snapshot }, undefined);
  }

  /** Brings the entity to life once more, and tells how long that took. */
  async recover(): Promise<number> {
    const storage = this.#open();
    const started = performance.now();
    let head = 0;
    for await (const step of storage.replay()) {
      head = (step.type === 'init' ? step.state?.sequenceNr : step.events.at(-1)?.sequenceNr) ?? head;
    }
    const durationMs = performance.now() - started;
    if (head !== this.#head) throw new Error(`${head} events came back, ${this.#head} were written`);
    this.#storage = storage;
    return durationMs;
  }
}
