import assert from 'node:assert/strict';
import type { CaseContext, ConformanceCase, ConformanceTarget } from './case.ts';
import { append, range, read, refused, stream } from './fixtures.ts';

export const schemaCases: readonly ConformanceCase[] = [
  {
    id: 'M-01',
    title: 'a store that was never opened is brought to the target, by several at once',
    needs: ['emptyStore'],
    async run(ctx) {
      const store = await emptyStore(ctx);
      const drivers = await Promise.all(range(1, 3).map(() => ctx.open(store)));
      await Promise.all(drivers.map((driver) => driver.schema.migrate(ctx.options)));
      for (const driver of drivers) {
        const { current, target } = await driver.schema.status(ctx.options);
        assert.equal(current, target);
        await append({ ...ctx, driver }, (await driver.journal.head(stream(ctx), ctx.options)).head);
      }
    },
  },
  {
    id: 'M-02',
    title: 'migrating again changes nothing',
    async run(ctx) {
      await append(ctx, 0, 5);
      const before = [await ctx.driver.schema.status(ctx.options), await read(ctx)];
      await ctx.driver.schema.migrate(ctx.options);
      assert.deepEqual([await ctx.driver.schema.status(ctx.options), await read(ctx)], before);
    },
  },
  {
    id: 'M-05',
    title: 'a store that a newer version wrote is refused as SchemaMismatch, every time',
    needs: ['emptyStore', 'raiseSchema'],
    async run(ctx) {
      const store = await emptyStore(ctx);
      const first = await ctx.open(store);
      await first.schema.migrate(ctx.options);
      await first.close();
      await ctx.target.hooks?.raiseSchema?.(store);
      // Twice: the first attempt must not have changed the mark.
      for (const _ of range(1, 2)) await refused(ctx.open(store), 'SchemaMismatch');
    },
  },
];

async function emptyStore(ctx: CaseContext): Promise<ConformanceTarget> {
  return (await ctx.target.hooks?.emptyStore?.()) ?? assert.fail('the case ran without its hook');
}
