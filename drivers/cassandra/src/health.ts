import { StoreError } from '@stategate/journal-spi';
import type { Driver } from '@stategate/journal-spi';
import { checkHealth } from '@stategate/journal-spi/kit';
import { missingTables } from './schema.ts';
import type { Session } from './session.ts';

/** Whether all tables are there, a quorum answers for reading and for conditional writing, and which nodes do not. */
export function createHealth(session: Session, keyspace: string): Driver['health'] {
  const cql = `SELECT version FROM ${session.table('meta')} WHERE id = 'schema'`;
  return (options) =>
    checkHealth(options, (inTime) =>
      session.calls.run('read', inTime, async (call) => {
        const missing = await missingTables(session, keyspace, call);
        if (missing.length > 0) {
          throw new StoreError(
            'SchemaMismatch',
            `${session.location} lacks ${missing.join(', ')}: restore them, or run stategate store schema --apply`,
          );
        }
        // A serial read takes the same way as a conditional write, and writes nothing.
        const [row] = await session.select({ cql, params: [] }, call, 'serial');
        const down = session.downHosts();
        return [
          ...(row === undefined ? [`the tables in ${session.location} are not complete`] : []),
          ...(down.length === 0 ? [] : [`these nodes cannot be reached: ${down.join(', ')}`]),
        ];
      }),
    );
}
