import { randomUUID } from 'node:crypto';
import postgres from '@stategate/driver-postgres/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import pg from 'pg';
import type { TestServer } from '../support/servers.ts';
import { serverHooks, settingOf } from './server-hooks.ts';

/** A schema of its own in the server's database, made when it is first opened. */
export function postgresTarget(server: TestServer, more: Readonly<Record<string, unknown>> = {}): ConformanceTarget {
  const schema = `test "${randomUUID()}"`;
  return {
    definition: postgres,
    config: { url: server.url, schema, ...more },
    hooks: {
      emptyStore: async () => postgresTarget(server),
      unmigratedStore: async () => postgresTarget(server, { createSchema: false }),
      expiredOffset: () => '999999999999-0-0',
      async raiseSchema({ config }) {
        const client = new pg.Client(server.url);
        await client.connect();
        await client.query(
          `UPDATE ${pg.escapeIdentifier(settingOf(config, 'schema'))}.schema_version SET version = version + 1`,
        );
        await client.end();
      },
      ...serverHooks(server),
    },
  };
}
