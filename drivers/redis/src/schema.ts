import type { OpOptions, SchemaManager } from '@stategate/journal-spi';
import { checkSchemaVersion } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { number } from './replies.ts';

/** Of the names and contents of keys. There is nothing to create but the mark that says so. */
const VERSION = 1;

export function createSchemaManager(connection: Connection, keys: Keys): SchemaManager {
  async function current(options: OpOptions): Promise<number> {
    const found = number(await connection.command('read', 'GET', [keys.schema], options));
    checkSchemaVersion(found, VERSION, 'redis', connection.location);
    return found;
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
