import { fencesFrom } from '@stategate/journal-spi/kit';
import type { Call, Scope } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import { fromText, toText } from './names.ts';
import type { QueryBuilder } from './tables.ts';

/** Claims and leases. Those of one namespace wait for each other at its counter. */
export function createFences(connection: Connection, { db, sql, table }: QueryBuilder): ReturnType<typeof fencesFrom> {
  const until = (ms: number | null) => sql<Date | null>`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`;
  const leftMs = sql<string | null>`extract(epoch FROM until - clock_timestamp()) * 1000`;

  function find({ namespace, scope }: Scope) {
    return db.selectFrom('fence').where('namespace', '=', toText(namespace)).where('scope', '=', toText(scope));
  }

  async function current(at: Scope, call: Call) {
    const [row] = await connection.query('read', find(at).select(['epoch', 'owner']), call);
    return row === undefined ? null : { epoch: row.epoch, owner: fromText(row.owner) };
  }

  return fencesFrom(connection.calls, {
    current,

    async draw(at, owner, leaseMs, call) {
      const namespace = toText(at.namespace);
      const free = sql`f.until IS NULL OR f.until <= clock_timestamp() OR f.owner = excluded.owner`;
      const query = sql<{ epoch: number }>`
        WITH next AS (
          INSERT INTO ${sql.raw(table('epoch'))} AS n (namespace, last) VALUES (${namespace}, 1)
          ON CONFLICT (namespace) DO UPDATE SET last = n.last + 1 RETURNING last
        )
        INSERT INTO ${sql.raw(table('fence'))} AS f (namespace, scope, epoch, owner, until)
        SELECT ${namespace}, ${toText(at.scope)}, last, ${toText(owner)}, ${until(leaseMs)} FROM next
        ON CONFLICT (namespace, scope) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner, until = excluded.until
        WHERE ${leaseMs === null ? sql`true` : free} RETURNING epoch`;
      const [drawn] = await connection.query('write', { compile: () => query.compile(db) }, call);
      if (drawn !== undefined) return drawn.epoch;
      const [holder] = await connection.query('read', find(at).select(['owner', leftMs.as('left_ms')]), call);
      return { owner: fromText(holder?.owner ?? 'somebody'), leftMs: Number(holder?.left_ms ?? 0) };
    },

    async extend(at, epoch, leaseMs, call) {
      const update = db
        .updateTable('fence')
        .set({ until: until(leaseMs) })
        .where('namespace', '=', toText(at.namespace))
        .where('scope', '=', toText(at.scope))
        .where('epoch', '=', epoch)
        .returning('epoch');
      const [extended] = await connection.query('write', update, call);
      return extended?.epoch ?? (await current(at, call))?.epoch ?? 0;
    },
  });
}
