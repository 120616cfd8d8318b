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
      assert.deepEqual(await ctx.driver.schema.statements(ctx.options), [], 'statements of a store that is current');
    },
  },
  {
    id: 'M-06',
    title: 'a new store shows the statements that it needs and changes nothing, until migrate runs them',
    needs: ['unmigratedStore'],
    async run(ctx) {
      const store = await ctx.target.hooks?.unmigratedStore?.();
      const driver = await ctx.open(store ?? assert.fail('the case ran without its hook'));
      const { current, target } = await driver.schema.status(ctx.options);
      assert.ok(current < target, `version ${current} of ${target}`);
      const statements = await driver.schema.statements(ctx.options);
      assert.ok(statements.length > 0 && statements.every((statement) => statement.trim() !== ''));
      assert.deepEqual(await driver.schema.statements(ctx.options), statements);
      assert.equal((await driver.schema.status(ctx.options)).current, current);
      await driver.schema.migrate(ctx.options);
      assert.deepEqual(await driver.schema.status(ctx.options), { current: target, target });
      assert.deepEqual(await driver.schema.statements(ctx.options), []);
      const { epoch } = await driver.fences.claim(ctx.namespace, 'all', 'first', ctx.options);
      await append({ ...ctx, driver }, 0, 1, { fence: { scope: 'all', epoch } });
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
