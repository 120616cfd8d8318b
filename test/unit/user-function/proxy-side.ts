// The proxy's side of the protocol: what these tests send and expect.
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { cloudstate, type google } from '@stategate/protocol';
import { type Entity, type Logger, type Running, serve } from '@stategate/user-function';
import type protobuf from 'protobufjs';
import { loadSchema } from '../../../src/user-function/schema.ts';

const directory = new URL('protos', import.meta.url).pathname;
const schema = loadSchema({ protos: ['model.proto'], includeDirs: [directory] });

const DEADLINE_MS = 3000;

interface Codec<Message> {
  encode(message: Message): protobuf.Writer;
  decode(bytes: Uint8Array): Message;
}

/** The Any of a message of the model. */
export function any(name: string, message: object): { typeUrl: string; value: Uint8Array } {
  const type = schema.root.lookupType(`test.model.${name}`);
  return { typeUrl: `type.googleapis.com/test.model.${name}`, value: type.encode(type.fromObject(message)).finish() };
}

/** `{Name: {...}}` for an Any of the model, so that tests read well. */
export function read(payload: google.protobuf.Any.$Properties | null | undefined): Record<string, unknown> | undefined {
  if (payload === null || payload === undefined) return undefined;
  const name = (payload.typeUrl ?? '').replace('type.googleapis.com/', '');
  const type = schema.root.lookupType(name);
  return { [type.name]: type.toObject(type.decode(payload.value ?? new Uint8Array()), { defaults: true }) };
}

export interface LoggedError {
  message: string;
  cause: unknown;
}

export class ProxySide implements AsyncDisposable {
  readonly errors: LoggedError[] = [];
  readonly #running: Running;
  readonly #client: Client;

  private constructor(running: Running, errors: LoggedError[]) {
    this.#running = running;
    this.errors = errors;
    this.#client = new Client(`127.0.0.1:${running.port}`, credentials.createInsecure());
  }

  static async start(...entities: Entity[]): Promise<ProxySide> {
    const errors: LoggedError[] = [];
    const logger: Logger = {
      info: () => {},
      warn: () => {},
      error: (message, cause) => void errors.push({ message, cause }),
    };
    const running = await serve({ protos: ['model.proto'], includeDirs: [directory], entities, port: 0, logger });
    return new ProxySide(running, errors);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.#running.close({ graceMs: 50 });
  }

  unary<In, Out>(path: string, [input, output]: [Codec<In>, Codec<Out>], request: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        (message: In) => Buffer.from(input.encode(message).finish()),
        (bytes) => output.decode(bytes),
        request,
        { deadline: Date.now() + DEADLINE_MS },
        (error, answer) =>
          error === null && answer !== undefined ? resolve(answer) : reject(error ?? new Error('no answer')),
      );
    });
  }

  discover(): Promise<cloudstate.EntitySpec.$Properties> {
    const { ProxyInfo, EntitySpec } = cloudstate;
    const info = { protocolMajorVersion: 0, protocolMinorVersion: 2, proxyName: 'test' };
    return this.unary('/cloudstate.EntityDiscovery/discover', [ProxyInfo, EntitySpec], info);
  }

  eventSourced(init: cloudstate.eventsourced.EventSourcedInit.$Properties = {}) {
    const { EventSourcedStreamIn, EventSourcedStreamOut } = cloudstate.eventsourced;
    const path = '/cloudstate.eventsourced.EventSourced/handle';
    const stream = this.#open(path, EventSourcedStreamIn, EventSourcedStreamOut);
    stream.send({ init: { serviceName: 'test.model.EventModel', entityId: 'one', ...init } });
    return stream;
  }

  valueEntity(value?: { typeUrl: string; value: Uint8Array }) {
    const { ValueEntityStreamIn, ValueEntityStreamOut } = cloudstate.valueentity;
    const path = '/cloudstate.valueentity.ValueEntity/handle';
    const stream = this.#open(path, ValueEntityStreamIn, ValueEntityStreamOut);
    const state = value === undefined ? {} : { value };
    stream.send({ init: { serviceName: 'test.model.ValueModel', entityId: 'one', state } });
    return stream;
  }

  action(rpc: string, name: string, payload?: { typeUrl: string; value: Uint8Array }) {
    const { ActionCommand, ActionResponse } = cloudstate.action;
    const stream = this.#open(`/cloudstate.action.ActionProtocol/${rpc}`, ActionCommand, ActionResponse);
    stream.send({ serviceName: 'test.model.Streamed', name, payload: payload ?? null, metadata: {} });
    return stream;
  }

  #open<In, Out>(path: string, input: Codec<In>, output: Codec<Out>): EntityStream<In, Out> {
    const call = this.#client.makeBidiStreamRequest(
      path,
      (message: In) => Buffer.from(input.encode(message).finish()),
      (bytes) => output.decode(bytes),
    );
    return new EntityStream(call);
  }
}

export class EntityStream<In, Out> {
  readonly #call: ClientDuplexStream<In, Out>;
  readonly #messages: AsyncIterator<Out>;
  #commands = 0;

  constructor(call: ClientDuplexStream<In, Out>) {
    this.#call = call;
    this.#messages = call[Symbol.asyncIterator]() as AsyncIterator<Out>;
  }

  send(message: In): void {
    this.#call.write(message);
  }

  /** The next message from the user function, undefined at the end of the stream. */
  async next(): Promise<Out | undefined> {
    const timer = setTimeout(() => this.#call.destroy(new Error(`nothing came for ${DEADLINE_MS} ms`)), DEADLINE_MS);
    try {
      const result = await this.#messages.next();
      return result.done === true ? undefined : result.value;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a command of the model with the next id. */
  async command(...steps: object[]): Promise<Out | undefined> {
    this.#commands += 1;
    const payload = any('Request', { id: 'one', steps });
    this.send({ command: { entityId: 'one', id: this.#commands, name: 'Process', payload } } as In);
    return this.next();
  }

  cancel(): void {
    this.#call.on('error', () => {}); // says that it is cancelled
    this.#call.cancel();
  }

  halfClose(): void {
    this.#call.end();
  }

  /** Half-closes; the user function must complete without another message. */
  async passivate(): Promise<void> {
    this.halfClose();
    const message = await this.next();
    if (message !== undefined) throw new Error(`expected the end of the stream, got ${JSON.stringify(message)}`);
  }
}
