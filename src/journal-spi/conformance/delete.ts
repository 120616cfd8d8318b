import assert from 'node:assert/strict';
import type { CaseContext, ConformanceCase } from './case.ts';
import { append, head, numbers, range, refused, stream } from './fixtures.ts';

export const deleteCases: readonly ConformanceCase[] = [
  {
    id: 'JD-01',
    title: 'deleted events are gone, the others and the head stay',
    async run(ctx) {
      await append(ctx, 0, 5);
      await deleteTo(ctx, 3);
      assert.deepEqual(await numbers(ctx), [4, 5]);
      assert.deepEqual(await bounds(ctx), { head: 5, deletedTo: 3 });
    },
  },
  {
    id: 'JD-02',
    title: 'a stream keeps its head when all its events are deleted',
    async run(ctx) {
      await append(ctx, 0, 5);
      await deleteTo(ctx, 3);
      await deleteTo(ctx, 5);
      assert.deepEqual(await bounds(ctx), { head: 5, deletedTo: 5 });
      assert.deepEqual(await numbers(ctx), []);
      await refused(append(ctx, 0), 'SequenceConflict', { expected: 0, actual: 5 });
      assert.equal((await append(ctx, 5)).lastSequenceNr, 6);
      assert.deepEqual(await numbers(ctx), [6]);
    },
  },
  {
    id: 'JD-03',
    title: 'a deletion ends at the head',
    async run(ctx) {
      await append(ctx, 0, 5);
      await deleteTo(ctx, Number.MAX_SAFE_INTEGER);
      assert.deepEqual(await bounds(ctx), { head: 5, deletedTo: 5 });
      assert.equal((await append(ctx, 5)).lastSequenceNr, 6);
      assert.deepEqual(await numbers(ctx), [6]);
    },
  },
  {
    id: 'JD-04',
    title: 'a deletion may be repeated and never moves back',
    async run(ctx) {
      await append(ctx, 0, 5);
      for (const to of [3, 3, 1, 0]) {
        await deleteTo(ctx, to);
        assert.deepEqual(await bounds(ctx), { head: 5, deletedTo: 3 });
      }
      assert.deepEqual(await numbers(ctx), [4, 5]);
      await refused(deleteTo(ctx, -1), 'InvalidRequest');
    },
  },
  {
    id: 'JD-05',
    title: 'a deletion in an unknown stream does nothing',
    async run(ctx) {
      await deleteTo(ctx, 3);
      assert.equal((await head(ctx)).exists, false);
      assert.equal((await append(ctx, 0)).lastSequenceNr, 1);
    },
  },
  {
    id: 'JD-06',
    title: 'a read from the last deleted event starts at the first that is left',
    async run(ctx) {
      await append(ctx, 0, 5);
      await deleteTo(ctx, 3);
      assert.deepEqual(await numbers(ctx, { from: 3 }), [4, 5]);
      assert.deepEqual(await numbers(ctx, { from: 1, limit: 1 }), [4]);
    },
  },
  {
    id: 'JD-07',
    title: 'a read that ends in the deleted events gives nothing',
    async run(ctx) {
      await append(ctx, 0, 5);
      await deleteTo(ctx, 3);
      assert.deepEqual(await numbers(ctx, { to: 2 }), []);
      assert.deepEqual(await numbers(ctx, { to: 3 }), []);
    },
  },
  {
    id: 'JD-16',
    title: 'list gives every stream once, also page by page while others are added',
    async run(ctx) {
      const names = range(1, 57).map((n) => `e-${n}`);
      for (const [n, name] of names.entries()) await append(ctx, 0, 2, { stream: stream(ctx, name, typeOf(n)) });
      await ctx.driver.journal.deleteTo(stream(ctx, 'e-1', 'cart'), 2, ctx.fence, ctx.options);

      const all = await listed(ctx, {});
      assert.deepEqual(all.toSorted(), names.map((name, n) => `${typeOf(n)} ${name}`).toSorted());
      assert.deepEqual(await listed(ctx, {}), all, 'the order changed');
      const carts = names.filter((_, n) => typeOf(n) === 'cart').map((name) => `cart ${name}`);
      assert.deepEqual((await listed(ctx, { persistenceId: 'cart' })).toSorted(), carts.toSorted());
      assert.deepEqual(await listed(ctx, { persistenceId: 'unknown' }), []);

      let added = 0;
      const during = await listed(ctx, {}, () => append(ctx, 0, 1, { stream: stream(ctx, `new-${(added += 1)}`) }));
      assert.deepEqual(during.filter((each) => !each.includes('new-')).toSorted(), all.toSorted());
      assert.equal(new Set(during).size, during.length, 'a stream is listed twice');
    },
  },
];

const typeOf = (n: number): string => (n % 2 === 0 ? 'cart' : 'order');

function deleteTo(ctx: CaseContext, sequenceNr: number): Promise<void> {
  return ctx.driver.journal.deleteTo(stream(ctx), sequenceNr, ctx.fence, ctx.options);
}

async function bounds(ctx: CaseContext) {
  const { head: last, deletedTo } = await head(ctx);
  return { head: last, deletedTo };
}

async function listed(ctx: CaseContext, filter: { persistenceId?: string }, between?: () => Promise<unknown>) {
  const found: string[] = [];
  let after: string | undefined;
  // Bounded: a list that never ends would add a stream with each page.
  for (let page = 0; page < 20; page += 1) {
    const query = { namespace: ctx.namespace, limit: 10, ...filter, ...(after === undefined ? {} : { after }) };
    const { streams, next } = await ctx.driver.journal.list(query, ctx.options);
    assert.ok(streams.length <= 10, 'a page is too long');
    found.push(...streams.map(({ persistenceId, entityId }) => `${persistenceId} ${entityId}`));
    if (next === undefined) return found;
    after = next;
    await between?.();
  }
  return assert.fail('the list does not end');
}
