import postgres from '@stategate/driver-postgres/driver';
import { expect, onTestFinished, test } from 'vitest';
import type { TestContext } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { notRun } from '../support/not-run.ts';
import { LocalServer } from '../support/servers/local-server.ts';
import { findPostgres, findStandby } from '../support/servers/postgres.ts';
import { adminOf } from './postgres-support.ts';
import { appendRequest, appendWhile, countEvents, expectLostTail, openDriver } from './support.ts';

const portOf = ({ url }: { readonly url: string }) => Number(new URL(url).port);

/** A primary and its standby behind one address, which moves when the primary dies. */
async function replicated(context: TestContext) {
  const installed = await findPostgres();
  if (installed === undefined) notRun(context, 'PostgreSQL is not on this machine: npm run test:install postgres');
  const primary = await LocalServer.start('postgres', installed, {});
  onTestFinished(() => primary.stop());
  const replication = await FaultProxy.start({ port: portOf(primary) });
  onTestFinished(() => replication[Symbol.asyncDispose]());
  const copy = await findStandby(replication.port);
  if (copy === undefined) throw new Error('PostgreSQL has gone from this machine');
  const standby = await LocalServer.start('postgres', copy, {});
  onTestFinished(() => standby.stop());
  const address = await FaultProxy.start({ port: portOf(primary) });
  onTestFinished(() => address[Symbol.asyncDispose]());
  const [onPrimary, onStandby] = [await adminOf(primary), await adminOf(standby)];
  const config = { url: `postgres://stategate@127.0.0.1:${address.port}/postgres` };
  return {
    config,
    replication,
    onPrimary,
    /** Until the standby has what the primary has now. */
    caughtUp: async () => {
      const { rows } = await onPrimary.query('SELECT pg_current_wal_lsn() AS now');
      await eventually(async () => {
        const reached = await onStandby.query('SELECT pg_last_wal_replay_lsn() >= $1 AS reached', [rows[0].now]);
        return reached.rows[0].reached === true;
      });
    },
    failOver: async () => {
      await primary.kill9();
      await onStandby.query('SELECT pg_promote()');
      address.retarget(portOf(standby));
    },
  };
}

test('Z-12: a standby that is promoted without the tail is HeadRegressed, and no number is given out again unseen', async (context) => {
  const { config, replication, caughtUp, failOver } = await replicated(context);
  const driver = await openDriver(postgres, config);
  expect(driver.capabilities).toMatchObject({ durability: 'disk', ackLossOnFailover: true });
  await driver.journal.append(appendRequest('e', 0), {});
  await caughtUp();
  replication.set({ kind: 'refuse' });
  replication.reset();
  await driver.journal.append(appendRequest('e', 1, 5), {});
  await failOver();
  await expectLostTail(driver);
});

test('Z-12: a standby that is waited for is promoted under load: nothing acknowledged is lost, nothing is there twice', async (context) => {
  const { config, onPrimary, failOver } = await replicated(context);
  await onPrimary.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
  await onPrimary.query('SELECT pg_reload_conf()');
  await eventually(async () => {
    const { rows } = await onPrimary.query('SELECT sync_state FROM pg_stat_replication');
    return rows[0]?.sync_state === 'sync';
  });
  const driver = await openDriver(postgres, config);
  expect(driver.capabilities).toMatchObject({ durability: 'quorum-disk', ackLossOnFailover: false });
  const { written, codes } = await appendWhile(driver, async () => {
    await failOver();
    await eventually(async () => (await driver.health({})).ready);
  });
  for (const { id, head, pending } of written) {
    expect(head).toBeGreaterThan(0);
    expect([head, head + pending]).toContain(await countEvents(driver, id));
  }
  expect(codes).not.toContain('HeadRegressed');
  expect(codes.size).toBeGreaterThan(0);
});
