import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Root, Type } from 'protobufjs';
import { GrpcStream } from './grpc-stream.ts';

export interface CallOptions {
  readonly deadlineMs?: number;
  readonly metadata?: Metadata;
}

export interface StartedCall {
  /** The initial metadata; pending for ever when the call ends without. */
  readonly headers: Promise<Metadata>;
  readonly bytes: Promise<Buffer>;
  readonly reply: Promise<Record<string, unknown>>;
  cancel(): void;
}

/** The methods of a service, by name, over a connection of its own. */
export class GrpcClient implements Disposable {
  readonly #client: Client;
  readonly #root: Root;
  readonly #service: string;

  constructor(port: number, root: Root, service: string) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_send_message_length': -1,
    });
    this.#root = root;
    this.#service = service;
  }

  /** Resolves with the reply as a plain object, rejects with the gRPC error. */
  call(method: string, request: object, options?: CallOptions): Promise<Record<string, unknown>> {
    return this.start(method, request, options).reply;
  }

  /** Begins a call. A request may be given as the bytes that it is on the wire. */
  start(method: string, request: object | Buffer, options: CallOptions = {}): StartedCall {
    const { input, output } = this.#types(method);
    const bytes = Buffer.isBuffer(request) ? request : Buffer.from(input.encode(input.fromObject(request)).finish());
    const deadline = Date.now() + (options.deadlineMs ?? 20_000);
    const answer = Promise.withResolvers<Buffer>();
    const call = this.#client.makeUnaryRequest(
      `/${this.#service}/${method}`,
      passThrough,
      passThrough,
      bytes,
      options.metadata ?? new Metadata(),
      { deadline },
      (error: ServiceError | null, reply?: Buffer) => {
        if (error !== null || reply === undefined) answer.reject(error ?? new Error('no reply'));
        else answer.resolve(reply);
      },
    );
    const headers = new Promise<Metadata>((resolve) => call.once('metadata', resolve));
    return {
      headers,
      bytes: answer.promise,
      get reply() {
        return answer.promise.then((reply) => output.toObject(output.decode(reply), { defaults: true, longs: String }));
      },
      cancel: () => call.cancel(),
    };
  }

  /** Opens a call with any number of messages, either way. */
  open(method: string, { deadlineMs = 20_000, metadata }: CallOptions = {}): GrpcStream {
    const { input, output } = this.#types(method);
    const deadline = Date.now() + deadlineMs;
    const path = `/${this.#service}/${method}`;
    const call = this.#client.makeBidiStreamRequest(path, passThrough, passThrough, metadata ?? new Metadata(), {
      deadline,
    });
    return new GrpcStream(call, input, output);
  }

  #types(method: string): { readonly input: Type; readonly output: Type } {
    const service = this.#root.lookupService(this.#service);
    const { requestType, responseType } = service.methods[method] ?? {};
    return { input: service.lookupType(requestType ?? ''), output: service.lookupType(responseType ?? '') };
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

function passThrough(bytes: Buffer): Buffer {
  return bytes;
}
