import { StoreError } from '@stategate/journal-spi';
import type { Capabilities, DriverEnv } from '@stategate/journal-spi';
import type { Document, MongoClient, MongoClientOptions } from 'mongodb';
import { toStoreError } from './errors.ts';
import type { Options } from './options.ts';
import { Store } from './store.ts';

/** What the servers take of a name for the connections. */
const MAX_NAME_BYTES = 128;
/** How often every server is asked what it is: the longest that a new primary goes unseen. */
const HEARTBEAT_MS = 2000;

/** Connects, and finds out what the server is and what its acknowledgements are worth. */
export async function connect(options: Options, env: DriverEnv): Promise<Store> {
  const mongo = await import('mongodb');
  let location = 'the server of store.config.url';
  let client: MongoClient | undefined;
  try {
    client = new mongo.MongoClient(options.url, clientOptions(options, env));
    const name = options.database ?? databaseOf(options.url);
    location = `${client.options.srvHost ?? client.options.hosts.join(',')}/${name}`;
    const database = client.db(name);
    const admin = database.admin();
    const hello = await admin.command({ hello: 1 });
    const build = await admin.command({ buildInfo: 1 });
    if (hello['isWritablePrimary'] !== true) {
      throw new StoreError(
        'StoreUnavailable',
        `${location} is not a primary; name the whole replica set in store.config.url, without directConnection`,
      );
    }
    // Not everybody may ask, and not every server answers.
    const status = await admin.command({ serverStatus: 1 }).catch(() => ({}));
    const replicated = hello['setName'] !== undefined || hello['msg'] === 'isdbgrid';
    const server = { ...productOf(build), location };
    const durability = durabilityOf(hello, status, replicated);
    return new Store({ mongo, client, database, server, durability, replicated }, options, env);
  } catch (error) {
    await client?.close();
    throw toStoreError(mongo, error, 'read', location);
  }
}

/** What repeats by itself is switched off: who calls decides what is done again. */
function clientOptions(options: Options, env: DriverEnv): MongoClientOptions {
  const { username, password, tls, connectTimeoutMs, timeoutMs, maxConnections } = options;
  return {
    appName: Buffer.from(`stategate-${env.instanceId}`).subarray(0, MAX_NAME_BYTES).toString(),
    ...(username === undefined ? {} : { auth: { username, ...(password === undefined ? {} : { password }) } }),
    ...(tls === undefined ? {} : { tls: true, ...tls }),
    maxPoolSize: maxConnections,
    connectTimeoutMS: connectTimeoutMs,
    serverSelectionTimeoutMS: connectTimeoutMs,
    waitQueueTimeoutMS: connectTimeoutMs,
    // An answer that never comes would keep its connection for ever.
    socketTimeoutMS: timeoutMs,
    heartbeatFrequencyMS: HEARTBEAT_MS,
    retryReads: false,
    retryWrites: false,
    maxAdaptiveRetries: 0,
    readPreference: 'primary',
    promoteBuffers: true,
  };
}

function databaseOf(url: string): string {
  const [, name = ''] = /^[^/]+\/\/[^/]+\/([^?]*)/.exec(url) ?? [];
  return name === '' ? 'stategate' : decodeURIComponent(name);
}

/** Servers that speak the protocol name themselves, each in its own way. */
function productOf({ secantusVersion, ferretdb, version }: Document): { product: string; version: string } {
  if (secantusVersion !== undefined) return { product: 'SecantusDB', version: String(secantusVersion) };
  if (ferretdb !== undefined) return { product: 'FerretDB', version: String(ferretdb.version ?? version) };
  return { product: 'MongoDB', version: String(version) };
}

/** Every write waits for the journals of a majority: of one member, for its disk. */
function durabilityOf(hello: Document, status: Document, replicated: boolean): Capabilities['durability'] {
  const members = [hello['hosts'], hello['passives']].flat().filter((host) => typeof host === 'string').length;
  const several = replicated && members !== 1;
  if (status['storageEngine']?.persistent === false) return several ? 'quorum-memory' : 'none';
  return several ? 'quorum-disk' : 'disk';
}
