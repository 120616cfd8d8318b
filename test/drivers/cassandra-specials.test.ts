import { randomUUID } from 'node:crypto';
import { isStoreError } from '@stategate/journal-spi';
import type { StoreError, StoreErrorCode } from '@stategate/journal-spi';
import { settled } from '@stategate/journal-spi/kit';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { present, startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';
import { freshConfig, openStore } from './cassandra-support.ts';
import { withClient } from './cassandra-target.ts';
import { appendRequest, errorOf, FENCE, PAGE, payloads, stream } from './support.ts';

const BOOT_MS = 240_000;
/** How often a loss is waited for that nearly every kill brings. */
const ROUNDS = 5;

const started = await startServer('cassandra', { own: true });
let server: TestServer;

beforeEach((context) => {
  server = present(context, started);
});

afterAll(async () => {
  if (!('missing' in started)) await started.stop();
});

test('a stream holds as many events as configured, and takes more when some are deleted', async () => {
  const driver = await openStore(freshConfig(server, { maxStreamEvents: 1000 }));
  await driver.journal.append(appendRequest('e', 0, 999), {});
  const full = await errorOf(driver.journal.append(appendRequest('e', 999, 2), {}));
  expect([full.code, full.details.limit, full.message]).toEqual([
    'BatchTooLarge',
    1000,
    expect.stringContaining('store.config.maxStreamEvents'),
  ]);
  await driver.journal.deleteTo(stream('e'), 1, FENCE, {});
  expect((await driver.journal.append(appendRequest('e', 999, 2), {})).lastSequenceNr).toBe(1001);
});

test('rows of deleted events are gone, but for the one with the last of them', async () => {
  const config = freshConfig(server);
  const driver = await openStore(config);
  for (let n = 0; n < 10; n += 1) await driver.journal.append(appendRequest('e', 2 * n, 2), {});
  await driver.journal.deleteTo(stream('e'), 15, FENCE, {});
  const { keyspace } = Object(config);
  const { rows } = await withClient(server, (client) =>
    client.execute(`SELECT seq FROM ${keyspace}.stategate_streams`),
  );
  expect(rows.map((row) => Number(row['seq']))).toEqual([15, 17, 19]);
});

test('snapshots of events that are kept elsewhere are fenced all the same', async () => {
  const driver = await openStore(freshConfig(server));
  const state = { sequenceNr: 7, manifest: 't', payload: Buffer.from('state') };
  await driver.snapshots.save(stream('e'), state, { scope: 'all', epoch: 5 }, { keep: 1 });
  expect((await errorOf(driver.snapshots.save(stream('e'), state, FENCE, {}))).code).toBe('Fenced');
  expect((await driver.snapshots.load(stream('e'), {}, {}))?.sequenceNr).toBe(7);
  expect((await driver.journal.list({ namespace: 'default', limit: 10 }, {})).streams).toEqual([]);
});

test('Z-19, Z-20: what is wrong with a configuration or its store is told with the way out', async () => {
  const config = freshConfig(server);
  const { keyspace } = Object(config);
  for (const [wrong, code, text] of [
    [{ contactPoints: ['127.0.0.1:1'] }, 'StoreUnavailable', /127\.0\.0\.1:1.*ECONNREFUSED/],
    [{ localDataCenter: 'nowhere' }, 'ConfigError', /store\.config\.localDataCenter.*datacenter1/],
    [{ createKeyspace: false }, 'ConfigError', /store\.config\.createKeyspace/],
    [{ replication: { nowhere: 1 } }, 'ConfigError', /store\.config\.replication/],
  ] as const) {
    const error = await errorOf(openStore({ ...config, ...wrong }));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)]);
  }
  const { localDataCenter: _, ...found } = Object(config);
  const driver = await openStore(found);
  await driver.journal.append(appendRequest('e', 0), {});
  await withClient(server, (client) => client.execute(`DROP TABLE ${keyspace}.stategate_streams`));
  for (const work of [
    () => driver.journal.head(stream('e'), {}),
    () => driver.journal.append(appendRequest('e', 1), {}),
  ]) {
    const error = await errorOf(work());
    expect([error.code, error.message]).toEqual(['SchemaMismatch', expect.stringContaining('store schema --apply')]);
  }
  expect(await driver.health({})).toMatchObject({
    ready: false,
    problems: [expect.stringMatching(/lacks "\w+"\.stategate_streams: .*store schema --apply/)],
  });
  // What was in it is lost: nobody makes it anew without being asked to.
  expect((await (await openStore(found)).health({})).ready).toBe(false);
  expect(await driver.schema.statements({})).toEqual([expect.stringContaining('stategate_streams')]);
  await driver.schema.migrate({});
  expect((await driver.health({})).ready).toBe(true);
  expect((await driver.journal.append(appendRequest('e', 0), {})).lastSequenceNr).toBe(1);
  await withClient(server, (client) =>
    client.execute(
      `ALTER KEYSPACE ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}`,
    ),
  );
  const few = await errorOf(driver.keyValue.get({ namespace: 'n', collection: 'c', key: 'k' }, {}));
  expect([few.code, few.message]).toEqual(['StoreUnavailable', expect.stringContaining('too few replicas')]);
  expect((await driver.health({})).ready).toBe(false);
});

test('a cluster with several data centers is refused until one of them is named', async () => {
  const { localDataCenter: _, ...unnamed } = Object(freshConfig(server));
  const peer = `peer = '127.9.9.9'`;
  await withClient(server, (client) =>
    client.execute(`UPDATE system.peers SET data_center = 'elsewhere', rack = 'r', rpc_address = '127.9.9.9',
      release_version = '5.0.0', tokens = {'1'}, host_id = uuid() WHERE ${peer}`),
  );
  try {
    const error = await errorOf(openStore(unnamed));
    expect([error.code, error.message]).toEqual([
      'ConfigError',
      expect.stringMatching(/datacenter1, elsewhere.*store\.config\.localDataCenter/),
    ]);
    const driver = await openStore({ ...unnamed, localDataCenter: 'datacenter1' });
    expect((await driver.health({})).ready).toBe(true);
  } finally {
    await withClient(server, (client) => client.execute(`DELETE FROM system.peers WHERE ${peer}`));
  }
});

test('a connection that ended without a word is replaced when nothing has been answered for two seconds', async () => {
  const address = new URL(server.url);
  await using proxy = await FaultProxy.start({ host: address.hostname, port: Number(address.port) });
  address.port = String(proxy.port);
  const driver = await openStore(freshConfig({ ...server, url: address.href }));
  await driver.journal.append(appendRequest('e', 0), {});
  const request = appendRequest('e', 1);
  proxy.halfOpen();
  const deadline = performance.now() + 2_500;
  expect((await errorOf(driver.journal.append(request, { deadline }))).code).toBe('AmbiguousWrite');
  const again = await eventually(() => driver.journal.append(request, { deadline: deadline + 2_500 }), 3_000);
  expect(again).toEqual({ lastSequenceNr: 2, duplicate: false });
  await driver.close({ drainMs: 0 });
});

test('a store that was opened only to read writes nothing', async () => {
  const config = freshConfig(server);
  const early = await openStore(config, { readOnly: true });
  expect((await early.schema.status({})).current).toBe(0);
  expect((await early.schema.statements({}))[0]).toContain('CREATE KEYSPACE');
  const driver = await openStore(config);
  await driver.journal.append(appendRequest('e', 0), {});
  const reader = await openStore(config, { readOnly: true });
  expect(await payloads(reader, 'e')).toEqual(['event']);
  expect((await reader.health({})).ready).toBe(true);
  const recovery = { stream: stream('e'), fence: FENCE, snapshot: true, page: PAGE };
  for (const work of [
    () => reader.journal.append(appendRequest('e', 1), {}),
    () => reader.journal.recover(recovery, {}),
    () => reader.fences.claim('default', 'all', 'me', {}),
    () => reader.schema.migrate({}),
  ]) {
    expect((await errorOf(work())).code).toBe('Unsupported');
  }
});

test(
  'Z-12: a server that acknowledges before it writes promises less, is told, and what it loses is HeadRegressed',
  { timeout: BOOT_MS },
  async (context) => {
    const told: string[] = [];
    const warn = (message: string) => void told.push(message);
    const onDisk = await openStore(freshConfig(server), { warn });
    expect(onDisk.capabilities).toMatchObject({ durability: 'disk', ackLossOnFailover: false });
    expect(told).toEqual([]);

    // It writes when the test is over.
    const settings = { commitlog_sync: 'periodic', commitlog_sync_period: '30m' };
    const careless = present(context, await startServer('cassandra', { settings }));
    onTestFinished(() => careless.stop());
    const inMemory = await openStore(freshConfig(careless), { warn });
    expect(inMemory.capabilities).toMatchObject({ durability: 'none', ackLossOnFailover: true });
    expect(told).toEqual([expect.stringContaining('commitlog_sync')]);
    let lost: StoreError | undefined;
    // Every 100 ms it marks what it has in its file, which is then there after the end of the process: sometimes right before.
    for (let round = 0; lost === undefined && round < ROUNDS; round += 1) {
      const id = `e${round}`;
      await inMemory.journal.append(appendRequest(id, 0, 5), {});
      await careless.kill9();
      await careless.restart();
      await eventually(async () => (await inMemory.health({})).ready, 60_000);
      const outcome = await settled(inMemory.journal.append(appendRequest(id, 5), {}));
      if (isStoreError(outcome)) lost = outcome;
    }
    expect([lost?.code, lost?.details.expected, lost?.details.actual]).toEqual(['HeadRegressed', 5, 0]);
  },
);

test(
  'Z-20: two owners under one epoch, and consensus that times out: each event once, in its writer’s order',
  { timeout: BOOT_MS },
  async () => {
    const config = freshConfig(server);
    const drivers = [await openStore(config), await openStore(config)];
    await server.restart({ cas_contention_timeout: '10ms' });
    for (const driver of drivers) await eventually(async () => (await driver.health({})).ready, 60_000);
    const acknowledged = new Set<string>();
    const codes = new Set<StoreErrorCode>();
    const begun = performance.now();
    /** Until it has happened, on a machine however slow. */
    const goesOn = () => {
      const happened = acknowledged.size > 20 && codes.has('AmbiguousWrite');
      return performance.now() - begun < (happened ? 8_000 : 60_000);
    };
    await Promise.all(
      drivers.map(async (driver, writer) => {
        for (let round = 0; goesOn();) {
          const { head } = await driver.journal.head(stream('e'), {});
          const request = appendRequest('e', head, 1, { payload: `${writer}:${round}` });
          for (let done = false; !done;) {
            const outcome = await driver.journal.append(request, {}).catch((error: unknown) => error);
            if (isStoreError(outcome)) {
              codes.add(outcome.code);
              done = outcome.code === 'SequenceConflict';
            } else {
              acknowledged.add(`${writer}:${round}`);
              round += 1;
              done = true;
            }
          }
        }
      }),
    );
    const [reader] = drivers;
    const found = reader === undefined ? [] : await payloads(reader, 'e');
    expect(new Set(found).size).toBe(found.length);
    expect(found.toSorted()).toEqual([...acknowledged].toSorted());
    expect(found.length).toBeGreaterThan(20);
    expect(codes).toContain('AmbiguousWrite');
    const expected = new Set<StoreErrorCode>(['SequenceConflict', 'AmbiguousWrite', 'StoreUnavailable']);
    expect([...codes].filter((code) => !expected.has(code))).toEqual([]);
  },
);

test(
  'Z-15: a wrong password and a missing right are told by name, and no secret is',
  { timeout: BOOT_MS },
  async () => {
    await server.restart({
      cas_contention_timeout: '10s',
      authenticator: 'PasswordAuthenticator',
      authorizer: 'CassandraAuthorizer',
      role_manager: 'CassandraRoleManager',
    });
    const config = freshConfig(server);
    const secret = randomUUID();
    const wrong = await errorOf(openStore({ ...config, username: 'cassandra', password: secret }));
    expect([wrong.code, wrong.message]).toEqual(['AuthError', expect.stringContaining('store.config.password')]);
    expect(`${wrong.message} ${JSON.stringify(wrong)}`).not.toContain(secret);
    expect((await errorOf(openStore(config))).code).toBe('AuthError');

    const admin = { username: 'cassandra', password: 'cassandra' };
    const driver = await eventually(() => openStore({ ...config, ...admin }), 30_000);
    await driver.journal.append(appendRequest('e', 0), {});
    await withClient(
      server,
      async (client) => {
        await client.execute(`CREATE ROLE guest WITH PASSWORD = 'guest' AND LOGIN = true`);
        await client.execute(`GRANT SELECT ON KEYSPACE ${Object(config)['keyspace']} TO guest`);
      },
      admin,
    );
    const guest = await openStore({ ...config, username: 'guest', password: 'guest' });
    expect(await payloads(guest, 'e')).toEqual(['event']);
    const refused = await errorOf(guest.journal.append(appendRequest('e', 1), {}));
    expect([refused.code, refused.message]).toEqual(['AuthError', expect.stringContaining('MODIFY')]);
  },
);
