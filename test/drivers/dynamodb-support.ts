import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynamodb from '@stategate/driver-dynamodb/driver';
import type { Driver, DriverEnv, PutRequest } from '@stategate/journal-spi';
import { onTestFinished } from 'vitest';
import type { TestContext } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import type { TestServer } from '../support/servers.ts';
import { createClient, KEYS } from './dynamodb-target.ts';
import { FENCE, openDriver } from './support.ts';

/** A server of this test alone, a client that looks into it, and the configuration of a store on it. */
export async function ownServer(context: TestContext) {
  const server = present(context, await startServer('dynamodb', { own: true }));
  onTestFinished(() => server.stop());
  const client = createClient(server);
  onTestFinished(() => client.destroy());
  return { server, client, config: configOf(server) };
}

export function configOf({ url }: Pick<TestServer, 'url'>) {
  return { endpoint: url, region: 'local', ...KEYS, table: 'store', durability: 'disk' };
}

export function openStore(config: unknown, env: Partial<DriverEnv> = {}): Promise<Driver> {
  return openDriver(dynamodb, config, env);
}

/** The items of a kind of partition. */
export async function itemsOf(client: DynamoDBClient, kind: string): Promise<Record<string, AttributeValue>[]> {
  const pages = await Array.fromAsync(paginateScan({ client }, { TableName: 'store', ConsistentRead: true }));
  return pages.flatMap(({ Items = [] }) => Items).filter((item) => item['pk']?.S?.startsWith(kind));
}

/** What happens to a request: the server never sees it, its answer is lost, or it is answered with something else. */
export type Fault = 'unsent' | 'unanswered' | { readonly status: number; readonly body: unknown } | undefined;

/** A proxy in front of the server, which lets everything pass but what the test picks by operation and body. */
export async function faultProxy(
  server: TestServer,
  pick: (operation: string, body: string) => Fault,
): Promise<string> {
  async function pass({ host: _host, connection: _connection, ...headers }: IncomingHttpHeaders, body: string) {
    const answer = await fetch(server.url, { method: 'POST', headers: headers as Record<string, string>, body });
    return { status: answer.status, body: await answer.json() };
  }
  const proxy = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const fault = pick(operation, body);
    const answer =
      typeof fault === 'object' ? fault : fault === 'unsent' ? undefined : await pass(request.headers, body);
    if (answer === undefined || fault === 'unanswered') {
      request.socket.destroy();
    } else {
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer.body));
    }
  });
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

export function putRequest(bytes: number, other: Partial<PutRequest> = {}): PutRequest {
  return {
    key: { namespace: 'default', collection: 'c', key: 'k' },
    value: { manifest: 't', payload: new Uint8Array(bytes) },
    condition: { if: 'any' },
    fence: FENCE,
    token: randomUUID(),
    ...other,
  };
}
