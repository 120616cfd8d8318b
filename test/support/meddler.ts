import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  status,
  type ServerDuplexStream,
  type StatusObject,
} from '@grpc/grpc-js';
import { Codec, type Plain } from '../../src/tck/codec.ts';
import { SERVICES } from '../../src/tck/interceptor.ts';
import { loadSchema } from '../../src/tck/schema.ts';

/** What becomes of a message on its way: other ones in its place. */
export type Change = (rpc: string, message: Plain) => readonly Plain[];

export interface Meddling {
  /** On the way to the user function. */
  readonly in?: Change;
  /** On the way from it. */
  readonly out?: Change;
}

const same: Change = (_, message) => [message];
const raw = (bytes: Buffer): Buffer => bytes;

/** Stands before a user function as a worse one, or behind a proxy so that it seems a worse one. */
export class Meddler implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #client: Client;

  private constructor(port: number, server: Server, client: Client) {
    this.port = port;
    this.#server = server;
    this.#client = client;
  }

  static async start(upstreamPort: number, change: Meddling): Promise<Meddler> {
    const codec = new Codec(loadSchema());
    const server = new Server();
    const client = new Client(`127.0.0.1:${upstreamPort}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    for (const service of SERVICES) {
      for (const { name, resolvedRequestType, resolvedResponseType } of codec.root.lookupService(service)
        .methodsArray) {
        const [path, input, output] = [`/${service}/${name}`, resolvedRequestType, resolvedResponseType];
        if (input === null || output === null) throw new Error(path);
        const handle = (call: ServerDuplexStream<Buffer, Buffer>): void => {
          const upstream = client.makeBidiStreamRequest(path, raw, raw, call.metadata);
          for (const one of [call, upstream]) one.on('error', () => undefined);
          call.on('data', (bytes: Buffer) => {
            for (const message of (change.in ?? same)(name, codec.decode(input, bytes)))
              upstream.write(codec.encode(input, message));
          });
          call.on('end', () => upstream.end());
          call.on('cancelled', () => upstream.cancel());
          upstream.on('data', (bytes: Buffer) => {
            for (const message of (change.out ?? same)(name, codec.decode(output, bytes)))
              call.write(codec.encode(output, message));
          });
          upstream.on('status', ({ code, details }: StatusObject) => {
            if (code === status.OK) call.end();
            else call.emit('error', { code, details });
          });
        };
        server.register(path, handle, raw, raw, 'bidi');
      }
    }
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return new Meddler(port, server, client);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}
