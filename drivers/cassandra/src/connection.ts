import type { Client, EmptyCallback, HostMap } from 'cassandra-driver';
import { StoreError } from '@stategate/journal-spi';
import { within } from '@stategate/journal-spi/kit';
import { toStoreError } from './errors.ts';
import type { Options } from './options.ts';

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 1_000;
const MAX_REQUESTS_PER_CONNECTION = 2_048;

/** Connects to the nodes of one data center; `nodes` says how many it has. Throws `StoreError`. */
export async function connect(options: Options) {
  // Loaded when a store is opened, and not before.
  const { default: cassandra } = await import('cassandra-driver');
  const { policies, Client: ClientOf } = cassandra;
  const { contactPoints, port, localDataCenter, username, password = '', tls, connectTimeoutMs, timeoutMs } = options;
  let dataCenter = localDataCenter ?? '';

  /** Takes the only data center that there is, when none is named. */
  class LoadBalancing extends policies.loadBalancing.DefaultLoadBalancingPolicy {
    override init(client: Client, hosts: HostMap, callback: EmptyCallback): void {
      const names = new Set(hosts.values().map(({ datacenter }) => datacenter));
      if (dataCenter === '' && names.size > 1) return callback(ambiguous(names));
      dataCenter ||= [...names].join();
      Object.assign(this, { localDc: dataCenter });
      return super.init(client, hosts, callback);
    }
  }

  const client = new ClientOf({
    contactPoints,
    ...(localDataCenter !== undefined && { localDataCenter }),
    ...(username !== undefined && { credentials: { username, password } }),
    ...(tls !== undefined && { sslOptions: { rejectUnauthorized: true, ...tls } }),
    protocolOptions: { port },
    socketOptions: { connectTimeout: connectTimeoutMs, readTimeout: timeoutMs },
    pooling: { maxRequestsPerConnection: MAX_REQUESTS_PER_CONNECTION },
    encoding: { useUndefinedAsUnset: true },
    // Whole answers: what bounds them is in the statements.
    queryOptions: { fetchSize: 0 },
    policies: {
      loadBalancing: new LoadBalancing(),
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(RECONNECT_MIN_MS, RECONNECT_MAX_MS, false),
      retry: new policies.retry.FallthroughRetryPolicy(),
    },
  });
  const connecting = client.connect();
  try {
    await within(connecting, { deadline: performance.now() + connectTimeoutMs }, () => {
      const message = `no answer from ${contactPoints.join(', ')} within ${connectTimeoutMs} ms (store.config.connectTimeoutMs)`;
      return new StoreError('StoreUnavailable', message);
    });
  } catch (error) {
    // A client that is still connecting would not listen, and try for ever.
    const shutdown = () => end(client);
    void connecting.then(shutdown, shutdown).catch(() => undefined);
    throw toStoreError(error, 'read');
  }
  const nodes = client.hosts.values().filter(({ datacenter }) => datacenter === dataCenter);
  return { client, dataCenter, nodes: nodes.length };
}

/** Each would decide by itself about conditional writes, and two that use different ones would both own a stream. */
function ambiguous(names: Iterable<string>): StoreError {
  return new StoreError(
    'ConfigError',
    `the cluster has the data centers ${[...names].join(', ')}: set store.config.localDataCenter to the same one for all who use this store`,
  );
}

/** `shutdown` leaves out the control connection of a client that never connected, which goes on trying (seen with 4.10). */
async function end(client: Client): Promise<void> {
  await client.shutdown();
  if ('controlConnection' in client) (client.controlConnection as { shutdown(): void }).shutdown();
}
