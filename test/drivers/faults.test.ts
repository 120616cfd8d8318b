import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '@stategate/journal-spi';
import type { Driver, StoreErrorCode } from '@stategate/journal-spi';
import { cases } from '@stategate/journal-spi/conformance';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { TestContext } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { memoryInUse } from '../../src/journal-spi/conformance/memory.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { notRun } from '../support/not-run.ts';
import { configOf, SERVER_STORES, startStore, STORES } from '../support/stores.ts';
import type { StoreName, TestStore } from '../support/stores.ts';
import {
  APPEND_MS,
  appendRequest,
  appendWhile,
  countEvents,
  errorOf,
  fedEvents,
  openDriver,
  PAGE,
  payloads,
  stream,
} from './support.ts';
import { killWriter, startWriter } from './writer-process.ts';
import type { Acknowledged } from './writer-process.ts';

/** What a call may take beyond its deadline. */
const LATE_MS = 250;
/** The same on a busy machine, where nothing else is measured. */
const SLACK_MS = 500;
const HOLE_S = 10;
const LARGE = 'x'.repeat(40_000);
/** Cassandra takes its time to start. */
const BOOT_MS = 120_000;

/** How an append ends that meets a server which stands still, where that is not `AmbiguousWrite`. */
const STALLED: Readonly<Partial<Record<StoreName, StoreErrorCode>>> = {
  // The first that it sends is a pointer for the feed: the commit was not sent, and surely has not been applied.
  dynamodb: 'StoreUnavailable',
};

/** How a write ends that may have been applied, or was not. */
const UNCLEAR: readonly string[] = ['AmbiguousWrite', 'StoreUnavailable'];

const HERE = 'drivers/faults.test.ts';
const NO_SERVER = 'not: nothing lies between this store and its driver that could be lost, cut, stopped or replaced';
const NO_RIGHTS = 'not: who may open it is up to the operating system';
/** Of those servers that have no entry of their own, `servers` is the entry. */
type Where = Readonly<Partial<Record<StoreName | 'servers', string>>>;

/**
 * Where each case is shown for a store: a test file of which a test names it, or a case of the conformance suite. Or why it cannot
 * happen to that store.
 */
const CASES: Readonly<Record<string, Where>> = {
  'Z-01': { servers: HERE },
  'Z-02': { servers: HERE },
  'Z-03': { servers: HERE },
  'Z-04': { servers: HERE },
  'Z-05': { servers: HERE },
  'Z-06': { servers: HERE },
  'Z-07': { servers: HERE },
  'Z-08': { servers: HERE },
  'Z-09': { servers: HERE },
  'Z-10': { servers: HERE, sqlite: HERE, inmemory: 'not: what it holds ends with its process, and it says so' },
  'Z-11': {
    inmemory: 'drivers/inmemory.test.ts',
    sqlite: 'unit/drivers/sqlite-full.test.ts',
    postgres: 'drivers/postgres-specials.test.ts',
    redis: 'drivers/redis-specials.test.ts',
    mongodb: 'drivers/mongodb-specials.test.ts',
    dynamodb: 'not: the service has no disk that a user could fill',
    cassandra: 'not: a full disk ends the server (disk_failure_policy), as kill -9 does',
  },
  'Z-12': {
    postgres: 'drivers/postgres-failover.test.ts',
    redis: 'drivers/redis-specials.test.ts',
    mongodb: 'drivers/mongodb-specials.test.ts',
    dynamodb: 'not: behind the address of the service no server can be told from another',
    cassandra: 'drivers/cassandra-specials.test.ts',
  },
  'Z-13': {
    postgres: 'not: the server does not throttle; what it refuses for want of room is Z-11',
    redis: 'drivers/redis-specials.test.ts',
    mongodb: 'not: our server has no such answer; a full disk, Throttled too, is Z-11',
    dynamodb: 'drivers/dynamodb-specials.test.ts',
    cassandra: 'unit/drivers/cassandra-errors.test.ts',
  },
  'Z-14': { servers: HERE },
  'Z-15': {
    inmemory: 'not: nobody but its process can open it',
    sqlite: NO_RIGHTS,
    postgres: 'drivers/postgres-specials.test.ts',
    redis: 'drivers/redis-specials.test.ts',
    mongodb: 'drivers/mongodb-specials.test.ts',
    dynamodb: 'drivers/dynamodb-specials.test.ts',
    cassandra: 'drivers/cassandra-specials.test.ts',
  },
  'Z-16': { servers: 'JA-32', sqlite: 'JA-32', inmemory: 'JA-32' },
  'Z-17': { servers: 'fault/history.test.ts', sqlite: 'fault/history.test.ts', inmemory: 'fault/history.test.ts' },
  'Z-18': {
    postgres: 'drivers/postgres-specials.test.ts',
    redis: 'drivers/redis-specials.test.ts',
    mongodb: 'not: its protocol has no prepared statements',
    dynamodb: 'not: its protocol has no prepared statements',
    cassandra: HERE,
  },
  'Z-19': {
    inmemory: 'not: it has no schema',
    sqlite: 'not: its file is locked against others while it is open',
    postgres: 'drivers/postgres-specials.test.ts',
    redis: 'not: it has no schema; keys that are missing are Z-12',
    mongodb: 'drivers/mongodb-specials.test.ts',
    dynamodb: 'drivers/dynamodb-specials.test.ts',
    cassandra: 'drivers/cassandra-specials.test.ts',
  },
  'Z-20': {
    postgres: 'drivers/postgres-specials.test.ts',
    redis: 'drivers/redis-specials.test.ts',
    mongodb: 'drivers/mongodb-specials.test.ts',
    dynamodb: 'drivers/dynamodb-specials.test.ts',
    cassandra: 'drivers/cassandra-specials.test.ts',
  },
};

test.for(Object.entries(CASES))('%s is shown for every store, or cannot happen to it', ([id, where]) => {
  const servers: readonly string[] = SERVER_STORES;
  const isShown = (place = '') => {
    if (!place.endsWith('.ts')) return place.startsWith('not: ') || cases.some((each) => each.id === place);
    const named = readFileSync(join(import.meta.dirname, '..', place), 'utf8').split(id).length - 1;
    // This file names all of them above.
    return named > (place === HERE ? 1 : 0);
  };
  const placeOf = (name: StoreName) => where[name] ?? (servers.includes(name) ? where.servers : NO_SERVER);
  expect(STORES.filter((name) => !isShown(placeOf(name)))).toEqual([]);
});

const KEPT = ['sqlite', ...SERVER_STORES] as const;
const started = Object.fromEntries(
  await Promise.all(KEPT.map(async (name) => [name, await startStore(name, { own: true })] as const)),
);
let store: TestStore;

function startedStore(context: TestContext, name: StoreName): TestStore {
  const found = started[name];
  return found === undefined || 'missing' in found ? notRun(context, found?.missing ?? 'it was not started') : found;
}

afterAll(async () => {
  for (const each of Object.values(started)) if (!('missing' in each)) await each[Symbol.asyncDispose]();
});

describe.each(KEPT)('%s', (name) => {
  beforeEach((context) => {
    store = startedStore(context, name);
  });

  test('Z-10: kill -9 of a writer in the middle of a load: what was acknowledged is there, none twice, and only whole appends', async () => {
    const { writer, lines } = startWriter(name, store.config);
    expect((await lines.next()).value).toBe('locked');
    const acknowledged = new Map<string, number>();
    const note = (line: string) => {
      for (const [entityId, , last] of JSON.parse(line) as Acknowledged) acknowledged.set(entityId, last);
    };
    for (let group = 0; group < 8; group += 1) note(String((await lines.next()).value));
    await killWriter(writer);
    for (let line = await lines.next(); !line.done; line = await lines.next()) note(line.value);

    const driver = await openDriver(store.definition, store.config);
    expect(acknowledged.size).toBe(40);
    const check = async ([entityId, last]: readonly [string, number]) => {
      const events = (await payloads(driver, entityId)).map((text): unknown[] => JSON.parse(text));
      expect(events.length).toBeGreaterThanOrEqual(last);
      for (const append of Map.groupBy(events, ([token]) => token).values()) {
        expect(append.map(([, ...place]) => place)).toEqual(append.map((_, index) => [index, append.length]));
      }
      const { lastSequenceNr } = await driver.journal.append(appendRequest(entityId, events.length), {});
      expect(lastSequenceNr).toBe(events.length + 1);
    };
    await Promise.all([...acknowledged].map(check));
  });
});

/** What is between a proxy and the store's server, and the store with nothing between. */
interface Between {
  readonly proxy: FaultProxy;
  readonly through: Driver;
  readonly direct: Driver;
  readonly entityId: string;
}

async function between({ definition, config, server }: TestStore, more: object = {}): Promise<Between> {
  const address = new URL(server?.url ?? '');
  const proxy = await FaultProxy.start({ host: address.hostname, port: Number(address.port) });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  address.port = String(proxy.port);
  const direct = await openDriver(definition, config);
  const through = await openDriver(definition, { ...Object(configOf(definition, address.href)), ...more });
  const entityId = randomUUID();
  await through.journal.append(appendRequest(entityId, 0), {});
  return { proxy, through, direct, entityId };
}

/** By how much the end of some work misses its deadline more than a timer does: on a busy machine both are late. */
async function lateMs(work: Promise<unknown>, deadline: number): Promise<number> {
  const endOf = (what: Promise<unknown>) => what.then(() => performance.now());
  const [end, timer] = await Promise.all([endOf(work), endOf(sleep(deadline - performance.now()))]);
  return end - Math.max(timer, deadline);
}

const isReady = (driver: Driver) => eventually(async () => (await driver.health({})).ready);

describe.each(SERVER_STORES)('%s', (name) => {
  beforeEach((context) => {
    store = startedStore(context, name);
  });

  test('Z-01: without a way to the server an append is StoreUnavailable, and nothing is written', async () => {
    const { proxy, through, direct, entityId } = await between(store);
    proxy.set({ kind: 'refuse' });
    proxy.reset();
    await eventually(() => proxy.connections === 0);
    await sleep(100);
    const append = through.journal.append(appendRequest(entityId, 1), { deadline: performance.now() + 1000 });
    expect((await errorOf(append)).code).toBe('StoreUnavailable');
    expect(await countEvents(direct, entityId)).toBe(1);
    proxy.restore();
    await isReady(through);
    expect((await through.journal.append(appendRequest(entityId, 1), {})).lastSequenceNr).toBe(2);
  });

  /** What is done by others before the writer asks what became of its append, and how it ends when it was not applied. */
  const MEANWHILE = {
    nobody: { act: async () => undefined, lost: 'absent', refused: undefined },
    'another writer': {
      act: ({ direct, entityId }: Between, head: number) => direct.journal.append(appendRequest(entityId, head), {}),
      lost: 'superseded',
      refused: 'SequenceConflict',
    },
    'the next owner': {
      act: ({ direct, entityId }: Between) =>
        direct.journal.recover(
          { stream: stream(entityId), fence: { scope: 'all', epoch: 2 }, snapshot: false, page: PAGE },
          {},
        ),
      lost: 'absent',
      refused: 'Fenced',
    },
  } as const;

  test.for<['drop-reply' | 'drop-request', keyof typeof MEANWHILE, string]>([
    ['drop-reply', 'nobody', 'Z-02'],
    ['drop-request', 'nobody', 'Z-03'],
    ['drop-reply', 'another writer', 'Z-04'],
    ['drop-request', 'another writer', 'Z-04'],
    ['drop-reply', 'the next owner', 'Z-05'],
    ['drop-request', 'the next owner', 'Z-05'],
  ])('%s of an append, then %s writes (%s): the verdict is what the log says', async ([kind, who]) => {
    const faulty = await between(store);
    const { proxy, through, direct, entityId } = faulty;
    const { act, lost, refused } = MEANWHILE[who];
    const request = appendRequest(entityId, 1);
    const matching = (bytes: Buffer) => bytes.includes(request.token);
    proxy.set(kind === 'drop-reply' ? { kind, ending: 'cut', request: 1, matching } : { kind, request: 1, matching });
    const first = await through.journal
      .append(request, { deadline: performance.now() + 5000 })
      .catch((error: unknown) => error);
    expect(proxy.struck).toBe(1);
    proxy.restore();
    if (isStoreError(first)) expect(first.code).toBe('AmbiguousWrite');
    else expect(first).toMatchObject({ lastSequenceNr: 2 });
    await isReady(through);

    const applied = (await countEvents(direct, entityId)) === 2;
    expect(applied).toBe(kind === 'drop-reply' || !isStoreError(first));
    await act(faulty, applied ? 2 : 1);
    const { outcome } = await through.journal.resolve(request, {});
    expect(outcome).toBe(applied ? 'applied' : lost);
    const again = through.journal.append(request, {});
    if (applied) expect(await again).toEqual({ lastSequenceNr: 2, duplicate: true });
    else if (refused === undefined) expect(await again).toEqual({ lastSequenceNr: 2, duplicate: false });
    else expect((await errorOf(again)).code).toBe(refused);
    const inLog = 1 + Number(applied || refused === undefined) + Number(who === 'another writer');
    expect(await countEvents(direct, entityId)).toBe(inLog);
  });

  test('Z-06: a connection that ends in the middle of a large batch leaves all of it or nothing', async () => {
    const { proxy, through, direct, entityId } = await between(store);
    const { maxBatchBytes, maxEventBytes } = through.limits;
    const size = Math.floor(Math.min(1 << 20, maxEventBytes / 2, maxBatchBytes / 8));
    const request = appendRequest(entityId, 1, 4, { payload: 'x'.repeat(size) });
    proxy.set({ kind: 'cut-after', direction: 'up', bytes: 2 * size });
    const outcome = await through.journal.append(request, {}).catch((error: unknown) => error);
    expect(proxy.struck).toBeGreaterThan(0);
    proxy.restore();
    if (isStoreError(outcome)) expect(UNCLEAR).toContain(outcome.code);
    expect([1, 5]).toContain(await countEvents(direct, entityId));
    await isReady(through);
    expect((await through.journal.append(request, {})).lastSequenceNr).toBe(5);
    expect(await countEvents(direct, entityId)).toBe(5);
  });

  test('Z-07, Z-14: for ten seconds nothing passes: more calls than there are connections end in time, nothing piles up, and all goes on after it', async () => {
    const { proxy, through, direct } = await between(store, { timeoutMs: 2000 });
    const wave = () => Array.from({ length: 100 }, () => appendRequest(randomUUID(), 0, 1, { payload: LARGE }));
    const requests = wave();
    const codes = new Set<string>();
    const held: number[] = [];
    proxy.set({ kind: 'black-hole' });
    for (let second = 0; second < HOLE_S; second += 1) {
      const deadline = performance.now() + 1000;
      const appends = (second === 0 ? requests : wave()).map(async (request) =>
        codes.add((await errorOf(through.journal.append(request, { deadline }))).code),
      );
      const health = through.health({ deadline: deadline - 200 });
      expect(await lateMs(health, deadline - 200)).toBeLessThan(LATE_MS);
      expect((await health).ready).toBe(false);
      expect(await lateMs(Promise.all(appends), deadline)).toBeLessThan(LATE_MS);
      held.push(memoryInUse());
    }
    expect([...codes].filter((code) => !UNCLEAR.includes(code))).toEqual([]);
    // What was given up is let go: of what the later half asked for not even a half is held, and some of that by the proxy.
    const most = (from: number, to: number) => Math.max(...held.slice(from, to));
    const asked = (HOLE_S / 2) * requests.length * LARGE.length;
    expect(most(HOLE_S / 2, HOLE_S) - most(1, HOLE_S / 2)).toBeLessThan(asked / 2);
    proxy.restore();
    await isReady(through);
    const deadline = performance.now() + 20_000;
    await Promise.all(requests.map((request) => through.journal.append(request, { deadline })));
    const heads = await Promise.all(requests.map(({ stream: key }) => direct.journal.head(key, {})));
    expect(heads.filter(({ head }) => head !== 1)).toEqual([]);
  }, 60_000);

  test('Z-08: a server stands still beyond the time of an append, then goes on: it is there once', async () => {
    const driver = await openDriver(store.definition, { ...Object(store.config), timeoutMs: 1000 });
    const id = randomUUID();
    await driver.journal.append(appendRequest(id, 0), {});
    const request = appendRequest(id, 1);
    await store.server?.pause();
    onTestFinished(() => store.server?.resume());
    const stalled = errorOf(driver.journal.append(request, {}));
    const late = await lateMs(stalled, performance.now() + 1000);
    const again = eventually(() => driver.journal.append(request, {}));
    await sleep(200);
    await store.server?.resume();
    expect((await again).lastSequenceNr).toBe(2);
    expect(await countEvents(driver, id)).toBe(2);
    expect((await stalled).code).toBe(STALLED[name] ?? 'AmbiguousWrite');
    expect(late).toBeLessThan(LATE_MS);
  });

  test(
    'Z-09, Z-18: kill -9 of the server under load: nothing acknowledged is lost, nothing is there twice',
    async () => {
      const driver = await openDriver(store.definition, store.config);
      const { written, codes, slowestMs } = await appendWhile(driver, async () => {
        await store.server?.kill9();
        await sleep(200);
        await store.server?.restart();
        await eventually(async () => (await driver.health({})).ready, 30_000);
      });
      const fed = await fedEvents(driver);
      for (const { id, head, pending } of written) {
        expect(head).toBeGreaterThan(0);
        const found = await countEvents(driver, id);
        expect([head, head + pending]).toContain(found);
        const numbers = Array.from({ length: found }, (_, n) => `${id}/${n + 1}`);
        if (driver.feed !== undefined) expect(fed.filter((each) => each.startsWith(id))).toEqual(numbers);
      }
      expect(slowestMs).toBeLessThan(APPEND_MS + SLACK_MS);
      expect([...codes].filter((code) => !UNCLEAR.includes(code))).toEqual([]);
      expect(codes.size).toBeGreaterThan(0);
    },
    BOOT_MS,
  );
});
