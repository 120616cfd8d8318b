import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError } from '@stategate/journal-spi';
import type { Driver } from '@stategate/journal-spi';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { TestContext } from 'vitest';
import etcd from '../../examples/third-party-driver/src/index.ts';
import { eventually } from '../support/eventually.ts';
import { notRun } from '../support/not-run.ts';
import { freePort } from '../support/ports.ts';
import { findEtcd } from '../support/servers/etcd.ts';
import { LocalServer } from '../support/servers/local-server.ts';
import { appendRequest, appendWhile, countEvents, errorOf, openDriver } from './support.ts';
import { askEtcd } from './third-party-target.ts';

const TIMES = { timeout: 60_000 };

/** Three members of one cluster, and a driver that knows them all and asks the first one. */
async function startCluster(context: TestContext, first: 'leader' | 'follower') {
  const installed = await findEtcd();
  if (installed === undefined) notRun(context, 'etcd is not on this machine: npm run test:install etcd');
  const peers: string[] = [];
  for (const name of ['one', 'two', 'three']) peers.push(`${name}=http://127.0.0.1:${await freePort()}`);
  // At once, as none answers before a majority is there.
  const members = await Promise.all(
    peers.map(async (peer) => {
      const [name = '', url = ''] = peer.split('=');
      const addresses = { 'listen-peer-urls': url, 'initial-advertise-peer-urls': url };
      const member = await LocalServer.start('etcd', installed, {
        name,
        ...addresses,
        'initial-cluster': peers.join(),
      });
      onTestFinished(() => member.stop());
      return member;
    }),
  );
  const roles = await Promise.all(members.map(roleOf));
  const order = [...members.keys()].toSorted((a, b) => Number(roles[b] === first) - Number(roles[a] === first));
  const [one, two, three] = order.map((place) => members[place]);
  if (one === undefined || two === undefined || three === undefined) throw new Error('a member is missing');
  const driver = await openDriver(etcd, { url: `${one.url},${two.url}, ${three.url}/` });
  expect(driver.capabilities).toMatchObject({ durability: 'quorum-disk', ackLossOnFailover: false });
  expect(await driver.health({})).toMatchObject({ ready: true, problems: [] });
  return { driver, members: [one, two, three] as const };
}

async function roleOf({ url }: LocalServer): Promise<'leader' | 'follower'> {
  const { header, leader } = await askEtcd(url, 'maintenance/status', {});
  return Object(header).member_id === leader ? 'leader' : 'follower';
}

const says = (member: LocalServer, what: string) =>
  expect.stringContaining(`etcd at ${new URL(member.url).host} ${what}`);

/** Follows the feed, and begins again behind the last page when it fails: what it saw of each stream, and how often it failed. */
function follow(driver: Driver) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const following = { seen: {} as Record<string, number[]>, failures: 0 };
  async function go(): Promise<void> {
    let after: string | undefined;
    while (!ending.signal.aborted) {
      const query = { namespace: 'default', live: true, ...(after !== undefined && { after }) };
      try {
        for await (const { events, checkpoint } of driver.feed?.read(query, { signal: ending.signal }) ?? []) {
          for (const { stream, sequenceNr } of events) (following.seen[stream.entityId] ??= []).push(sequenceNr);
          after = checkpoint;
        }
      } catch (error) {
        if (!isStoreError(error)) throw error;
        following.failures += 1;
        await sleep(50);
      }
    }
  }
  void go();
  return following;
}

test(
  'the leader is killed under load: nothing acknowledged is lost, nothing is there twice',
  TIMES,
  async (context) => {
    const { driver, members } = await startCluster(context, 'leader');
    const [leader] = members;
    const following = follow(driver);
    const { written, codes } = await appendWhile(driver, async () => {
      await leader.kill9();
      await eventually(async () => (await driver.health({})).ready);
    });
    expect(codes.size).toBeGreaterThan(0);
    expect(await driver.health({})).toMatchObject({ ready: true, problems: [says(leader, 'cannot be reached')] });

    const stored: Record<string, number[]> = {};
    for (const { id, head, pending } of written) {
      const count = await countEvents(driver, id);
      expect(head).toBeGreaterThan(0);
      expect([head, head + pending]).toContain(count);
      stored[id] = Array.from({ length: count }, (_, n) => n + 1);
    }
    await vi.waitFor(() => expect(following.seen).toEqual(stored), 10_000);
    expect(following.failures).toBeGreaterThan(0);

    await leader.restart();
    await eventually(async () => (await driver.health({})).problems.length === 0);
  },
);

test(
  'a member that says nothing is left for another one, and without a majority everybody is told',
  TIMES,
  async (context) => {
    const { driver, members } = await startCluster(context, 'follower');
    const [silent, second, third] = members;
    const within = (ms: number) => ({ deadline: performance.now() + ms });
    const [first, next] = [appendRequest('e', 0), appendRequest('e', 1)];
    await silent.pause();
    expect((await errorOf(driver.journal.append(first, within(1000)))).code).toBe('AmbiguousWrite');
    expect((await driver.journal.append(first, within(5000))).lastSequenceNr).toBe(1);
    expect(await driver.health({})).toMatchObject({ ready: true, problems: [says(silent, 'did not answer in time')] });

    const following = follow(driver);
    await eventually(() => following.seen['e']);
    await third.kill9();
    const refused = () => errorOf(driver.journal.append(next, within(1000)));
    const { message } = await eventually(async () => [await refused()].find(({ code }) => code === 'StoreUnavailable'));
    expect(message).toContain('it has no leader');
    const { ready, problems } = await driver.health({});
    expect(ready).toBe(false);
    expect(problems).toEqual([says(second, 'refused: it has no leader')]);
    expect(problems).toEqual([says(third, 'cannot be reached')]);
    // The feed does not wait for what cannot come either.
    await eventually(() => following.failures > 0);

    await silent.resume();
    await eventually(async () => (await driver.journal.append(next, within(1000))).lastSequenceNr === 2);
    await vi.waitFor(() => expect(following.seen).toEqual({ e: [1, 2] }), 10_000);
  },
);
