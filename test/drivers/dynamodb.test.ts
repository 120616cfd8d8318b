import { afterAll, describe, test } from 'vitest';
import { present, startServer } from '../support/servers.ts';
import { dynamodbTarget } from './dynamodb-target.ts';
import { testConformance } from './suite.ts';

const server = await startServer('dynamodb');

describe('conformance of the DynamoDB driver', () => {
  // Registered first, so that it runs last: when the suite has closed its connections.
  afterAll(async () => {
    if (!('missing' in server)) await server.stop();
  });

  if ('missing' in server) test('has a server', (context) => void present(context, server));
  else testConformance(async () => dynamodbTarget(server));
});
