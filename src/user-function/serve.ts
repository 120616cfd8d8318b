import { setTimeout as delay } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { cloudstate, google } from '@stategate/protocol';
import { serveActions } from './action-calls.ts';
import { describe, type Entity, PROTOCOL } from './discovery.ts';
import { serveEntityStream, StreamFailure } from './entity-stream.ts';
import { type Logger, silent } from './logger.ts';
import { checkCount, ConfigurationError } from './names.ts';
import { bidirectional, unary } from './rpc.ts';
import { loadSchema, type SchemaSource } from './schema.ts';

export type ServeOptions = SchemaSource & {
  readonly entities: Entity[];
  /** Default: the environment's HOST, else 127.0.0.1. */
  readonly host?: string;
  /** Default: the environment's PORT, else 8080. 0 takes a free one. */
  readonly port?: number;
  /** What the proxy learns about this program. */
  readonly name?: string;
  readonly version?: string;
  /** Default: silence. */
  readonly logger?: Logger;
};

/** A running user function. */
export interface Running extends AsyncDisposable {
  readonly port: number;
  /** Accepts nothing new, lets commands finish for so long (default 1000 ms), then ends what is left. */
  close(options?: { graceMs?: number }): Promise<void>;
}

// The proxy's own limit is 12 MiB for a message.
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Serves entities to a proxy.
 * @throws ConfigurationError when the definitions do not fit the .proto files, or the port cannot be had
 */
export async function serve(options: ServeOptions): Promise<Running> {
  const { entities, logger = silent, name = 'user-function', version = '0.0.0' } = options;
  const schema = loadSchema(options);
  checkServices(entities);

  const bind = <Kind extends Entity['kind'], Bound>(
    kind: Kind,
    how: (entity: Extract<Entity, { kind: Kind }>) => Bound,
  ) => {
    const ofKind = entities.filter((entity): entity is Extract<Entity, { kind: Kind }> => entity.kind === kind);
    return new Map(ofKind.map((entity) => [entity.service, how(entity)]));
  };
  const eventSourced = bind('event-sourced', (entity) => entity.bind(schema));
  const values = bind('value-entity', (entity) => entity.bind(schema));
  const crdts = bind('crdt', (entity) => entity.bind(schema));
  const actions = bind('action', (entity) => entity.bind(schema, logger));
  const spec = describe(entities, schema.descriptorSet, { name, version });

  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  });
  const { ProxyInfo, EntitySpec, UserFunctionError } = cloudstate;
  unary(server, '/cloudstate.EntityDiscovery/discover', [ProxyInfo, EntitySpec], (call, answer) => {
    const { proxyName, proxyVersion, protocolMajorVersion: major, protocolMinorVersion: minor } = call.request;
    logger.info(`discovered by ${proxyName} ${proxyVersion}`);
    if (major !== PROTOCOL.major || minor !== PROTOCOL.minor) {
      logger.warn(`${proxyName} speaks protocol ${major}.${minor}, this library ${PROTOCOL.major}.${PROTOCOL.minor}`);
    }
    answer(null, spec);
  });
  const { Empty } = google.protobuf;
  unary(server, '/cloudstate.EntityDiscovery/reportError', [UserFunctionError, Empty], (call, answer) => {
    logger.error(`the proxy reports: ${call.request.message}`);
    answer(null, {});
  });
  const { EventSourcedStreamIn, EventSourcedStreamOut } = cloudstate.eventsourced;
  const events = '/cloudstate.eventsourced.EventSourced/handle';
  bidirectional(server, events, [EventSourcedStreamIn, EventSourcedStreamOut], (call) => {
    void serveEntityStream(call, (init) => find(eventSourced, init.serviceName)(init), logger);
  });
  const { ValueEntityStreamIn, ValueEntityStreamOut } = cloudstate.valueentity;
  const state = '/cloudstate.valueentity.ValueEntity/handle';
  bidirectional(server, state, [ValueEntityStreamIn, ValueEntityStreamOut], (call) => {
    void serveEntityStream(call, (init) => find(values, init.serviceName)(init), logger);
  });
  const { CrdtStreamIn, CrdtStreamOut } = cloudstate.crdt;
  bidirectional(server, '/cloudstate.crdt.Crdt/handle', [CrdtStreamIn, CrdtStreamOut], (call) => {
    void serveEntityStream(call, (init) => find(crdts, init.serviceName)(init), logger);
  });
  serveActions(server, actions);

  const host = options.host ?? process.env['HOST'] ?? '127.0.0.1';
  const port = await listen(server, host, options.port ?? portOfEnvironment());
  logger.info(`serving ${entities.map((entity) => entity.service).join(', ')} on ${host}:${port}`);
  const close = async ({ graceMs = 1000 } = {}) => {
    const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    await Promise.race([finished, delay(graceMs, undefined, { ref: false })]);
    server.forceShutdown();
  };
  return { port, close, [Symbol.asyncDispose]: close };
}

function checkServices(entities: Entity[]): void {
  if (entities.length === 0) throw new ConfigurationError('entities is empty; give at least one');
  const services = entities.map((entity) => entity.service);
  const twice = services.find((service, index) => services.indexOf(service) !== index);
  if (twice !== undefined) throw new ConfigurationError(`${twice} is served by two entities`);
  for (const entity of entities) {
    if (entity.kind === 'action') continue;
    if (entity.persistenceId === '') throw new ConfigurationError(`${entity.service} has an empty persistenceId`);
    checkCount(`passivationTimeoutMs of ${entity.service}`, entity.passivationTimeoutMs);
  }
}

function find<Bound>(bound: Map<string, Bound>, service: string | null | undefined): Bound {
  const found = bound.get(service ?? '');
  if (found === undefined) throw new StreamFailure(0, `Protocol error: Service not found: ${service}`);
  return found;
}

function portOfEnvironment(): number {
  const text = process.env['PORT'] ?? '8080';
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ConfigurationError(`PORT is "${text}", not a port`);
  return port;
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) return resolve(bound);
      const inUse = error.message.includes('EADDRINUSE');
      const reason = inUse ? 'it is in use; set PORT or the option port to another' : error.message;
      reject(new ConfigurationError(`Cannot listen on ${address}: ${reason}`, { cause: error }));
    });
  });
}
