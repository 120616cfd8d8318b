import { StoreError, type OpOptions, type SchemaManager } from '@stategate/journal-spi';
import type { Client } from './client.ts';
import type { Keys } from './keys.ts';
import { get, put } from './messages.ts';
import { change, look } from './transactions.ts';

/** Of the names and values of keys. There is nothing to create but the mark that says so. */
const VERSION = 1;

export function createSchemaManager(client: Client, { schema }: Keys): SchemaManager {
  async function current(options: OpOptions): Promise<number> {
    const [mark] = await look(client, [get(schema)], options);
    const found = Number(mark?.value.toString() ?? 0);
    if (found <= VERSION) return found;
    throw new StoreError(
      'SchemaMismatch',
      `${client.location} was written by a newer driver (version ${found}, this one knows ${VERSION}): update stategate-driver-etcd`,
    );
  }

  return {
    status: async (options) => ({ current: await current(options), target: VERSION }),

    statements: async (options) => ((await current(options)) === VERSION ? [] : [`etcdctl put ${schema} ${VERSION}`]),

    async migrate(options) {
      if ((await current(options)) === VERSION) return;
      const mark = [put(schema, String(VERSION))];
      await change(client, [get(schema)], ([found]) => (found === undefined ? mark : undefined), 'write', options);
    },
  };
}
