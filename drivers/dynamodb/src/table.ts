import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DriverEnv, ServerInfo } from '@stategate/journal-spi';
import type { Call, Effect } from '@stategate/journal-spi/kit';
import { Calls } from '@stategate/journal-spi/kit';
import { clientConfig, isAmazon, listenToServer } from './client.ts';
import { toStoreError } from './errors.ts';
import { LAST_NUMBER } from './items.ts';
import type { Item, Key } from './items.ts';
import type { Options } from './options.ts';

export interface Update {
  /** DynamoDB's expressions, with their values. */
  readonly change: string;
  readonly when?: string;
  readonly values: Item;
  readonly returns?: 'ALL_OLD' | 'ALL_NEW';
}

/** What a conditional write wrote, as far as it was asked for; or what it found where its condition was not met. */
export type Written =
  | { readonly written: true; readonly item: Item }
  | { readonly written: false; readonly item: Item };

/** A page of a partition, in the order of the sort keys. */
export interface Query {
  /** The number to begin with, in the direction of reading. */
  readonly from?: string;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  readonly prefix?: string;
  readonly backward?: boolean;
  readonly limit: number;
  /** Names of attributes; all when absent. */
  readonly only?: string;
  readonly filter?: string;
  readonly values?: Item;
}

export interface Page {
  readonly items: readonly Item[];
  /** `after` of the page behind it; absent when there is none. With a filter it may be behind the last item. */
  readonly next: string | undefined;
}

/** The table, seen through consistent reads and conditional writes. Every request is sent once. */
export class Table {
  readonly sdk: typeof Sdk;
  readonly name: string;
  readonly calls: Calls;
  readonly now: () => number;
  readonly amazon: boolean;
  readonly #client: DynamoDBClient;
  readonly #location: string;
  /** Amazon's has no version but that of its interface. */
  #server = { product: 'Amazon DynamoDB', version: '2012-08-10' };

  constructor(sdk: typeof Sdk, options: Options, { readOnly = false, now = Date.now }: DriverEnv) {
    const { endpoint, region = 'the region of the environment' } = options;
    this.sdk = sdk;
    this.name = options.table;
    this.now = now;
    this.amazon = isAmazon(endpoint);
    this.#location = `table ${options.table} at ${endpoint ?? `DynamoDB in ${region}`}`;
    const { ConditionalCheckFailedException } = sdk;
    this.calls = new Calls({
      location: this.#location,
      readOnly,
      timeoutMs: options.timeoutMs,
      toStoreError: (error, effect) =>
        error instanceof ConditionalCheckFailedException ? error : toStoreError(error, effect, this.#location),
    });
    this.#client = new sdk.DynamoDBClient(clientConfig(options));
    if (!this.amazon) listenToServer(this.#client, (server) => (this.#server = server));
  }

  get server(): ServerInfo {
    return { ...this.#server, location: this.#location };
  }

  async get(key: Key, call: Call, only?: string): Promise<Item | undefined> {
    const command = new this.sdk.GetItemCommand({
      TableName: this.name,
      Key: toItem(key),
      ConsistentRead: true,
      ProjectionExpression: only,
    });
    return (await this.send((client, how) => client.send(command, how), call)).Item;
  }

  /** Writes an item whether it is there or not. */
  async put(key: Key, item: Item, call: Call): Promise<void> {
    const command = new this.sdk.PutItemCommand({ TableName: this.name, Item: { ...toItem(key), ...item } });
    await this.send((client, how) => client.send(command, how), call);
  }

  /** Writes an item that is not there. */
  insert(key: Key, item: Item, call: Call, effect: Effect = 'seal'): Promise<Written> {
    const command = new this.sdk.PutItemCommand({
      TableName: this.name,
      Item: { ...toItem(key), ...item },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#written(this.send((client, how) => client.send(command, how), call, effect));
  }

  update(key: Key, { change, when, values, returns }: Update, call: Call, effect: Effect = 'seal'): Promise<Written> {
    const command = new this.sdk.UpdateItemCommand({
      TableName: this.name,
      Key: toItem(key),
      UpdateExpression: change,
      ConditionExpression: when,
      ExpressionAttributeValues: values,
      ReturnValues: returns,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#written(this.send((client, how) => client.send(command, how), call, effect));
  }

  async remove(key: Key, call: Call): Promise<void> {
    const command = new this.sdk.DeleteItemCommand({ TableName: this.name, Key: toItem(key) });
    await this.send((client, how) => client.send(command, how), call);
  }

  async query(pk: string, query: Query, call: Call): Promise<Page> {
    const { from, after, prefix = '', backward = false, limit, only, filter, values } = query;
    const range: Item = {};
    let where = 'pk = :pk';
    if (from !== undefined) {
      where += ' AND sk BETWEEN :low AND :high';
      Object.assign(range, { ':low': { S: backward ? '0' : from }, ':high': { S: backward ? from : LAST_NUMBER } });
    } else if (prefix !== '') {
      where += ' AND begins_with(sk, :prefix)';
      range[':prefix'] = { S: prefix };
    }
    const command = new this.sdk.QueryCommand({
      TableName: this.name,
      KeyConditionExpression: where,
      ExpressionAttributeValues: { ':pk': { S: pk }, ...range, ...values },
      FilterExpression: filter,
      ProjectionExpression: only,
      ExclusiveStartKey: after === undefined ? undefined : toItem({ pk, sk: after }),
      ScanIndexForward: !backward,
      Limit: limit,
      ConsistentRead: true,
    });
    const { Items = [], LastEvaluatedKey } = await this.send((client, how) => client.send(command, how), call);
    return { items: Items, next: LastEvaluatedKey?.['sk']?.S };
  }

  /** Sends one request, for as long as the call lasts. Throws `StoreError`, or that a condition was not met. */
  send<T>(
    request: (client: DynamoDBClient, how: { readonly abortSignal: AbortSignal }) => Promise<T>,
    call: Call,
    effect: Effect = 'seal',
  ): Promise<T> {
    return this.calls.send(effect, call, (sending) => {
      const over = new AbortController();
      sending.onOver = (why) => over.abort(why);
      return request(this.#client, { abortSignal: over.signal });
    });
  }

  /** Waits up to `drainMs` for the calls under way. */
  async close(drainMs: number): Promise<void> {
    await this.calls.close(drainMs);
    this.#client.destroy();
  }

  async #written(sent: Promise<{ readonly Attributes?: Item | undefined }>): Promise<Written> {
    try {
      return { written: true, item: (await sent).Attributes ?? {} };
    } catch (error) {
      if (!(error instanceof this.sdk.ConditionalCheckFailedException)) throw error;
      return { written: false, item: error.Item ?? {} };
    }
  }
}

function toItem({ pk, sk }: Key): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}
