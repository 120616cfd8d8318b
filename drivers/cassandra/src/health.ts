import { StoreError } from '@stategate/journal-spi';
import type { Driver } from '@stategate/journal-spi';
import { checkHealth } from '@stategate/journal-spi/kit';
import { missingTables } from './schema.ts';
import type { Session } from './session.ts';

/** Whether all tables are there, a quorum answers for reading and for conditional writing, and which nodes do not. */
export function createHealth(session: Session): Driver['health'] {
  const { location } = session.calls;
  const cql = `SELECT version FROM ${session.table('meta')} WHERE id = 'schema'`;
  return (options) =>
    checkHealth(options, async (inTime) => {
      const missing = await missingTables(session, inTime);
      if (missing.length > 0) {
        throw new StoreError(
          'SchemaMismatch',
          `${location} lacks ${missing.map(([table]) => table).join(', ')}: restore them, or run stategate store schema --apply`,
        );
      }
      // A serial read takes the same way as a conditional write, and writes nothing.
      const [row] = await session.select({ cql, params: [] }, inTime, 'serial');
      const down = session.downHosts();
      return [
        ...(row === undefined ? [`the tables in ${location} are not complete`] : []),
        ...(down.length === 0 ? [] : [`these nodes cannot be reached: ${down.join(', ')}`]),
      ];
    });
}
