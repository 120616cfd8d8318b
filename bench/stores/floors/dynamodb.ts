import type { AttributeValue, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { encodePacked } from '@stategate/journal-spi/kit';
import { APPEND_EVENTS, EVENT, type Floor, indexes, KEYS, MOST_STREAMS, REPLAY_EVENTS, SNAPSHOT } from '../workload.ts';

const TABLE = 'floor';
const MAX_SOCKETS = 128;

/** One PutItem without a condition for each append and each value, those that go at once side by side. */
export async function openDynamodbFloor(endpoint: string): Promise<Floor> {
  const sdk = await import('@aws-sdk/client-dynamodb');
  const client = new sdk.DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      requestTimeout: 15_000,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: MAX_SOCKETS, keepAlive: true },
    },
  });
  const heads = indexes(MOST_STREAMS).map(() => 0);
  const body = encodePacked([EVENT]);
  const packed = encodePacked(indexes(APPEND_EVENTS).map(() => EVENT));
  let gets = 0;

  async function putItem(pk: string, sk: string, last: number, bytes: Uint8Array): Promise<void> {
    const fields = { l: { N: String(last) }, e: { N: '1' }, t: { S: 'a'.repeat(36) }, b: { B: bytes } };
    await client.send(new sdk.PutItemCommand({ TableName: TABLE, Item: { pk: { S: pk }, sk: { S: sk }, ...fields } }));
  }
  async function bodyBytes(pk: string): Promise<number> {
    const Key = { pk: { S: pk }, sk: { S: '-' } };
    const { Item } = await client.send(new sdk.GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }));
    return Item?.['b']?.B?.length ?? 0;
  }

  await client.send(
    new sdk.CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  const firsts = indexes(REPLAY_EVENTS / APPEND_EVENTS).map((index) => index * APPEND_EVENTS + 1);
  await Promise.all(firsts.map((first) => putItem('long', numbered(first), first + APPEND_EVENTS - 1, packed)));
  await putItem('snapshot', '-', 0, SNAPSHOT);
  return {
    async append(streams) {
      await Promise.all(
        indexes(streams).map((index) => {
          const head = (heads[index] = (heads[index] ?? 0) + 1);
          return putItem(`note-${index}`, numbered(head), head, body);
        }),
      );
    },
    async read(from) {
      let count = 0;
      let next: Record<string, AttributeValue> | undefined;
      do {
        const page: QueryCommandOutput = await client.send(
          new sdk.QueryCommand({
            TableName: TABLE,
            KeyConditionExpression: 'pk = :pk AND sk >= :from',
            ExpressionAttributeValues: { ':pk': { S: 'long' }, ':from': { S: numbered(from) } },
            ConsistentRead: true,
            ...(next === undefined ? {} : { ExclusiveStartKey: next }),
          }),
        );
        for (const { sk, l } of page.Items ?? []) count += Number(l?.N) - Number(sk?.S) + 1;
        next = page.LastEvaluatedKey;
      } while (next !== undefined);
      return count;
    },
    snapshotBytes: () => bodyBytes('snapshot'),
    async put() {
      await Promise.all(indexes(KEYS).map((index) => putItem(`value-${index}`, '-', 0, body)));
    },
    async get() {
      if ((await bodyBytes(`value-${gets++ % KEYS}`)) === 0) throw new Error('a value is not there');
    },
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

function numbered(sequenceNr: number): string {
  return String(sequenceNr).padStart(16, '0');
}
