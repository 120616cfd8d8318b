import { afterAll, describe } from 'vitest';
import { startServer } from '../support/servers.ts';
import { dynamodbTarget } from './dynamodb-target.ts';
import { testConformance } from './suite.ts';

const server = await startServer('dynamodb');

// Registered first, so that it runs last: when the suite has closed its connections.
afterAll(async () => {
  if ('stop' in server) await server.stop();
});

describe('conformance of the DynamoDB driver', () => {
  testConformance(async () => ('missing' in server ? server : dynamodbTarget(server)), 'dynamodb');
});
