import { randomUUID } from 'node:crypto';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import etcd from '../../examples/third-party-driver/src/index.ts';
import type { TestServer } from '../support/servers.ts';
import { serverHooks } from './server-hooks.ts';

/** Keys of its own on the server, made when it is first opened. */
export function etcdTarget(server: TestServer, more: Readonly<Record<string, unknown>> = {}): ConformanceTarget {
  const prefix = `test-${randomUUID()}/`;
  return {
    definition: etcd,
    config: { url: server.url, prefix, ...more },
    hooks: {
      emptyStore: async () => etcdTarget(server),
      unmigratedStore: async () => etcdTarget(server, { createSchema: false }),
      expiredOffset: () => '999999999999.0',
      async raiseSchema({ config }) {
        const key = `${Object(config).prefix}schema`;
        await askEtcd(server.url, 'kv/put', { key: toBase64(key), value: toBase64('2') });
      },
      ...serverHooks(server),
    },
  };
}

/** By the gateway that etcd has for other protocols, so that the tests look at it with other eyes than the driver. */
export async function askEtcd(url: string, what: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`${url}/v3/${what}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`etcd refuses ${what}: ${await answer.text()}`);
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}

export function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
