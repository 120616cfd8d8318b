import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Driver, StreamKey } from '@stategate/journal-spi';
import { loadDriver, openStore } from '@stategate/proxy/store';
import { ROOT, startNode } from '../../support/process.ts';
import { tempDir } from '../../support/temp-dir.ts';

const FENCE = { scope: 'all', epoch: 1 };

let folder: ReturnType<typeof tempDir>;
let store: string;
/** Stays open: looking into a store works beside its owner. */
let owner: Driver;

beforeAll(async () => {
  folder = tempDir();
  store = `sqlite:${folder.file('store.db')}`;
  owner = await openStore(
    { driver: 'sqlite', short: folder.file('store.db'), config: {} },
    { loadDriver, warn: () => {}, instanceId: 'test' },
  );
  await append('cart', 'alice', ['one', 'two', 'three']);
  await append('cart', 'bob\u001B[2J', ['x']);
  await append('wish list', 'alice', ['y']);
  await owner.snapshots.save(
    key('cart', 'alice'),
    { sequenceNr: 2, manifest: 'test/Cart', payload: Buffer.from('state') },
    FENCE,
    {},
  );
  await owner.keyValue.put(
    {
      key: { namespace: 'default', collection: 'favourites', key: 'alice' },
      value: { manifest: 'test/Fav', payload: Buffer.from('milk') },
      condition: { if: 'any' },
      fence: FENCE,
      token: 'token',
    },
    {},
  );
});
afterAll(async () => {
  await owner.close();
  folder[Symbol.dispose]();
});

function key(persistenceId: string, entityId: string): StreamKey {
  return { namespace: 'default', persistenceId, entityId };
}

async function append(persistenceId: string, entityId: string, texts: readonly string[]): Promise<void> {
  const events = texts.map((text) => ({ manifest: `test/${text}`, payload: Buffer.from(text) }));
  await owner.journal.append(
    { stream: key(persistenceId, entityId), expected: 0, fence: FENCE, token: crypto.randomUUID(), events },
    {},
  );
}

async function run(...args: readonly string[]): Promise<{ code: number | string; output: string }> {
  await using started = startNode([`${ROOT}/src/cli/main.ts`, 'store', ...args, '--store', store]);
  return { code: await started.exited, output: started.output };
}

describe('stategate store', () => {
  test('inspect says what the store is and how much is in it', async () => {
    const { code, output } = await run('inspect');
    expect(code).toBe(0);
    expect(output).toMatch(/^store +SQLite 3\./m);
    expect(output).toMatch(new RegExp(`^location +${folder.file('store.db')}$`, 'm'));
    expect(output).toMatch(/^durability +disk$/m);
    expect(output).toMatch(/^maxEventBytes +\d+MiB$/m);
    expect(output).toMatch(/^cart +2 +4$/m);
    expect(output).toMatch(/^wish list +1 +1$/m);
  });

  test('entities lists them, page by page', async () => {
    const { output } = await run('entities');
    expect(output).toMatch(/^PERSISTENCE ID +ENTITY ID +HEAD +SNAPSHOT +EPOCH$/m);
    expect(output).toMatch(/^cart +alice +3 +2 +1$/m);
    expect(output).toMatch(/^cart +bob·\[2J +1 +0 +1$/m);
    expect((await run('entities', '--persistence-id', 'wish list')).output.trim().split('\n')).toHaveLength(2);

    const first = (await run('entities', '--limit', '2')).output;
    const after = /--after (\S+)\)/.exec(first)?.[1] ?? '';
    const second = (await run('entities', '--limit', '2', '--after', after)).output;
    expect([...first.matchAll(/alice|bob/g), ...second.matchAll(/alice|bob/g)]).toHaveLength(3);
  });

  test('entities --values shows the values of value entities', async () => {
    expect((await run('entities', '--values', 'favourites')).output).toMatch(/^alice +\S+ +1 +test\/Fav +4 +milk$/m);
  });

  test('events shows a range, or the newest', async () => {
    const all = (await run('events', 'cart', 'alice')).output;
    expect(all).toMatch(
      /^SEQUENCE NR +TIME +TYPE +BYTES +PAYLOAD\n +1 +20\S+Z +test\/one +3 +one\n +2 .*\n +3 .*three\n$/,
    );
    expect((await run('events', 'cart', 'alice', '--last', '1')).output).toMatch(/PAYLOAD\n +3 .*three\n$/);
    expect((await run('events', 'cart', 'alice', '--from', '2', '--to', '2')).output).toMatch(/PAYLOAD\n +2 .*two\n$/);
  });

  test('events --json keeps every byte', async () => {
    const lines = (await run('events', 'cart', 'alice', '--json')).output.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { sequenceNr: number; type: string; payload: string });
    expect(
      events.map(({ sequenceNr, type, payload }) => [sequenceNr, type, Buffer.from(payload, 'base64').toString()]),
    ).toEqual([
      [1, 'test/one', 'one'],
      [2, 'test/two', 'two'],
      [3, 'test/three', 'three'],
    ]);
  });

  test.each([
    [
      ['events', 'cart', 'nobody'],
      'there is no entity "nobody" of "cart": stategate store entities lists what there is',
    ],
    [['events', 'cart', 'alice', '--last', 'few'], '--last few: expected a whole number from 1'],
    [['entities', '--set', 'store.config.path=/no/such/store.db'], 'there is no store at /no/such/store.db'],
  ])('%j is refused in a line', async (args, message) => {
    const { code, output } = await run(...args);
    expect(code).toBe(1);
    expect(output).toMatch(/^stategate: .*\n$/);
    expect(output).toContain(message);
  });

  test('--named looks into another of the stores', async () => {
    const config = folder.file('stategate.yaml');
    writeFileSync(config, `store: inmemory\nstores:\n  carts: ${store}\n`);
    const inspect = async (name: string): Promise<{ code: number | string; output: string }> => {
      const args = ['store', 'inspect', '--config', config, '--named', name];
      await using started = startNode([`${ROOT}/src/cli/main.ts`, ...args]);
      return { code: await started.exited, output: started.output };
    };
    const { code, output } = await inspect('carts');
    expect(code).toBe(0);
    expect(output).toContain(folder.file('store.db'));
    for (const name of ['wishes', 'constructor'])
      expect(await inspect(name)).toEqual({
        code: 1,
        output: `stategate: --named ${name}: under "stores" there is carts\n`,
      });
  });

  test('drop-snapshots needs the store for itself, and leaves the events', async () => {
    const lock = await owner.lock?.acquire();
    const refused = await run('drop-snapshots', 'cart', 'alice');
    await lock?.release();
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/^stategate: .*another proxy/);

    expect(await run('drop-snapshots', 'cart', 'alice')).toEqual({ code: 0, output: 'removed 1 snapshot\n' });
    expect(await owner.snapshots.load(key('cart', 'alice'), {}, {})).toBeNull();
    expect((await owner.journal.head(key('cart', 'alice'), {})).head).toBe(3);
  });

  test('drop-snapshots refuses when the snapshot is all there is', async () => {
    const stream = key('cart', 'pruned');
    await append('cart', 'pruned', ['a', 'b']);
    await owner.snapshots.save(stream, { sequenceNr: 2, manifest: 'm', payload: Buffer.from('s') }, FENCE, {});
    await owner.journal.deleteTo(stream, 2, FENCE, {});
    const { code, output } = await run('drop-snapshots', 'cart', 'pruned');
    expect([code, output]).toEqual([
      1,
      'stategate: the events up to 2 were deleted: the snapshot is all that is left of them and stays\n',
    ]);
  });
});
