import type { CreateTableCommandInput, TableDescription } from '@aws-sdk/client-dynamodb';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { OpOptions, SchemaManager } from '@stategate/journal-spi';
import { checkSchemaVersion } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { ALONE, number, numberOf, partition } from './items.ts';
import type { Options } from './options.ts';
import type { Table } from './table.ts';

const VERSION = 1;
const MARK = { pk: partition('schema'), sk: ALONE };
/** A new table takes seconds. */
const CREATE_MS = 120_000;
const POLL_MS = 250;

export function createSchemaManager(table: Table, options: Options): SchemaManager {
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
  const mark = { v: number(VERSION), feed: { BOOL: options.feed } };

  /** 0 when there is no table, or no mark in it. Throws for a table that cannot be used. */
  async function current(call: Call): Promise<number> {
    const description = await describe(table, call);
    if (description === undefined) return 0;
    checkTable(table, description, options);
    const found = await table.get(MARK, call);
    if (found === undefined) return 0;
    const version = numberOf(found, 'v');
    checkSchemaVersion(version, VERSION, 'dynamodb', table.server.location);
    if (found['feed']?.BOOL !== options.feed) {
      throw new StoreError(
        'ConfigError',
        `${table.server.location} was made with feed: ${!options.feed}, which cannot be changed: set store.config.feed so, or name another table`,
      );
    }
    return version;
  }

  async function create(call: Call): Promise<void> {
    if ((await describe(table, call)) === undefined) {
      const command = new table.sdk.CreateTableCommand(creation);
      await table
        .send((client, how) => client.send(command, how), call)
        .catch((error: unknown) => {
          // Somebody else is creating it.
          if (!isStoreError(error) || !(error.details.cause instanceof table.sdk.ResourceInUseException)) throw error;
        });
    }
    while ((await describe(table, call))?.TableStatus === 'CREATING') {
      await sleep(POLL_MS);
    }
  }

  return {
    status: (op) => table.calls.run('read', op, async (call) => ({ current: await current(call), target: VERSION })),

    statements: (op) =>
      table.calls.run('read', op, async (call) => {
        if ((await current(call)) === VERSION) return [];
        const item = JSON.stringify({ pk: { S: MARK.pk }, sk: { S: MARK.sk }, ...mark });
        const statements = [`aws dynamodb put-item --table-name ${table.name} --item '${item}'`];
        if ((await describe(table, call)) === undefined) {
          statements.unshift(`aws dynamodb create-table --cli-input-json '${JSON.stringify(creation)}'`);
        }
        return statements;
      }),

    migrate: (op) =>
      table.calls.run('write', withTime(op), async (call) => {
        if ((await current(call)) === VERSION) return;
        await create(call);
        await table.insert(MARK, mark, call);
        await current(call);
      }),
  };
}

function withTime(options: OpOptions): OpOptions {
  return { deadline: performance.now() + CREATE_MS, ...options };
}

async function describe(table: Table, call: Call): Promise<TableDescription | undefined> {
  try {
    const command = new table.sdk.DescribeTableCommand({ TableName: table.name });
    return (await table.send((client, how) => client.send(command, how), call)).Table;
  } catch (error) {
    if (isStoreError(error) && error.details.cause instanceof table.sdk.ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Throws `ConfigError` for a table in which writes would not be safe, or that is somebody else's. */
function checkTable(
  table: Table,
  { KeySchema = [], Replicas = [], ...rest }: TableDescription,
  options: Options,
): void {
  if (KeySchema.map(({ AttributeName }) => AttributeName).join() !== 'pk,sk') {
    throw new StoreError(
      'ConfigError',
      `${table.server.location} has other keys than pk and sk, so it is no store: name another one in store.config.table`,
    );
  }
  if (Replicas.length > 0 && rest.MultiRegionConsistency !== 'STRONG' && !options.singleRegionWriter) {
    throw new StoreError(
      'ConfigError',
      `${table.server.location} is a global table, whose regions overwrite each other: use one with strong consistency, or set store.config.singleRegionWriter when only this region writes`,
    );
  }
}
