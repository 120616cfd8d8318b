import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { validateConfig } from '../kit/index.ts';
import type { ConformanceCase } from './case.ts';
import {
  append,
  collect,
  get,
  head,
  isRefusal,
  key,
  numbers,
  putRequest,
  range,
  refused,
  request,
  stream,
} from './fixtures.ts';

export const lifecycleCases: readonly ConformanceCase[] = [
  {
    id: 'L-01',
    title: 'a wrong configuration is refused, and no secret is printed',
    async run({ target: { definition, config } }) {
      assert.ok(typeof config === 'object' && config !== null, 'the configuration under test is an object');
      await refused(validateConfig(definition, { ...config, 'no-such-option': 1 }), 'ConfigError');
      await refused(validateConfig(definition, 42), 'ConfigError');
      for (const name of Object.keys(config)) {
        await refused(validateConfig(definition, { ...config, [name]: Symbol('wrong') }), 'ConfigError');
      }
      for (const path of definition.secrets) {
        const secret = path.split('.').reduceRight<unknown>((value, name) => ({ [name]: value }), 'hunter2');
        const wrong = validateConfig(definition, { ...config, ...Object(secret), 'no-such-option': 1 });
        await assert.rejects(wrong, (error: Error) => !`${error.message} ${JSON.stringify(error)}`.includes('hunter2'));
      }
    },
  },
  {
    id: 'L-02',
    title: 'closing twice is fine, also at once',
    async run(ctx) {
      const driver = await ctx.open();
      await Promise.all([driver.close(), driver.close({ drainMs: 10 })]);
      await driver.close();
      await append(ctx, 0);
    },
  },
  {
    id: 'L-03',
    title: 'close settles what is in flight: what it acknowledged is stored, and only that',
    async run(ctx) {
      const driver = await ctx.open();
      const keys = range(1, 32).map((n) => stream(ctx, `e-${n}`));
      const writes = keys.map((each) => driver.journal.append(request(ctx, 0, 1, { stream: each }), ctx.options));
      const settled = Promise.allSettled(writes);
      await driver.close({ drainMs: 5000 });
      for (const [n, outcome] of (await settled).entries()) {
        const { head: found } = await head(ctx, keys[n]);
        if (outcome.status === 'fulfilled') assert.equal(found, 1);
        else {
          isRefusal(outcome.reason, 'StoreUnavailable');
          assert.equal(found, 0);
        }
      }
    },
  },
  {
    id: 'L-04',
    title: 'every call after close is StoreUnavailable',
    async run(ctx) {
      const driver = await ctx.open();
      await driver.close();
      const { options, namespace, fence } = ctx;
      const page = { events: 1, bytes: 1 };
      const calls: readonly (() => Promise<unknown>)[] = [
        () => driver.journal.append(request(ctx, 0), options),
        () => driver.journal.appendMany([request(ctx, 0)], options),
        () => driver.journal.resolve(request(ctx, 0), options),
        () => driver.journal.recover({ stream: stream(ctx), fence, snapshot: true, page }, options),
        () => driver.journal.head(stream(ctx), options),
        () => driver.journal.deleteTo(stream(ctx), 1, fence, options),
        () => driver.journal.list({ namespace, limit: 1 }, options),
        () => collect(driver.journal.read(stream(ctx), {}, options)),
        () => driver.snapshots.load(stream(ctx), {}, options),
        () => driver.keyValue.get(key(ctx), options),
        () => driver.keyValue.put(putRequest(ctx, 'v'), options),
        () => driver.fences.claim(namespace, 'all', 'o', options),
        () => driver.schema.status(options),
        () => driver.schema.statements(options),
      ];
      for (const call of calls) await refused(call(), 'StoreUnavailable');
      const { feed, lease } = driver;
      if (feed !== undefined) {
        await refused(feed.now(namespace, options), 'StoreUnavailable');
        await refused(Array.fromAsync(feed.read({ namespace, live: true }, options)), 'StoreUnavailable');
      }
      if (lease !== undefined) await refused(lease.acquire(namespace, 'all', 'o', 1000, options), 'StoreUnavailable');
      assert.equal((await head(ctx)).exists, false);
    },
  },
  {
    id: 'L-05',
    title: 'opening and closing twenty times leaves no handle behind',
    // Opening may take long where there is much in the store.
    deadlineMs: 90_000,
    async run(ctx) {
      const rounds = 20;
      const before = handles();
      for (const _ of range(1, rounds)) {
        const driver = await ctx.open();
        await driver.journal.head(stream(ctx), ctx.options);
        await driver.close();
      }
      const grown = Object.entries(handles()).filter(([kind, count]) => count - (before[kind] ?? 0) >= rounds / 2);
      assert.deepEqual(grown, [], 'handles that were left behind');
    },
  },
  {
    id: 'L-07',
    title: 'two instances work side by side, and closing one leaves the other alone',
    async run(ctx) {
      const [a, b] = [await ctx.open(), await ctx.open()];
      await a.journal.append(request(ctx, 0), ctx.options);
      await b.journal.append(request(ctx, 1), ctx.options);
      await a.keyValue.put(putRequest(ctx, 'v'), ctx.options);
      await a.close();
      await b.journal.append(request(ctx, 2), ctx.options);
      await refused(a.journal.append(request(ctx, 3), ctx.options), 'StoreUnavailable');
      assert.deepEqual(await numbers(ctx), range(1, 3));
      assert.notEqual(await get(ctx), null);
    },
  },
  {
    id: 'L-11',
    title: 'the lock of a store is held by one at a time',
    requires: (capabilities) => capabilities.exclusive === 'lock',
    async run(ctx) {
      const [a, b] = [await ctx.open(), await ctx.open()];
      const lock = (driver: typeof a) => driver.lock?.acquire() ?? assert.fail('it declares a lock and has none');
      const held = await lock(a);
      await refused(lock(b), 'StoreUnavailable');
      await held.release();
      const next = await lock(b);
      await refused(lock(a), 'StoreUnavailable');
      await next.release();
    },
    async absence(ctx) {
      assert.equal(ctx.driver.lock, undefined);
    },
  },
  {
    id: 'L-12',
    title: 'a call that nobody waits for any more is Cancelled and does nothing',
    async run(ctx) {
      for (const over of [{ signal: AbortSignal.abort() }, { deadline: performance.now() - 1 }]) {
        await refused(ctx.driver.journal.append(request(ctx, 0), over), 'Cancelled');
        await refused(ctx.driver.keyValue.put(putRequest(ctx, 'v'), over), 'Cancelled');
        await refused(ctx.driver.journal.head(stream(ctx), over), 'Cancelled');
      }
      assert.equal((await head(ctx)).exists, false);
      assert.equal(await get(ctx), null);
    },
  },
];

/** What keeps a process alive, counted by kind, and open files where the system tells. Timers come and go with the harness. */
function handles(): Record<string, number> {
  const kinds = process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout' && kind !== 'Immediate');
  const files = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').map(() => 'file descriptor') : [];
  const counts: Record<string, number> = {};
  for (const kind of [...kinds, ...files]) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
