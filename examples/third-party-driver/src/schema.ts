import type { SchemaManager } from '@stategate/journal-spi';
import { schemaFrom } from '@stategate/journal-spi/kit';
import type { Client } from './client.ts';
import type { Keys } from './keys.ts';
import { get, numberIn, put, unchanged } from './messages.ts';
import { look, transact } from './transactions.ts';

/** Of the names and values of keys. There is nothing to create but the mark that says so. */
const VERSION = 1;

export function createSchemaManager(client: Client, { schema }: Keys): SchemaManager {
  return schemaFrom(client.calls, {
    packageName: 'stategate-driver-etcd',
    target: VERSION,

    current: async (call) => numberIn((await look(client, [get(schema)], call))[0]),

    statements: async () => [`etcdctl put ${schema} ${VERSION}`],

    async migrate(_current, call) {
      const mark = { compare: [unchanged(schema, 0)], success: [put(schema, String(VERSION))] };
      await transact(client, mark, 'write', call);
    },
  });
}
