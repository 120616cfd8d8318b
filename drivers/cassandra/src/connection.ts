import type { Client, ClientOptions } from 'cassandra-driver';
import { StoreError } from '@stategate/journal-spi';
import { within } from '@stategate/journal-spi/kit';
import { toStoreError } from './errors.ts';
import type { Options } from './options.ts';

export interface Connection {
  readonly client: Client;
  readonly dataCenter: string;
  /** How many nodes the data center has. */
  readonly nodes: number;
}

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 2_000;
const MAX_REQUESTS_PER_CONNECTION = 2_048;

/** Connects to the nodes of one data center. Throws `StoreError`. */
export async function connect(options: Options): Promise<Connection> {
  // Loaded when a store is opened, and not before.
  const { default: cassandra } = await import('cassandra-driver');
  const { policies, Client: ClientOf } = cassandra;
  const { contactPoints, port, username, password, tls, connectTimeoutMs, timeoutMs } = options;
  const common: ClientOptions = {
    contactPoints,
    ...(username === undefined ? {} : { credentials: { username, password: password ?? '' } }),
    ...(tls === undefined ? {} : { sslOptions: { rejectUnauthorized: true, ...defined(tls) } }),
    protocolOptions: { port },
    socketOptions: { connectTimeout: connectTimeoutMs, readTimeout: timeoutMs },
    pooling: { maxRequestsPerConnection: MAX_REQUESTS_PER_CONNECTION },
    encoding: { useUndefinedAsUnset: true },
    // Whole answers: what bounds them is in the statements.
    queryOptions: { fetchSize: 0 },
  };
  const reconnection = () =>
    new policies.reconnection.ExponentialReconnectionPolicy(RECONNECT_MIN_MS, RECONNECT_MAX_MS, false);
  const retry = () => new policies.retry.FallthroughRetryPolicy();

  async function connected<T>(client: Client, use: (client: Client) => Promise<T>): Promise<T> {
    const bounded = { deadline: performance.now() + connectTimeoutMs };
    const late = () =>
      new StoreError(
        'StoreUnavailable',
        `no answer from ${contactPoints.join(', ')} within ${connectTimeoutMs} ms (store.config.connectTimeoutMs)`,
      );
    const connecting = client.connect();
    try {
      await within(connecting, bounded, late);
      return await use(client);
    } catch (error) {
      // A client that is still connecting would not listen, and try for ever.
      const shutdown = () => end(client);
      void connecting.then(shutdown, shutdown).catch(() => undefined);
      throw toStoreError(error, 'read');
    }
  }

  async function nearestDataCenter(): Promise<string> {
    const loadBalancing = new policies.loadBalancing.RoundRobinPolicy();
    const probe = new ClientOf({
      ...common,
      policies: { loadBalancing, reconnection: reconnection(), retry: retry() },
    });
    return connected(probe, async (client) => {
      const { rows } = await client.execute('SELECT data_center FROM system.local');
      await client.shutdown();
      return String(rows[0]?.['data_center']);
    });
  }

  const dataCenter = options.localDataCenter ?? (await nearestDataCenter());
  const client = new ClientOf({
    ...common,
    localDataCenter: dataCenter,
    policies: { reconnection: reconnection(), retry: retry() },
  });
  return connected(client, async () => {
    const nodes = client.hosts.values().filter(({ datacenter }) => datacenter === dataCenter).length;
    return { client, dataCenter, nodes };
  });
}

/** `shutdown` leaves out the control connection of a client that never connected, which goes on trying (seen with 4.10). */
async function end(client: Client): Promise<void> {
  await client.shutdown();
  if ('controlConnection' in client) (client.controlConnection as { shutdown(): void }).shutdown();
}

/** The members that are not undefined. */
function defined<T extends object>(value: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}
