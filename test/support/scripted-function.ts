import { execFileSync } from 'node:child_process';
import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { cloudstate } from '@stategate/protocol';
import protobufjs from 'protobufjs';
import { freePort } from './ports.ts';
import { ROOT } from './process.ts';

const { EventSourcedStreamIn, EventSourcedStreamOut } = cloudstate.eventsourced;
const { ValueEntityStreamIn, ValueEntityStreamOut } = cloudstate.valueentity;
const { CrdtStreamIn, CrdtStreamOut } = cloudstate.crdt;

type RawStream = ServerDuplexStream<Buffer, Buffer>;

export interface Script {
  /** What `discover` answers; the three probe services when absent. Bytes are sent as they are. */
  readonly spec?: cloudstate.EntitySpec.$Properties | Buffer;
  /** How each `reportError` ends, if not well. */
  readonly reportError?: Pick<ServiceError, 'code' | 'details'>;
  /** Takes each entity stream as it is opened. */
  readonly eventSourced?: (stream: EventSourcedStream) => void;
  readonly value?: (stream: ValueStream) => void;
  readonly crdt?: (stream: CrdtStream) => void;
  /** An error ends the call with its status. */
  readonly action?: (
    command: cloudstate.action.ActionCommand,
    call: ServerUnaryCall<Buffer, Buffer>,
  ) => ActionAnswer | Promise<ActionAnswer>;
  /** Takes each call of an action with streams. */
  readonly actionStream?: (stream: ActionStream, rpc: StreamedRpc) => void;
}

export type StreamedRpc = (typeof STREAMED_RPCS)[number];
const STREAMED_RPCS = ['handleStreamedIn', 'handleStreamedOut', 'handleStreamed'] as const;

export type ActionAnswer =
  | cloudstate.action.ActionResponse.$Properties
  | Buffer
  | Pick<ServiceError, 'code' | 'details'>
  | 'never';

/** One entity stream, decoded on its way in; what goes out is a message, or bytes that are none. */
export interface EntityStream<In, Out> {
  readonly raw: RawStream;
  readonly onMessage: (listener: (message: In, bytes: Buffer) => void) => void;
  readonly send: (message: Out | Buffer) => void;
}

export type EventSourcedStream = EntityStream<
  cloudstate.eventsourced.EventSourcedStreamIn,
  cloudstate.eventsourced.EventSourcedStreamOut.$Properties
>;
export type ActionStream = EntityStream<cloudstate.action.ActionCommand, cloudstate.action.ActionResponse.$Properties>;
export type ValueStream = EntityStream<
  cloudstate.valueentity.ValueEntityStreamIn,
  cloudstate.valueentity.ValueEntityStreamOut.$Properties
>;

export type CrdtStream = EntityStream<cloudstate.crdt.CrdtStreamIn, cloudstate.crdt.CrdtStreamOut.$Properties>;

/** A user function that does what a test tells it, right or wrong, over real gRPC. */
export class ScriptedFunction implements AsyncDisposable {
  readonly port: number;
  readonly reported: string[] = [];
  /** What each `discover` brought. */
  readonly proxyInfos: cloudstate.ProxyInfo[] = [];
  #server: Server;

  private constructor(port: number, script: Script) {
    this.port = port;
    this.#server = this.#createServer(script);
  }

  static async start(script: Script, port?: number): Promise<ScriptedFunction> {
    const scripted = new ScriptedFunction(port ?? (await freePort()), script);
    await scripted.#bind();
    return scripted;
  }

  get discovers(): number {
    return this.proxyInfos.length;
  }

  /** Cuts every connection at once, as a crash does. */
  kill(): void {
    this.#server.forceShutdown();
  }

  #bind(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${this.port}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }

  #createServer(script: Script): Server {
    const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
    type Answer = Buffer | Pick<ServiceError, 'code' | 'details'> | 'never';
    const unary = (
      path: string,
      answer: (request: Buffer, call: ServerUnaryCall<Buffer, Buffer>) => Answer | Promise<Answer>,
    ) =>
      [
        path.slice(path.lastIndexOf('/') + 1),
        {
          path,
          requestStream: false,
          responseStream: false,
          requestSerialize: passThrough,
          requestDeserialize: passThrough,
          responseSerialize: passThrough,
          responseDeserialize: passThrough,
          answer,
        },
      ] as const;
    const unaries = Object.fromEntries([
      unary('/cloudstate.EntityDiscovery/discover', (request) => {
        this.proxyInfos.push(cloudstate.ProxyInfo.decode(request));
        return Buffer.isBuffer(script.spec)
          ? script.spec
          : Buffer.from(cloudstate.EntitySpec.encode(script.spec ?? probeSpec()).finish());
      }),
      unary('/cloudstate.EntityDiscovery/reportError', (request) => {
        this.reported.push(cloudstate.UserFunctionError.decode(request).message);
        return script.reportError ?? Buffer.alloc(0);
      }),
      unary('/cloudstate.action.ActionProtocol/handleUnary', async (request, call) => {
        const answer = (await script.action?.(cloudstate.action.ActionCommand.decode(request), call)) ?? {};
        if (answer === 'never' || Buffer.isBuffer(answer) || 'code' in answer) return answer;
        return Buffer.from(cloudstate.action.ActionResponse.encode(answer).finish());
      }),
    ]);
    server.addService(
      unaries,
      Object.fromEntries(
        Object.entries(unaries).map(([name, { answer }]) => [
          name,
          async (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
            const given = await answer(call.request, call);
            if (Buffer.isBuffer(given)) done(null, given);
            else if (given !== 'never') done(given);
          },
        ]),
      ),
    );
    const streams = {
      eventSourced: duplex('/cloudstate.eventsourced.EventSourced/handle'),
      value: duplex('/cloudstate.valueentity.ValueEntity/handle'),
      crdt: duplex('/cloudstate.crdt.Crdt/handle'),
    };
    server.addService(streams, {
      eventSourced: (stream: RawStream) =>
        script.eventSourced?.(entityStream(stream, EventSourcedStreamIn, EventSourcedStreamOut)),
      value: (stream: RawStream) => script.value?.(entityStream(stream, ValueEntityStreamIn, ValueEntityStreamOut)),
      crdt: (stream: RawStream) => script.crdt?.(entityStream(stream, CrdtStreamIn, CrdtStreamOut)),
    });
    const { ActionCommand, ActionResponse } = cloudstate.action;
    for (const rpc of STREAMED_RPCS) {
      const take = (stream: RawStream): void =>
        script.actionStream?.(entityStream(stream, ActionCommand, ActionResponse), rpc);
      server.register(`/cloudstate.action.ActionProtocol/${rpc}`, take, passThrough, passThrough, 'bidi');
    }
    return server;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}

/** The probe services of `probe.proto`, correctly declared. */
export function probeSpec(): cloudstate.EntitySpec.$Properties {
  return {
    proto: probeDescriptors(),
    serviceInfo: { serviceName: 'probe', protocolMajorVersion: 0, protocolMinorVersion: 2 },
    entities: [
      {
        entityType: 'cloudstate.eventsourced.EventSourced',
        serviceName: 'stategate.test.Probe',
        persistenceId: 'probe',
      },
      {
        entityType: 'cloudstate.valueentity.ValueEntity',
        serviceName: 'stategate.test.ProbeValue',
        persistenceId: 'probe-value',
      },
      { entityType: 'cloudstate.action.ActionProtocol', serviceName: 'stategate.test.ProbeAction' },
    ],
  };
}

/** What `buf build` makes of `probe.proto`. */
export function probeDescriptors(): Buffer {
  const args = ['build', '.', '--path', 'test/support/probe.proto', '--as-file-descriptor-set', '-o', '-#format=binpb'];
  return execFileSync(`${ROOT}/node_modules/.bin/buf`, args, { cwd: ROOT, maxBuffer: 1 << 24 });
}

function entityStream<In, Out>(
  raw: RawStream,
  incoming: { decode(bytes: Buffer): In },
  outgoing: { encode(message: Out): { finish(): Uint8Array } },
): EntityStream<In, Out> {
  raw.on('error', () => undefined);
  return {
    raw,
    onMessage: (listener) => void raw.on('data', (bytes: Buffer) => listener(incoming.decode(bytes), bytes)),
    send: (message) =>
      void raw.write(Buffer.isBuffer(message) ? message : Buffer.from(outgoing.encode(message).finish())),
  };
}

function duplex(path: string) {
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: passThrough,
    requestDeserialize: passThrough,
    responseSerialize: passThrough,
    responseDeserialize: passThrough,
  };
}

function passThrough(bytes: Buffer): Buffer {
  return bytes;
}

/** A well-behaved entity: answers with the command's text, keeps it as an event, and closes when it is told to. */
export function echo(stream: EventSourcedStream): void {
  stream.onMessage(({ command }) => {
    if (command == null) return;
    const text = answerOf(command);
    stream.send({
      reply: {
        commandId: command.id ?? 0,
        clientAction: { reply: { payload: text } },
        events: [{ typeUrl: 'type.googleapis.com/stategate.test.Kept', value: text.value }],
      },
    });
  });
  stream.raw.on('end', () => stream.raw.end());
}

/** `Answer{text}` from `Ask{text}`. */
export function answerOf(command: cloudstate.Command.$Properties): { typeUrl: string; value: Uint8Array } {
  const reader = protobufjs.Reader.create(command.payload?.value ?? new Uint8Array(0));
  let text = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x12) text = reader.string();
    else reader.skipType(tag & 7);
  }
  return {
    typeUrl: 'type.googleapis.com/stategate.test.Answer',
    value: protobufjs.Writer.create().uint32(10).string(text).finish(),
  };
}

/** An entity that keeps one event for each command and answers with how many there are. */
export function counting(stream: EventSourcedStream): void {
  let events = 0;
  stream.onMessage(({ event, command }) => {
    if (event != null) events += 1;
    if (command == null) return;
    events += 1;
    const text = Buffer.from(String(events));
    const payload = {
      typeUrl: 'type.googleapis.com/stategate.test.Answer',
      value: Buffer.concat([Buffer.from([0x0a, text.length]), text]),
    };
    const kept = { typeUrl: 'type.googleapis.com/stategate.test.Kept', value: text };
    stream.send({ reply: { commandId: command.id ?? 0, clientAction: { reply: { payload } }, events: [kept] } });
  });
  stream.raw.on('end', () => stream.raw.end());
}
