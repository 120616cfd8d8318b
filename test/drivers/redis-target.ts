import { randomUUID } from 'node:crypto';
import redis from '@stategate/driver-redis/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import { Redis } from 'ioredis';
import type { TestServer } from '../support/servers.ts';

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
        await client.incr(`${prefixOf(config)}schema`);
        client.disconnect();
      },
      ...(server.pid === undefined
        ? {}
        : {
            server: {
              stop: () => server.kill9(),
              start: () => server.restart(),
              pause: () => server.pause(),
              resume: () => server.resume(),
            },
          }),
    },
  };
}

function prefixOf(config: unknown): string {
  if (typeof config === 'object' && config !== null && 'keyPrefix' in config) return String(config.keyPrefix);
  throw new Error('the configuration has no keyPrefix');
}
