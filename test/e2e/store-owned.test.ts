// What `stategate store` changes, it changes only when no proxy owns the store.
import { randomUUID } from 'node:crypto';
import { ownAlone } from '@stategate/proxy/store';
import { describe, expect, test } from 'vitest';
import { notRun } from '../support/not-run.ts';
import { ROOT, startNode } from '../support/process.ts';
import { startStore } from '../support/stores.ts';

const NAMESPACE = 'default';
const STREAM = { namespace: NAMESPACE, persistenceId: 'cart', entityId: 'alice' };
const LISTENER = { onWaiting: () => undefined, onLost: () => undefined, onTrouble: () => undefined };

/** One whose server knows the time, and one where only watching tells that a lease is over. */
describe.each(['postgres', 'dynamodb'] as const)('on %s', (name) => {
  test(
    'snapshots are dropped when nobody owns the store, or its owner is dead',
    { timeout: 120_000 },
    async (context) => {
      const store = await startStore(name);
      if ('missing' in store) notRun(context, store.missing);
      await using resources = new AsyncDisposableStack();
      resources.use(store);
      const driver = await store.open();
      resources.defer(() => driver.close());
      const drop = async (): Promise<string> => {
        const settings = Object.entries(store.config as object).flatMap(([key, value]) => [
          '--set',
          `store.config.${key}=${JSON.stringify(value)}`,
        ]);
        const args = ['store', 'drop-snapshots', 'cart', 'alice', '--store', name, ...settings];
        await using cli = startNode([`${ROOT}/src/cli/main.ts`, ...args]);
        return `${await cli.exited} ${cli.output}`;
      };

      const owner = await ownAlone(driver, NAMESPACE, 'the owner', LISTENER, new AbortController().signal);
      const { fence } = owner;
      const event = { manifest: 'm', payload: Buffer.from('x') };
      await driver.journal.append({ stream: STREAM, expected: 0, fence, token: randomUUID(), events: [event] }, {});
      await driver.snapshots.save(STREAM, { ...event, sequenceNr: 1 }, fence, {});
      expect(await drop()).toMatch(
        /^1 stategate: the owner .* 9 s for its end\nstategate: the owner .*: stop that proxy first\n$/,
      );
      expect(await driver.snapshots.load(STREAM, {}, {})).not.toBeNull();
      await owner.release();

      // It is never renewed, as that of a process that was killed.
      await driver.lease?.acquire(NAMESPACE, 'all', 'the dead owner', 6_000, {});
      expect(await drop()).toMatch(/^0 stategate: the dead owner .*\nremoved 1 snapshot\n$/);
      expect(await driver.snapshots.load(STREAM, {}, {})).toBeNull();
      expect(await drop()).toBe('0 removed 0 snapshots\n');
    },
  );
});
