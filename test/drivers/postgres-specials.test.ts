import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '@stategate/journal-spi';
import type { Driver, StoreErrorCode } from '@stategate/journal-spi';
import type pg from 'pg';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { present, startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';
import { adminOf, createUser, freshConfig, lockStream, openStore, smallDisk } from './postgres-support.ts';
import { appendRequest, countEvents, errorOf, fedEvents, FENCE, PAGE, stream } from './support.ts';

const started = await startServer('postgres', { own: true });
if (!('missing' in started)) await createUser(started);
let server: TestServer;

type Wrong = Readonly<Record<string, unknown>>;

beforeEach((context) => {
  server = present(context, started);
});

afterAll(async () => {
  if (!('missing' in started)) await started.stop();
});

/** What is not as it should be, and how the store is refused. Everything else about the configuration is right. */
test.for<[string, prepare: string, wrong: Wrong, code: StoreErrorCode, text: RegExp]>([
  ['Z-15: a wrong password', '', { password: 'wrong-word' }, 'AuthError', /store\.config\.password.*28P01/],
  ['Z-15: no password', '', { password: undefined }, 'AuthError', /store\.config\.password/],
  ['Z-15: an unknown user', '', { user: 'nobody' }, 'AuthError', /store\.config\.user.*28000/],
  ['Z-15: TLS that the server does not offer', '', { ssl: true }, 'ConfigError', /store\.config\.ssl/],
  ['a missing database', '', { database: 'nowhere' }, 'ConfigError', /store\.config\.database.*3D000/],
  ['a wrong port', '', { port: 1 }, 'StoreUnavailable', /127\.0\.0\.1:1.*store\.config\.port/],
  [
    'a database without Unicode',
    `CREATE DATABASE latin ENCODING LATIN1 LOCALE 'C' TEMPLATE template0`,
    { database: 'latin' },
    'ConfigError',
    /LATIN1.*store\.config\.database/,
  ],
  [
    'a user that may create nothing',
    `CREATE ROLE guest LOGIN`,
    { user: 'guest' },
    'AuthError',
    /needs more rights.*42501/,
  ],
  [
    'too many connections',
    `CREATE ROLE crowd LOGIN CONNECTION LIMIT 0`,
    { user: 'crowd' },
    'StoreUnavailable',
    /store\.config\.maxConnections.*53300/,
  ],
  [
    'a user that may only read',
    `CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on`,
    { user: 'reader' },
    'ConfigError',
    /takes no writes.*default_transaction_read_only/,
  ],
  ['tables that are missing', '', { createSchema: false }, 'SchemaMismatch', /store schema --apply/],
])('%s: told when the store is opened or first used, and no secret is', async ([, prepare, wrong, code, text]) => {
  const admin = await adminOf(server);
  if (prepare !== '') for (const statement of prepare.split(';')) await admin.query(statement);
  const begun = performance.now();
  const error = await errorOf(
    openStore(freshConfig(server, wrong)).then((driver) => driver.journal.head(stream('e'), {})),
  );
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)]);
  expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/right-word|wrong-word/);
  expect(performance.now() - begun).toBeLessThan(5000);
});

interface Provoked {
  readonly driver: Driver;
  readonly admin: pg.Client;
  readonly schema: string;
}

const onBackends = (what: string, which: string) => (admin: pg.Client) =>
  eventually(async () => {
    const { rowCount } = await admin.query(`SELECT ${what}(pid) FROM pg_stat_activity WHERE ${which}`);
    return rowCount !== 0;
  });
const WAITING = `usename = 'app' AND wait_event_type = 'Lock'`;
/** New connections, which know what the user was given since. */
const reconnect = onBackends('pg_terminate_backend', `usename = 'app'`);

/** What an append meets on the real server, what it ends as, and how that is over. Before it is over, it is tried by `provoke`. */
test.for<
  [
    string,
    provoke: (on: Provoked) => Promise<unknown>,
    code: StoreErrorCode,
    text: RegExp,
    over: (on: Provoked) => Promise<unknown>,
  ]
>([
  [
    'Z-15: a right that is taken away',
    ({ admin, schema }) => admin.query(`REVOKE INSERT ON ${schema}.event FROM app`),
    'AuthError',
    /needs more rights.*42501/,
    ({ admin, schema }) => admin.query(`GRANT INSERT ON ${schema}.event TO app`),
  ],
  [
    'Z-15: a password that was changed',
    async ({ admin }) => {
      await admin.query(`ALTER ROLE app PASSWORD 'other-word'`);
      await reconnect(admin);
    },
    'AuthError',
    /store\.config\.password.*28P01/,
    ({ admin }) => admin.query(`ALTER ROLE app PASSWORD 'right-word'`),
  ],
  [
    'Z-20: a server that takes no writes any more (25006)',
    async ({ admin }) => {
      await admin.query('ALTER ROLE app SET default_transaction_read_only = on');
      await reconnect(admin);
    },
    'StoreUnavailable',
    /takes no writes now.*25006/,
    async ({ admin }) => {
      await admin.query('ALTER ROLE app RESET default_transaction_read_only');
      await reconnect(admin);
    },
  ],
  [
    'Z-14: no connection left (53300)',
    async ({ admin }) => {
      await admin.query('ALTER ROLE app CONNECTION LIMIT 0');
      await reconnect(admin);
    },
    'StoreUnavailable',
    /store\.config\.maxConnections.*53300/,
    ({ admin }) => admin.query('ALTER ROLE app CONNECTION LIMIT -1'),
  ],
])('an append that meets %s has its name, and goes well when that is over', async ([, provoke, code, text, over]) => {
  const config = freshConfig(server);
  const driver = await openStore(config);
  await driver.journal.append(appendRequest('e', 0), {});
  const provoked = { driver, admin: await adminOf(server), schema: config.schema };
  const request = appendRequest('e', 1);
  await provoke(provoked);
  const error = await eventually(async () => {
    const refused = await errorOf(driver.journal.append(request, {}));
    return text.test(refused.message) ? refused : undefined;
  }).finally(() => over(provoked));
  expect(error.code).toBe(code);
  await eventually(async () => (await driver.health({})).ready);
  expect(await countEvents(driver, 'e')).toBe(1);
  expect(await driver.journal.append(request, {})).toEqual({ lastSequenceNr: 2, duplicate: false });
});

/** What happens to an append that waits for the row of its stream. */
test.for<[string, wrong: Wrong, strike: ((admin: pg.Client) => Promise<unknown>) | undefined, code: StoreErrorCode]>([
  ['Z-08: it takes longer than its deadline', { timeoutMs: 500 }, undefined, 'AmbiguousWrite'],
  ['Z-20: its connection is ended (57P01)', {}, onBackends('pg_terminate_backend', WAITING), 'AmbiguousWrite'],
  ['Z-20: its statement is cancelled (57014)', {}, onBackends('pg_cancel_backend', WAITING), 'StoreUnavailable'],
  ['Z-20: the lock is not to be had (55P03)', { user: 'hasty' }, undefined, 'StoreUnavailable'],
])('an append waits for a row, and %s: once more with its token, it is there once', async ([, wrong, strike, code]) => {
  const admin = await adminOf(server);
  await admin.query('DROP ROLE IF EXISTS hasty');
  await admin.query('CREATE ROLE hasty LOGIN SUPERUSER; ALTER ROLE hasty SET lock_timeout = 200');
  const config = freshConfig(server, wrong);
  const driver = await openStore(config);
  await driver.journal.append(appendRequest('e', 0), {});
  const release = await lockStream(server, config.schema, 'e');
  const request = appendRequest('e', 1);
  const begun = performance.now();
  const failure = errorOf(driver.journal.append(request, {}));
  await strike?.(admin);
  expect((await failure).code).toBe(code);
  expect(performance.now() - begun).toBeLessThan(2000);
  const again = eventually(() => driver.journal.append(request, {}));
  await sleep(100);
  await release();
  expect((await again).lastSequenceNr).toBe(2);
  expect(await countEvents(driver, 'e')).toBe(2);
});

test('Z-20: a deadlock (40P01) with somebody else changes nothing, and may be tried again', async () => {
  await (await adminOf(server)).query('ALTER ROLE app SET deadlock_timeout = 50');
  onTestFinished(async () => void (await (await adminOf(server)).query('ALTER ROLE app RESET deadlock_timeout')));
  const config = freshConfig(server);
  const driver = await openStore(config);
  const ids = ['a', 'b'];
  for (const id of ids) await driver.journal.append(appendRequest(id, 0), {});
  // Whatever order the driver takes the rows in, one of these two meets it the other way round.
  for (const [round, [first = '', then = '']] of [ids, ids.toReversed()].entries()) {
    const other = await adminOf(server);
    const lock = (id: string) =>
      other.query(`SELECT 1 FROM ${config.schema}.stream WHERE entity_id = $1 FOR UPDATE`, [id]);
    await other.query('BEGIN');
    await lock(first);
    const requests = ids.map((id) => appendRequest(id, 1 + round));
    const writes = driver.journal.appendMany(requests, {});
    await sleep(20);
    await lock(then);
    await sleep(100);
    await other.query('ROLLBACK');
    for (const outcome of await writes) if (isStoreError(outcome)) expect(outcome.code).toBe('StoreUnavailable');
    const again = await driver.journal.appendMany(requests, {});
    expect(again).toMatchObject(ids.map(() => ({ lastSequenceNr: 2 + round })));
  }
  expect(await server.log()).toContain('deadlock detected');
  for (const id of ids) expect(await countEvents(driver, id)).toBe(3);
});

test('Z-11: a full disk is Throttled, leaves nothing half written, and is over when there is room again', async (context) => {
  const own = present(context, await startServer('postgres', { own: true }));
  onTestFinished(() => own.stop());
  await createUser(own);
  const small = smallDisk(context, own, '6m');
  const admin = await adminOf(own);
  await admin.query(`CREATE TABLESPACE small LOCATION '${small}'`);
  await admin.query('GRANT CREATE ON TABLESPACE small TO app; CREATE TABLE ballast (b text) TABLESPACE small');
  await admin.query(`INSERT INTO ballast SELECT repeat('x', 1000) FROM generate_series(1, 2000)`);
  await admin.query('ALTER ROLE app SET default_tablespace = small');
  const driver = await openStore(freshConfig(own));
  let taken = 0;
  const fill = async () => {
    for (; taken < 1000; taken += 5) {
      await driver.journal.append(appendRequest('e', taken, 5, { payload: 'x'.repeat(50_000) }), {});
    }
  };
  const full = await errorOf(fill());
  expect([full.code, full.message]).toEqual(['Throttled', expect.stringMatching(/disk is full.*53100/)]);
  expect([taken, await countEvents(driver, 'e')]).toEqual([expect.toSatisfy((n) => n > 0), taken]);
  await admin.query('DROP TABLE ballast');
  await admin.query('CHECKPOINT');
  const before = taken;
  await errorOf(fill());
  expect(taken).toBeGreaterThan(before);
  expect(await countEvents(driver, 'e')).toBe(taken);
});

test('what the server promises follows from its settings, and less than the disk is told or refused', async () => {
  const admin = await adminOf(server);
  const set = async (name: string, value: string) => {
    await admin.query(`ALTER SYSTEM SET ${name} = ${value}`);
    await admin.query('SELECT pg_reload_conf()');
    await eventually(async () => (await admin.query(`SHOW ${name}`)).rows[0][name] === value);
  };
  for (const [name, durability] of [
    ['fsync', 'os-buffered'],
    ['full_page_writes', 'os-buffered'],
    ['synchronous_commit', 'none'],
  ] as const) {
    await set(name, 'off');
    const told: string[] = [];
    const driver = await openStore(freshConfig(server), { warn: (message) => void told.push(message) });
    expect([name, driver.capabilities.durability, told.length]).toEqual([name, durability, 1]);
    const refused = await errorOf(openStore(freshConfig(server, { durability: 'disk' })));
    expect([refused.code, refused.message]).toEqual([
      'ConfigError',
      expect.stringContaining('store.config.durability'),
    ]);
    await set(name, 'on');
  }
  const told: string[] = [];
  const driver = await openStore(freshConfig(server, { durability: 'disk' }), { warn: (text) => void told.push(text) });
  expect([driver.capabilities.durability, driver.capabilities.ackLossOnFailover, told]).toEqual(['disk', true, []]);
});

test('Z-12: a server that comes back without what it acknowledged is HeadRegressed', async () => {
  await server.restart({ synchronous_commit: 'off', wal_writer_delay: '10s' });
  onTestFinished(() => server.restart({ synchronous_commit: 'on', wal_writer_delay: '200ms' }));
  const driver = await openStore(freshConfig(server));
  await driver.journal.append(appendRequest('e', 0), {});
  await (await adminOf(server)).query('CHECKPOINT');
  await driver.journal.append(appendRequest('e', 1, 5), {});
  await server.kill9();
  await server.restart();
  await eventually(async () => (await driver.health({})).ready);
  const lost = await errorOf(driver.journal.append(appendRequest('e', 6), {}));
  expect([lost.code, lost.details.expected, lost.details.actual]).toEqual(['HeadRegressed', 6, 1]);
});

test('an older transaction that commits later: the feed waits for it, and skips nothing', async () => {
  const config = freshConfig(server);
  const driver = await openStore(config);
  for (const id of ['slow', 'fast']) await driver.journal.append(appendRequest(id, 0), {});
  const after = await driver.feed?.now('default', {});
  const release = await lockStream(server, config.schema, 'slow');
  const slow = driver.journal.append(appendRequest('slow', 1), {});
  await onBackends('', WAITING)(await adminOf(server));
  await driver.journal.append(appendRequest('fast', 1), {});
  expect(await countEvents(driver, 'fast')).toBe(2);
  const fed = fedEvents(driver, after);
  expect(await Promise.race([fed, sleep(300, 'it waits')])).toBe('it waits');
  await release();
  await slow;
  expect(await fed).toEqual(['slow/2', 'fast/2']);
});

test('the feed goes by the numbers of transactions also where they get one digit more', async () => {
  const driver = await openStore(freshConfig(server));
  const admin = await adminOf(server);
  await admin.query(`SET synchronous_commit = off`);
  await admin.query(`DO $$ DECLARE id bigint; BEGIN
    LOOP
      id := pg_current_xact_id()::text::bigint;
      COMMIT;
      EXIT WHEN length((id + 5)::text) > length(id::text);
    END LOOP;
  END $$`);
  const ids = Array.from({ length: 20 }, (_, n) => `e${n}`);
  for (const id of ids) await driver.journal.append(appendRequest(id, 0), {});
  expect(await fedEvents(driver)).toEqual(ids.map((id) => `${id}/1`));
});

test('a reader of one persistence id passes over more events of others than one statement looks at', async () => {
  const driver = await openStore(freshConfig(server));
  const mine = (expected: number) => ({
    ...appendRequest('e', expected),
    stream: { ...stream('e'), persistenceId: 'mine' },
  });
  await driver.journal.append(mine(0), {});
  for (let expected = 0; expected < 12_000; expected += 1000) {
    await driver.journal.append(appendRequest('others', expected, 1000, { payload: 'x'.repeat(100) }), {});
  }
  await driver.journal.append(mine(1), {});
  const query = { namespace: 'default', persistenceId: 'mine', live: false };
  const pages = await Array.fromAsync(driver.feed?.read(query, {}) ?? []);
  expect(pages.flatMap(({ events }) => events).map((event) => [event.stream.persistenceId, event.sequenceNr])).toEqual([
    ['mine', 1],
    ['mine', 2],
  ]);
});

test('Z-18: statements that were prepared outlive a change of the tables that does not concern them', async () => {
  const config = freshConfig(server);
  const driver = await openStore(config);
  const admin = await adminOf(server);
  for (const expected of [0, 1, 2]) {
    await driver.journal.append(appendRequest('e', expected), {});
    expect([await countEvents(driver, 'e'), (await fedEvents(driver)).length]).toEqual([expected + 1, expected + 1]);
    for (const table of ['event', 'stream']) {
      await admin.query(`ALTER TABLE ${config.schema}.${table} ADD COLUMN more_${expected} text`);
    }
  }
});

test('Z-19: a schema that is dropped under the driver is a SchemaMismatch, and not ready until it is there again', async () => {
  const config = freshConfig(server);
  const driver = await openStore(config);
  await driver.journal.append(appendRequest('e', 0), {});
  const admin = await adminOf(server);
  const unready = async (tables: string) =>
    expect(await driver.health({})).toMatchObject({
      ready: false,
      problems: [expect.stringMatching(`lacks the tables ${tables} in the schema.*store schema --apply`)],
    });
  await admin.query(`DROP TABLE ${config.schema}.event`);
  await unready('event');
  await admin.query(`DROP SCHEMA ${config.schema} CASCADE`);
  await unready('schema_version, stream, event, snapshot, value, epoch, fence');
  for (const work of [driver.journal.head(stream('e'), {}), driver.journal.append(appendRequest('e', 1), {})]) {
    const error = await errorOf(work);
    expect([error.code, error.message]).toEqual(['SchemaMismatch', expect.stringContaining('store schema --apply')]);
  }
  await driver.schema.migrate({});
  expect((await driver.health({})).ready).toBe(true);
  expect((await driver.journal.append(appendRequest('new', 0), {})).lastSequenceNr).toBe(1);
});

test('a store that was opened only to read writes nothing', async () => {
  const config = freshConfig(server);
  const reader = await openStore(config, { readOnly: true });
  expect((await reader.schema.status({})).current).toBe(0);
  for (const work of [
    reader.journal.append(appendRequest('e', 0), {}),
    reader.journal.recover({ stream: stream('e'), fence: FENCE, snapshot: true, page: PAGE }, {}),
    reader.fences.claim('default', 'all', 'me', {}),
    reader.schema.migrate({}),
  ]) {
    expect((await errorOf(work)).code).toBe('Unsupported');
  }
  const admin = await adminOf(server);
  expect((await admin.query('SELECT FROM pg_namespace WHERE nspname = $1', [config.schema])).rowCount).toBe(0);
});
