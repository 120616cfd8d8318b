import type { SchemaManager } from '@stategate/journal-spi';
import { schemaFrom } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { number } from './replies.ts';

/** Of the names and contents of keys. There is nothing to create but the mark that says so. */
const VERSION = 1;

export function createSchemaManager(connection: Connection, keys: Keys): SchemaManager {
  return schemaFrom(connection.calls, {
    packageName: '@stategate/driver-redis',
    target: VERSION,
    current: async (call) => number(await connection.command('read', 'GET', [keys.schema], call)),
    statements: async () => [`SET ${JSON.stringify(keys.schema)} ${VERSION} NX`],
    async migrate(_, call) {
      await connection.command('write', 'SET', [keys.schema, VERSION, 'NX'], call);
    },
  });
}
