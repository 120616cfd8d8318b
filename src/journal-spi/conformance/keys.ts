import assert from 'node:assert/strict';
import type { StreamKey } from '../stream.ts';
import type { CaseContext, ConformanceCase } from './case.ts';
import { append, head, payload, plain, read, refused, stream } from './fixtures.ts';

const AWKWARD = [
  ...'| / : {} # % %2F " \' ` \\ * ? _ [a] .. $ ~ __proto__ a A корзина 🛒 e\u0301 \u00e9 \ufffd'.split(' '),
  ...' a,a ,a\t,a\n,a\u0001,a\u007f,a\u0000,a\u0000b'.split(','),
  "'; DROP TABLE events; --",
  '{"$ne":null}',
  '1; FLUSHALL',
  'x'.repeat(1024),
  `${'x'.repeat(1023)}y`,
];

export const keyCases: readonly ConformanceCase[] = [
  {
    id: 'JA-21',
    title: 'ids of any characters name streams of their own, and are listed exactly',
    async run(ctx) {
      await eachOnItsOwn(
        ctx,
        AWKWARD.map((id) => stream(ctx, id)),
      );
      const { streams } = await ctx.driver.journal.list({ namespace: ctx.namespace, limit: 1000 }, ctx.options);
      assert.deepEqual(streams.map(({ entityId }) => entityId).toSorted(), AWKWARD.toSorted());
      for (const bad of ['', 'x'.repeat(1025), '\ud800', 'я'.repeat(513)]) {
        await refused(append(ctx, 0, 1, { stream: stream(ctx, bad) }), 'InvalidRequest');
      }
    },
  },
  {
    id: 'JA-22',
    title: 'persistence id and entity id never run into each other',
    async run(ctx) {
      const pairs = ['a|b c', 'a b|c', 'ab c', 'a bc', 'a:b c', 'a b:c', 'a/b c', 'a b/c', '1:a b', '1 a:b'];
      const keys = pairs.map((pair) => {
        const [persistenceId, entityId] = pair.split(' ');
        return stream(ctx, entityId, persistenceId);
      });
      await eachOnItsOwn(ctx, keys);
    },
  },
  {
    id: 'JA-23',
    title: 'namespaces know nothing of each other',
    async run(ctx) {
      const here = stream(ctx);
      const there = { ...here, namespace: `${ctx.namespace}-other` };
      await append(ctx, 0, 3);
      assert.equal((await head(ctx, there)).exists, false);
      await append(ctx, 0, [payload('there')], { stream: there });
      assert.equal((await head(ctx, here)).head, 3);
      assert.deepEqual((await read(ctx, {}, there)).map(plain), [plain(payload('there'))]);
      const list = await ctx.driver.journal.list({ namespace: ctx.namespace, limit: 10 }, ctx.options);
      assert.equal(list.streams.length, 1);
    },
  },
];

async function eachOnItsOwn(ctx: CaseContext, streams: readonly StreamKey[]): Promise<void> {
  const content = streams.map((_, i) => payload(`content of stream ${i}`));
  for (const [i, key] of streams.entries()) {
    await append(ctx, 0, content.slice(i, i + 1), { stream: key });
  }
  for (const [i, key] of streams.entries()) {
    assert.deepEqual((await read(ctx, {}, key)).map(plain), content.slice(i, i + 1).map(plain), JSON.stringify(key));
  }
}
