import { randomUUID } from 'node:crypto';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import dynamodb from '@stategate/driver-dynamodb/driver';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import type { TestServer } from '../support/servers.ts';
import { serverHooks, settingOf } from './server-hooks.ts';

export const KEYS = { accessKeyId: 'test', secretAccessKey: 'secret' };

/** A client that looks into the server beside the driver. */
export function createClient({ url }: TestServer): DynamoDBClient {
  return new DynamoDBClient({ endpoint: url, region: 'local', credentials: { ...KEYS }, maxAttempts: 1 });
}

/** A table of its own on the server, made when it is first opened. The server we start syncs its file before it answers. */
export function dynamodbTarget(server: TestServer, more: Readonly<Record<string, unknown>> = {}): ConformanceTarget {
  const table = `test-${randomUUID()}`;
  return {
    definition: dynamodb,
    config: { endpoint: server.url, region: 'local', ...KEYS, table, durability: 'disk', ...more },
    hooks: {
      emptyStore: async () => dynamodbTarget(server, more),
      unmigratedStore: async () => dynamodbTarget(server, { ...more, createTable: false }),
      expiredOffset: () => '999999.0.0',
      async raiseSchema({ config }) {
        const client = createClient(server);
        await client.send(
          new UpdateItemCommand({
            TableName: settingOf(config, 'table'),
            Key: { pk: { S: 'schema[]' }, sk: { S: '-' } },
            UpdateExpression: 'ADD v :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          }),
        );
        client.destroy();
      },
      ...serverHooks(server),
    },
  };
}
