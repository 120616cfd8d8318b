import { Client, credentials, type Metadata, type ServiceError } from '@grpc/grpc-js';
import type { Root, Type } from 'protobufjs';

/** The unary methods of a service, by name, over a connection of its own. */
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
  call(
    method: string,
    request: object,
    options: { deadlineMs?: number; metadata?: Metadata } = {},
  ): Promise<Record<string, unknown>> {
    const { requestType, responseType } = this.#root.lookupService(this.#service).methods[method] ?? {};
    const input: Type = this.#root.lookupType(requestType ?? '');
    const output: Type = this.#root.lookupType(responseType ?? '');
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, reply?: Buffer): void => {
        if (error !== null || reply === undefined) reject(error ?? new Error('no reply'));
        else resolve(output.toObject(output.decode(reply), { defaults: true, longs: String }));
      };
      const bytes = Buffer.from(input.encode(input.fromObject(request)).finish());
      const deadline = Date.now() + (options.deadlineMs ?? 20_000);
      const pass = (buffer: Buffer): Buffer => buffer;
      const path = `/${this.#service}/${method}`;
      if (options.metadata === undefined) this.#client.makeUnaryRequest(path, pass, pass, bytes, { deadline }, done);
      else this.#client.makeUnaryRequest(path, pass, pass, bytes, options.metadata, { deadline }, done);
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
