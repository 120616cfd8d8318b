import { StoreError } from '@stategate/journal-spi';
import type { OpOptions, SchemaManager } from '@stategate/journal-spi';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { number } from './replies.ts';

/** Of the names and contents of keys. There is nothing to create but the mark that says so. */
const VERSION = 1;

export function createSchemaManager(connection: Connection, keys: Keys): SchemaManager {
  async function current(options: OpOptions): Promise<number> {
    const found = number(await connection.command('read', 'GET', [keys.schema], options));
    if (found <= VERSION) return found;
    throw new StoreError(
      'SchemaMismatch',
      `${connection.location} was written by a newer driver (version ${found}, this one knows ${VERSION}): update @stategate/driver-redis`,
    );
  }

  return {
    status: async (options) => ({ current: await current(options), target: VERSION }),

    statements: async (options) =>
      (await current(options)) === VERSION ? [] : [`SET ${JSON.stringify(keys.schema)} ${VERSION} NX`],

    async migrate(options) {
      if ((await current(options)) < VERSION) {
        await connection.command('write', 'SET', [keys.schema, VERSION, 'NX'], options);
      }
    },
  };
}
