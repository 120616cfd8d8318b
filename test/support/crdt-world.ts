import type { cloudstate } from '@stategate/protocol';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { GrpcClient } from './grpc-client.ts';
import type { GrpcStream } from './grpc-stream.ts';
import { InProcessProxy } from './in-process-proxy.ts';
import { loadProto, probeRoot } from './probe.ts';
import { answer, ask, seen } from './probe-messages.ts';
import { type CrdtStream, probeSpec, ScriptedFunction } from './scripted-function.ts';

type StreamOut = cloudstate.crdt.CrdtStreamOut.$Properties;

/** A message as a plain object that holds what was on the wire and nothing else; or how the stream ended. */
export type CrdtReceived = object | 'half-close' | 'cancelled';

const SPEC = probeSpec();
const StreamIn = loadProto('proto', 'cloudstate/crdt.proto').lookupType('cloudstate.crdt.CrdtStreamIn');

/** The user function's end of one life of a CRDT entity: it does what the test tells it, when the test tells it. */
export class CrdtLine {
  readonly received: CrdtReceived[] = [];
  readonly #stream: CrdtStream;

  constructor(stream: CrdtStream, closesAfterMs: number) {
    this.#stream = stream;
    const { raw } = stream;
    raw.on('data', (bytes: Buffer) =>
      this.received.push(StreamIn.toObject(StreamIn.decode(bytes), { longs: Number, bytes: String })),
    );
    raw.on('end', () => {
      this.received.push('half-close');
      if (closesAfterMs !== Infinity) setTimeout(() => raw.end(), closesAfterMs);
    });
    // It is also emitted when the user function itself has ended the stream.
    raw.on('cancelled', () => raw.writableEnded || this.received.push('cancelled'));
  }

  get entityId(): string | undefined {
    return (this.received[0] as { init?: { entityId: string } } | undefined)?.init?.entityId;
  }

  /** Resolves with what is received as the n-th, counted from 0, which is `init`. */
  at(index: number): Promise<CrdtReceived> {
    return eventually(() => this.received[index], 5_000, `message ${index} after ${JSON.stringify(this.received)}`);
  }

  /** Resolves when nothing has been received for a while. */
  async settled(): Promise<readonly CrdtReceived[]> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return this.received;
  }

  /** Message by message, without the init, in short: `command 1`, `cancel 1`, `delta …`. */
  get story(): readonly string[] {
    return this.received.slice(1).map((item) => {
      if (typeof item === 'string') return item;
      const { command, streamCancelled, delta, ...other } = item as cloudstate.crdt.CrdtStreamIn.$Properties;
      if (command != null) return `command ${command.id}`;
      if (streamCancelled != null) return `cancel ${streamCancelled.id}`;
      return delta == null ? JSON.stringify(other) : `delta ${JSON.stringify(delta)}`;
    });
  }

  send(message: StreamOut | Buffer): void {
    this.#stream.send(message);
  }

  /** Answers a command with a text and, perhaps, a change. */
  reply(commandId: number, text: string, more: Partial<cloudstate.crdt.CrdtReply.$Properties> = {}): void {
    this.send({ reply: { commandId, clientAction: { reply: { payload: answer(text) } }, ...more } });
  }

  message(commandId: number, text: string, endStream = false): void {
    this.send({ streamedMessage: { commandId, clientAction: { reply: { payload: answer(text) } }, endStream } });
  }

  cancelled(commandId: number, more: Partial<cloudstate.crdt.CrdtStreamCancelledResponse.$Properties> = {}): void {
    this.send({ streamCancelledResponse: { commandId, ...more } });
  }

  end(): void {
    this.#stream.raw.end();
  }

  /** Ends the stream with an error. */
  fail(): void {
    this.#stream.raw.emit('error', { code: 13, details: 'the stream broke' });
  }
}

export interface CrdtWorldOptions {
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  readonly passivationMs?: number;
  /** How long the user function takes to close a stream that the proxy has half-closed. */
  readonly closesAfterMs?: number;
}

/** A client, a proxy, and a user function for CRDTs that the test plays itself. */
export class CrdtWorld implements AsyncDisposable {
  readonly userFunction: ScriptedFunction;
  readonly proxy: InProcessProxy;
  readonly #lines: readonly CrdtLine[];
  readonly #client: GrpcClient;

  private constructor(userFunction: ScriptedFunction, proxy: InProcessProxy, lines: readonly CrdtLine[]) {
    this.userFunction = userFunction;
    this.proxy = proxy;
    this.#lines = lines;
    this.#client = new GrpcClient(proxy.apiPort, probeRoot(), 'stategate.test.ProbeCrdt');
  }

  static async start({ settings, passivationMs, closesAfterMs = 0 }: CrdtWorldOptions = {}): Promise<CrdtWorld> {
    const lines: CrdtLine[] = [];
    const userFunction = await ScriptedFunction.start({
      spec: crdtSpec(passivationMs),
      crdt: (stream) => void lines.push(new CrdtLine(stream, closesAfterMs)),
    });
    return new CrdtWorld(userFunction, await InProcessProxy.start(userFunction.port, settings), lines);
  }

  /** Sends a command, and resolves with the text of its reply or of its error. */
  async run(id: string): Promise<unknown> {
    return this.#client.call('Run', { id }).then(
      ({ text }) => text,
      ({ code, details }: { code: number; details: string }) => `${code} ${details}`,
    );
  }

  watch(id: string): GrpcStream {
    const stream = this.#client.open('Watch');
    stream.send({ id });
    stream.halfClose();
    return stream;
  }

  lives(id: string): readonly CrdtLine[] {
    return this.#lines.filter(({ entityId }) => entityId === id);
  }

  get lines(): readonly CrdtLine[] {
    return this.#lines;
  }

  /** Resolves with the n-th life of an entity. */
  line(id: string, life = 0): Promise<CrdtLine> {
    return eventually(() => this.lives(id)[life], 5_000, `life ${life} of ${id}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.userFunction[Symbol.asyncDispose]();
  }
}

export function crdtSpec(passivationMs?: number): cloudstate.EntitySpec.$Properties {
  const passivation = passivationMs !== undefined && {
    passivationStrategy: { timeout: { timeout: passivationMs } },
  };
  const serviceName = 'stategate.test.ProbeCrdt';
  return {
    ...SPEC,
    entities: [{ entityType: 'cloudstate.crdt.Crdt', serviceName, persistenceId: 'probe-crdt', ...passivation }],
  };
}

export const increment = (by: number): Partial<cloudstate.crdt.CrdtReply.$Properties> => ({
  stateAction: { update: { gcounter: { increment: BigInt(by) } } },
});

export const init = (entityId: string, delta?: object) => ({
  init: { serviceName: 'stategate.test.ProbeCrdt', entityId, ...(delta && { delta }) },
});
export const command = (id: number, entityId: string) => {
  const { type_url: typeUrl } = seen(ask(entityId, {}));
  const value = Buffer.from(`\n${String.fromCharCode(entityId.length)}${entityId}`).toString('base64');
  return { command: { entityId, id, name: 'Run', payload: { type_url: typeUrl, value } } };
};
export const streamed = { streamed: true };

export async function textOf(stream: GrpcStream): Promise<unknown> {
  return ((await stream.next()) as { text: string } | undefined)?.text;
}

/** Opens streamed calls whose first reply has come. */
export async function watching(
  world: CrdtWorld,
  id: string,
  count = 1,
): Promise<{ line: CrdtLine; streams: readonly GrpcStream[] }> {
  const streams: GrpcStream[] = [];
  for (let n = 1; n <= count; n++) {
    const stream = world.watch(id);
    streams.push(stream);
    const line = await world.line(id);
    await line.at(n);
    line.reply(n, `first ${n}`, streamed);
    expect(await textOf(stream)).toBe(`first ${n}`);
  }
  return { line: await world.line(id), streams };
}

/** Breaks a life off, so that the next one shows what is stored. */
export async function breakOff(line: CrdtLine, { userFunction }: CrdtWorld): Promise<void> {
  const before = userFunction.reported.length;
  line.end();
  await eventually(() => userFunction.reported.length > before);
}
