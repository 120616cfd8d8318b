import { Agent, request as http1 } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';

/** What every request must have by then: an answer, or the end of its connection. */
const PATIENCE_MS = 8_000;

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly Buffer[];
}

/** `status` 0: the connection or the stream was ended instead. */
export interface Answer {
  readonly status: number;
  /** Trailers too. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

const CUT: Answer = { status: 0, headers: {}, body: Buffer.alloc(0) };

/** Calls one port, in every manner of which connections are kept. */
export class Callers implements Disposable {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  #session: ClientHttp2Session | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  http1({ method, path, headers, pieces }: Sent): Promise<Answer> {
    return within(`${method} ${path}`, (resolve) => {
      const outgoing = http1({ port: this.#port, host: '127.0.0.1', agent: this.#agent, method, path, headers });
      outgoing.on('error', () => resolve(CUT));
      outgoing.on('response', (response) => {
        const body: Buffer[] = [];
        response.on('data', (chunk: Buffer) => body.push(chunk));
        response.on('error', () => undefined);
        response.once('close', () => {
          const { statusCode: status = 0 } = response;
          resolve(response.complete ? { status, headers: response.headers, body: Buffer.concat(body) } : CUT);
        });
      });
      for (const piece of pieces) outgoing.write(piece);
      outgoing.end();
      return () => outgoing.destroy();
    });
  }

  http2({ method, path, headers, pieces }: Sent): Promise<Answer> {
    return within(`${method} ${path} by HTTP/2`, (resolve) => {
      const stream = this.#open().request({ ':method': method, ':path': path, ...headers });
      let answer: Record<string, unknown> = {};
      const body: Buffer[] = [];
      stream.on('response', (all) => (answer = { ...all }));
      stream.on('trailers', (all) => (answer = { ...answer, ...all }));
      stream.on('data', (chunk: Buffer) => body.push(chunk));
      stream.on('error', () => undefined);
      stream.once('close', () => {
        const status = Number(answer[':status'] ?? 0);
        resolve(stream.readableEnded ? { status, headers: answer, body: Buffer.concat(body) } : CUT);
      });
      for (const piece of pieces) stream.write(piece);
      stream.end();
      return () => stream.destroy();
    });
  }

  /** Any bytes, on a connection of their own, of which the caller ends its half. Resolves when it is closed. */
  raw(pieces: readonly Buffer[]): Promise<Buffer> {
    return within(`a connection with ${Buffer.concat(pieces).toString('base64')}`, (resolve) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
      const got: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => got.push(chunk));
      socket.on('error', () => undefined);
      socket.once('close', () => resolve(Buffer.concat(got)));
      for (const piece of pieces) socket.write(piece);
      socket.end();
      return () => socket.destroy();
    });
  }

  #open(): ClientHttp2Session {
    if (this.#session !== undefined && !this.#session.closed && !this.#session.destroyed) return this.#session;
    this.#session = connectHttp2(`http://127.0.0.1:${this.#port}`);
    this.#session.on('error', () => undefined);
    return this.#session;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
    this.#session?.destroy();
  }
}

/** `start` gives what to do when it takes too long. */
function within<T>(what: string, start: (resolve: (value: T) => void) => () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let cancel: () => void = () => undefined;
    const late = setTimeout(() => {
      reject(new Error(`neither answered nor ended within ${PATIENCE_MS} ms: ${what.slice(0, 2_000)}`));
      cancel();
    }, PATIENCE_MS);
    cancel = start((value) => {
      clearTimeout(late);
      resolve(value);
    });
  });
}
