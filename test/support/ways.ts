import type { SecureContextOptions } from 'node:tls';
import { create, createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type CallOptions, createClient, type Transport } from '@connectrpc/connect';
import type { ServiceModel } from '../../src/proxy/protocol/service-model.ts';
import type { CommandRouter } from '../../src/proxy/routing/command.ts';
import { createServices } from '../../src/proxy/serving/services.ts';
import type { Code } from '../../src/proxy/transport/call.ts';
import { type HttpServer, type HttpServerOptions, listenHttp } from '../../src/proxy/transport/http-server.ts';
import { jsonRouter } from './json-router.ts';
import { compileProtos, modelOf } from './proto-model.ts';

const PROTO = `syntax = "proto3";
package ways;

message Ask {
  string text = 1;
  int32 count = 2;
  // Not 0: what the call ends with, after the answers.
  int32 code = 3;
}
message Answer {
  string text = 1;
  int32 number = 2;
}

service Ways {
  rpc Echo(Ask) returns (Answer);
  rpc Look(Ask) returns (Answer) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Count(Ask) returns (stream Answer);
  rpc Gather(stream Ask) returns (Answer);
}
`;
const SOURCES = { 'ways.proto': PROTO };

/** The descriptors of `ways.proto`, as a client has them. */
export const waysDescriptors: Uint8Array = compileProtos(SOURCES);
const REGISTRY = createFileRegistry(fromBinary(FileDescriptorSetSchema, waysDescriptors));
const waysModel: ServiceModel = modelOf(SOURCES, { 'ways.Ways': 'action' });

export interface Answer {
  readonly text: string;
  readonly number: number;
}

/** The service as clients of the Connect project call it. */
export interface WaysClient {
  echo(ask: Ask, options?: CallOptions): Promise<Answer>;
  look(ask: Ask, options?: CallOptions): Promise<Answer>;
  count(ask: Ask, options?: CallOptions): AsyncIterable<Answer>;
  gather(asks: AsyncIterable<Ask>, options?: CallOptions): Promise<Answer>;
}

export function waysClient(transport: Transport): WaysClient {
  return createClient(found(REGISTRY.getService('ways.Ways')), transport) as unknown as WaysClient;
}

export function encodeAsk(ask: Ask): Uint8Array {
  const desc = found(REGISTRY.getMessage('ways.Ask'));
  return toBinary(desc, create(desc, { ...ask }));
}

export function decodeAnswer(bytes: Uint8Array): Answer {
  const { text, number } = fromBinary(found(REGISTRY.getMessage('ways.Answer')), bytes) as unknown as Answer;
  return { text, number };
}

export interface WaysOptions extends Pick<HttpServerOptions, 'compression' | 'cors'> {
  readonly tls?: SecureContextOptions;
  readonly maxMessageBytes?: number;
}

/** What a client asks and gets, as JSON. */
export interface Ask {
  readonly text?: string;
  readonly count?: number;
  readonly code?: Code;
}

/** Every way in on one port, in front of a service that does what the request says and sends back the headers `x-echo` and `x-echo-bin`. */
export class Ways implements AsyncDisposable {
  readonly server: HttpServer;
  readonly url: string;
  /** What the service has seen: texts of streams whose callers cancelled them, and how many answers were taken from it. */
  readonly seen: { readonly cancelled: string[]; answers: number };

  private constructor(server: HttpServer, seen: Ways['seen'], scheme: string) {
    this.server = server;
    this.seen = seen;
    this.url = `${scheme}://localhost:${server.port}`;
  }

  static async start({ tls, maxMessageBytes = 1 << 20, ...options }: WaysOptions = {}): Promise<Ways> {
    const seen: Ways['seen'] = { cancelled: [], answers: 0 };
    const services = createServices({
      model: waysModel,
      router: () => waysRouter(seen),
      countRefused: () => () => undefined,
      readiness: { isReady: () => true, subscribe: () => () => undefined },
      maxMessageBytes,
    });
    const server = await listenHttp({
      host: '127.0.0.1',
      port: 0,
      maxMessageBytes,
      tls,
      ...services,
      ...options,
    });
    return new Ways(server, seen, tls === undefined ? 'http' : 'https');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close(200);
  }
}

function waysRouter(seen: Ways['seen']): CommandRouter {
  return jsonRouter(waysModel, async ({ method, input, metadata: headers, signal }) => {
    const { text = '', count = 1, code = 0 } = input as Ask;
    const metadata = headers.filter(([name]) => name.startsWith('x-echo'));
    const status = { code, message: text };
    if (method.name === 'Count') {
      signal.addEventListener('abort', () => seen.cancelled.push(text));
      return { replies: answers(seen, text, count), metadata, ...(code !== 0 && { status }) };
    }
    return code === 0 ? { reply: { text, number: text.length }, metadata } : { status };
  });
}

function* answers(
  seen: Ways['seen'],
  text: string,
  count: number,
): Generator<{ readonly text: string; readonly number: number }> {
  for (let number = 1; number <= count; number += 1) {
    seen.answers += 1;
    yield { text, number };
  }
}

function found<Desc>(desc: Desc | undefined): Desc {
  if (desc === undefined) throw new Error('ways.proto does not have it');
  return desc;
}
