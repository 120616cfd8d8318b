import type { Epoch, FenceStore, OpOptions, StoreLease } from '@stategate/journal-spi';
import { fenced, leased } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import { fromText, toText } from './names.ts';
import type { QueryBuilder } from './tables.ts';

interface Holder {
  readonly epoch: Epoch;
  readonly owner: string;
  /** How long its lease lasts yet, by the server's clock. */
  readonly leftMs: number;
}

/** Claims and leases. Those of one namespace wait for each other at its counter. */
export function createFences(
  connection: Connection,
  { db, sql, table }: QueryBuilder,
): { readonly fences: FenceStore; readonly lease: StoreLease } {
  const fence = sql.raw(table('fence'));
  const until = (ms: number | null) => sql<Date | null>`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`;

  /** Draws the next epoch for the scope; null while another owner has a lease and a lease is wanted. */
  async function draw(
    namespace: string,
    scope: string,
    owner: string,
    leaseMs: number | null,
    options: OpOptions,
  ): Promise<Epoch | null> {
    const free = sql`f.until IS NULL OR f.until <= clock_timestamp() OR f.owner = excluded.owner`;
    const query = sql<{ epoch: Epoch }>`
      WITH next AS (
        INSERT INTO ${sql.raw(table('epoch'))} AS n (namespace, last) VALUES (${toText(namespace)}, 1)
        ON CONFLICT (namespace) DO UPDATE SET last = n.last + 1 RETURNING last
      )
      INSERT INTO ${fence} AS f (namespace, scope, epoch, owner, until)
      SELECT ${toText(namespace)}, ${toText(scope)}, last, ${toText(owner)}, ${until(leaseMs)} FROM next
      ON CONFLICT (namespace, scope) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner, until = excluded.until
      WHERE ${leaseMs === null ? sql`true` : free} RETURNING epoch`;
    const [drawn] = await connection.query('write', { compile: () => query.compile(db) }, options);
    return drawn?.epoch ?? null;
  }

  async function current(namespace: string, scope: string, options: OpOptions): Promise<Holder | null> {
    const select = db
      .selectFrom('fence')
      .select(['epoch', 'owner'])
      .select(sql<string | null>`extract(epoch FROM until - clock_timestamp()) * 1000`.as('left_ms'))
      .where('namespace', '=', toText(namespace))
      .where('scope', '=', toText(scope));
    const [row] = await connection.query('read', select, options);
    return row === undefined ? null : { epoch: row.epoch, owner: fromText(row.owner), leftMs: Number(row.left_ms) };
  }

  /** Gives the lease another end, if the scope's epoch is still this one. */
  async function extend(
    namespace: string,
    scope: string,
    epoch: Epoch,
    leaseMs: number | null,
    options: OpOptions,
  ): Promise<boolean> {
    const update = db
      .updateTable('fence')
      .set({ until: until(leaseMs) })
      .where('namespace', '=', toText(namespace))
      .where('scope', '=', toText(scope))
      .where('epoch', '=', epoch)
      .returning('epoch');
    return (await connection.query('write', update, options)).length > 0;
  }

  return {
    fences: {
      async claim(namespace, scope, owner, options) {
        const epoch = await draw(namespace, scope, owner, null, options);
        if (epoch === null) throw new Error('a claim is never refused');
        return { epoch };
      },

      async current(namespace, scope, options) {
        const holder = await current(namespace, scope, options);
        return holder === null ? null : { epoch: holder.epoch, owner: holder.owner };
      },
    },

    lease: {
      async acquire(namespace, scope, owner, leaseMs, options) {
        const epoch = await draw(namespace, scope, owner, leaseMs, options);
        if (epoch !== null) return { epoch };
        const holder = await current(namespace, scope, options);
        throw leased(scope, holder?.owner ?? 'somebody', connection.location, holder?.leftMs ?? 0);
      },

      async renew(namespace, scope, epoch, leaseMs, options) {
        if (await extend(namespace, scope, epoch, leaseMs, options)) return;
        const holder = await current(namespace, scope, options);
        throw fenced({ scope, epoch }, holder?.epoch ?? 0);
      },

      async release(namespace, scope, epoch, options) {
        await extend(namespace, scope, epoch, null, options);
      },
    },
  };
}
