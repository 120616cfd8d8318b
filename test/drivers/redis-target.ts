import { randomUUID } from 'node:crypto';
import redis from '@stategate/driver-redis/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import { Redis } from 'ioredis';
import type { TestServer } from '../support/servers.ts';
import { serverHooks, settingOf } from './server-hooks.ts';

/** Keys of its own on the server, made when it is first opened. */
export function redisTarget(server: TestServer, more: Readonly<Record<string, unknown>> = {}): ConformanceTarget {
  const keyPrefix = `test-${randomUUID()}:`;
  return {
    definition: redis,
    config: { url: server.url, keyPrefix, ...more },
    hooks: {
      emptyStore: async () => redisTarget(server),
      unmigratedStore: async () => redisTarget(server, { createSchema: false }),
      expiredOffset: () => '99999999999999-0',
      async raiseSchema({ config }) {
        const client = new Redis(server.url);
        await client.incr(`${settingOf(config, 'keyPrefix')}schema`);
        client.disconnect();
      },
      ...serverHooks(server),
    },
  };
}
