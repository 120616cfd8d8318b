import type { Driver } from '@stategate/journal-spi';
import type { StoreName, TestStore } from '../../test/support/stores.ts';
import { openCassandraFloor } from './floors/cassandra.ts';
import { openDynamodbFloor } from './floors/dynamodb.ts';
import { openInMemoryFloor } from './floors/inmemory.ts';
import { openMongodbFloor } from './floors/mongodb.ts';
import { openPostgresFloor } from './floors/postgres.ts';
import { openRedisFloor } from './floors/redis.ts';
import { openSqliteFloor } from './floors/sqlite.ts';
import type { Floor } from './workload.ts';

const FLOORS: Readonly<Record<StoreName, (url: string, driver: Driver) => Promise<Floor>>> = {
  inmemory: openInMemoryFloor,
  sqlite: (_, driver) => openSqliteFloor(driver),
  postgres: openPostgresFloor,
  redis: openRedisFloor,
  mongodb: openMongodbFloor,
  dynamodb: openDynamodbFloor,
  cassandra: openCassandraFloor,
};

/** On the server of the store, if it has one, beside what the driver keeps there. */
export function openFloor(name: StoreName, { server }: TestStore, driver: Driver): Promise<Floor> {
  return FLOORS[name](server?.url ?? '', driver);
}
