import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { isStoreError } from '@stategate/journal-spi';
import type { DriverEnv, Fence, ServerInfo } from '@stategate/journal-spi';
import { Calls, checkEpoch, createBell } from '@stategate/journal-spi/kit';
import type { Call, Effect } from '@stategate/journal-spi/kit';
import { createClient, isAmazon } from './client.ts';
import type { Client } from './client.ts';
import { toStoreError } from './errors.ts';
import { LAST_NUMBER, number, numberOf, text, textOf } from './items.ts';
import type { Item, Key } from './items.ts';
import type { Options } from './options.ts';

/** The condition of what only the owner of epoch `:e`, or a later one, may write. */
export const NOT_FENCED = '(attribute_not_exists(e) OR e <= :e)';

export interface Update {
  /** DynamoDB's expressions, with their values. */
  readonly change: string;
  readonly when?: string;
  readonly values: Item;
  readonly returns?: 'ALL_OLD' | 'ALL_NEW';
}

export interface Written {
  readonly written: boolean;
  /** What was written, as far as it was asked for; or what was found where the condition was not met. */
  readonly item: Item;
}

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
  /** Rings for appends of this process, and when the table is closed. */
  readonly bell = createBell();
  readonly #client: Client;
  /** Amazon's has no version but that of its interface. */
  #server = { product: 'Amazon DynamoDB', version: '2012-08-10' };

  constructor(sdk: typeof Sdk, options: Options, { readOnly = false, now = Date.now }: DriverEnv) {
    const { table, endpoint, region = 'the region of the environment', timeoutMs } = options;
    const location = `table ${table} at ${endpoint ?? `DynamoDB in ${region}`}`;
    this.sdk = sdk;
    this.name = table;
    this.now = now;
    this.amazon = isAmazon(endpoint);
    this.calls = new Calls({
      location,
      readOnly,
      timeoutMs,
      toStoreError: (error, effect) =>
        error instanceof sdk.ConditionalCheckFailedException ? error : toStoreError(error, effect, location),
    });
    this.#client = createClient(sdk, options, (server) => (this.#server = server));
  }

  get server(): ServerInfo {
    return { ...this.#server, location: this.calls.location };
  }

  async get(key: Key, call: Call, only?: string): Promise<Item | undefined> {
    const request = { TableName: this.name, Key: toItem(key), ConsistentRead: true, ProjectionExpression: only };
    return (await this.send((dynamodb, how) => dynamodb.getItem(request, how), call)).Item;
  }

  /** Writes an item whether it is there or not. */
  async put(key: Key, item: Item, call: Call): Promise<void> {
    const request = { TableName: this.name, Item: { ...toItem(key), ...item } };
    await this.send((dynamodb, how) => dynamodb.putItem(request, how), call);
  }

  /** Writes an item that is not there. */
  insert(key: Key, item: Item, call: Call, effect?: Effect): Promise<Written> {
    const request = {
      TableName: this.name,
      Item: { ...toItem(key), ...item },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    return this.#written(this.send((dynamodb, how) => dynamodb.putItem(request, how), call, effect));
  }

  update(key: Key, { change, when, values, returns }: Update, call: Call, effect?: Effect): Promise<Written> {
    const request = {
      TableName: this.name,
      Key: toItem(key),
      UpdateExpression: change,
      ConditionExpression: when,
      ExpressionAttributeValues: values,
      ReturnValues: returns,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    return this.#written(this.send((dynamodb, how) => dynamodb.updateItem(request, how), call, effect));
  }

  /** Raises the epoch that guards an item, and gives the item. Throws `Fenced` when it is higher. */
  async seal(key: Key, fence: Fence, call: Call): Promise<Item> {
    const found = (await this.get(key, call)) ?? {};
    if (numberOf(found, 'e') === fence.epoch) return found;
    const values = { ':e': number(fence.epoch) };
    const seal = { change: 'SET e = :e', when: NOT_FENCED, values, returns: 'ALL_NEW' } as const;
    const { item } = await this.update(key, seal, call);
    checkEpoch(fence, numberOf(item, 'e'));
    return item;
  }

  async remove(key: Key, call: Call): Promise<void> {
    const request = { TableName: this.name, Key: toItem(key) };
    await this.send((dynamodb, how) => dynamodb.deleteItem(request, how), call);
  }

  async query(pk: string, query: Query, call: Call): Promise<Page> {
    const { from, after, prefix = '', backward = false, limit, only, filter, values } = query;
    const range: Item = { ':pk': text(pk) };
    let where = 'pk = :pk';
    if (from !== undefined) {
      where += ' AND sk BETWEEN :low AND :high';
      Object.assign(range, { ':low': text(backward ? '0' : from), ':high': text(backward ? from : LAST_NUMBER) });
    } else if (prefix !== '') {
      where += ' AND begins_with(sk, :prefix)';
      range[':prefix'] = text(prefix);
    }
    const request = {
      TableName: this.name,
      KeyConditionExpression: where,
      ExpressionAttributeValues: { ...range, ...values },
      FilterExpression: filter,
      ProjectionExpression: only,
      ExclusiveStartKey: after === undefined ? undefined : toItem({ pk, sk: after }),
      ScanIndexForward: !backward,
      Limit: limit,
      ConsistentRead: true,
    };
    const { Items = [], LastEvaluatedKey } = await this.send((dynamodb, how) => dynamodb.query(request, how), call);
    return { items: Items, next: LastEvaluatedKey && textOf(LastEvaluatedKey, 'sk') };
  }

  /** As many as `limit` of what `read` makes of the items, without those that it makes nothing of; and where to go on. */
  async list<T>(
    pk: string,
    query: Query,
    call: Call,
    read: (item: Item) => Promise<T | null>,
  ): Promise<{ readonly found: readonly T[]; readonly next: string | undefined }> {
    const found: T[] = [];
    let next = query.after;
    do {
      const page = await this.query(pk, { ...query, after: next, limit: query.limit - found.length }, call);
      const made = await Promise.all(page.items.map(read));
      found.push(...made.filter((each) => each !== null));
      ({ next } = page);
    } while (next !== undefined && found.length < query.limit);
    return { found, next };
  }

  /** Sends one request, for as long as the call lasts. Throws `StoreError`, or that a condition was not met. */
  async send<T>(
    request: (dynamodb: DynamoDB, how: { readonly abortSignal: AbortSignal }) => Promise<T>,
    call: Call,
    effect: Effect = 'seal',
  ): Promise<T> {
    try {
      return await this.calls.send(effect, call, (sending) => {
        const over = new AbortController();
        sending.onOver = (why) => over.abort(why);
        return request(this.#client.dynamodb, { abortSignal: over.signal });
      });
    } catch (error) {
      // Where one connection has died in silence, those that wait for use may have too: nobody shall try them in turn.
      if (isStoreError(error) && NO_ANSWER.test(error.code)) this.#client.dropIdle();
      throw error;
    }
  }

  /** Waits up to `drainMs` for the calls under way. */
  async close(drainMs: number): Promise<void> {
    const drained = this.calls.close(drainMs);
    this.bell.ring();
    await drained;
    this.#client.dynamodb.destroy();
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

const NO_ANSWER = /^(StoreUnavailable|AmbiguousWrite)$/;

function toItem({ pk, sk }: Key): Item {
  return { pk: text(pk), sk: text(sk) };
}
