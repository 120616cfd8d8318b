import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb';
import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { SchemaManager } from '@stategate/journal-spi';
import { schemaFrom } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { ALONE, number, numberOf, partition } from './items.ts';
import type { Options } from './options.ts';
import type { Table } from './table.ts';

const VERSION = 1;
const MARK = { pk: partition('schema'), sk: ALONE };
/** A new table takes seconds. */
const CREATE_MS = 120_000;
const POLL_MS = 250;

export function createSchemaManager(table: Table, { feed, singleRegionWriter }: Options): SchemaManager {
  const { location } = table.calls;
  const creation = {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  } satisfies CreateTableCommandInput;
  const mark = { v: number(VERSION), feed: { BOOL: feed } };

  return schemaFrom(table.calls, {
    packageName: '@stategate/driver-dynamodb',
    target: VERSION,
    migrateMs: CREATE_MS,
    current,

    async statements(_, call) {
      const item = JSON.stringify({ pk: { S: MARK.pk }, sk: { S: MARK.sk }, ...mark });
      const put = `aws dynamodb put-item --table-name ${table.name} --item '${item}'`;
      if ((await describe(call)) !== undefined) return [put];
      return [`aws dynamodb create-table --cli-input-json '${JSON.stringify(creation)}'`, put];
    },

    async migrate(_, call) {
      if ((await describe(call)) === undefined) {
        // Somebody else may be creating it.
        await unless(table.sdk.ResourceInUseException, () =>
          table.send((dynamodb, how) => dynamodb.createTable(creation, how), call),
        );
      }
      while ((await describe(call))?.TableStatus === 'CREATING') await sleep(POLL_MS);
      await table.insert(MARK, mark, call);
      await current(call);
    },
  });

  /** 0 when there is no table, or no mark in it. Throws `ConfigError` for a table that cannot be used. */
  async function current(call: Call): Promise<number> {
    const description = await describe(call);
    if (description === undefined) return 0;
    checkTable(description);
    const found = await table.get(MARK, call);
    if (found === undefined) return 0;
    const version = numberOf(found, 'v');
    if (version === VERSION && found['feed']?.BOOL !== feed) {
      throw unusable(
        `was made with feed: ${!feed}, which cannot be changed: set store.config.feed so, or name another table`,
      );
    }
    return version;
  }

  /** Undefined when there is no such table. */
  async function describe(call: Call): Promise<TableDescription | undefined> {
    const found = await unless(table.sdk.ResourceNotFoundException, () =>
      table.send((dynamodb, how) => dynamodb.describeTable({ TableName: table.name }, how), call),
    );
    return found?.Table;
  }

  /** Throws for a table in which writes would not be safe, or that is somebody else's. */
  function checkTable({ KeySchema = [], Replicas = [], MultiRegionConsistency }: TableDescription): void {
    if (KeySchema.map(({ AttributeName }) => AttributeName).join() !== 'pk,sk') {
      throw unusable('has other keys than pk and sk, so it is no store: name another one in store.config.table');
    }
    if (Replicas.length > 0 && MultiRegionConsistency !== 'STRONG' && !singleRegionWriter) {
      throw unusable(
        'is a global table, whose regions overwrite each other: use one with strong consistency, or set store.config.singleRegionWriter when only this region writes',
      );
    }
  }

  function unusable(why: string): StoreError {
    return new StoreError('ConfigError', `${location} ${why}`);
  }
}

/** What a request comes to; undefined when it was refused for this reason. */
async function unless<T>(
  reason: abstract new (...facts: never) => Error,
  send: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (isStoreError(error) && error.details.cause instanceof reason) return undefined;
    throw error;
  }
}
