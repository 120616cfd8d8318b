import { Client, type ClientDuplexStream, credentials, type StatusObject } from '@grpc/grpc-js';
import type { Codec, Plain } from './codec.ts';
import { expectEqual, Mismatch, pause, within } from './expect.ts';

const MOST_BYTES = 16 * 1024 * 1024;
/** Whoever is judged may be about to start. */
const RECONNECT_MS = 500;

/** How a call ended. */
export interface End {
  readonly code: number;
  readonly details: string;
}

/** Opens calls of any method, on one connection. */
export class Caller implements Disposable {
  readonly #client: Client;
  readonly #codec: Codec;
  readonly #open = new Set<Line>();

  /** @param address `host:port` */
  constructor(address: string, codec: Codec) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.enable_retries': 0,
      'grpc.initial_reconnect_backoff_ms': RECONNECT_MS,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MS,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_send_message_length': MOST_BYTES,
      'grpc.max_receive_message_length': MOST_BYTES,
    });
    this.#codec = codec;
  }

  open(service: string, method: string): Line {
    const { resolvedRequestType: input, resolvedResponseType: output } =
      this.#codec.root.lookupService(service).methods[method] ?? {};
    if (input == null || output == null) throw new Error(`${service} has no ${method}`);
    const write = (message: Plain): Buffer => this.#codec.encode(input, message);
    const read = (bytes: Buffer): Plain => this.#codec.decode(output, bytes);
    const line = new Line(this.#client.makeBidiStreamRequest(`/${service}/${method}`, write, read));
    this.#open.add(line);
    return line;
  }

  /** One request, one reply. @throws Mismatch when it ends with an error */
  async call(service: string, method: string, request: Plain): Promise<Plain> {
    const line = this.open(service, method).send(request).halfClose();
    const reply = await line.next();
    const end = await line.end();
    if (reply === undefined || end.code !== 0) throw new Mismatch(`${service}/${method}`, 'a reply', end);
    return reply;
  }

  /** One request, and the error that it has to end with. */
  async failing(service: string, method: string, request: Plain): Promise<string> {
    const line = this.open(service, method).send(request).halfClose();
    expectEqual(`reply of ${service}/${method}`, await line.next(), undefined);
    const { code, details } = await line.end();
    if (code === 0) throw new Mismatch(`${service}/${method}`, 'an error', 'OK');
    return details;
  }

  /** Breaks off what a case has left open. */
  cancelAll(): void {
    for (const line of this.#open) line.cancel();
    this.#open.clear();
  }

  [Symbol.dispose](): void {
    this.cancelAll();
    this.#client.close();
  }
}

/** The caller's end of a call with any number of messages, either way. */
export class Line {
  readonly #call: ClientDuplexStream<Plain, Plain>;
  readonly #received: Plain[] = [];
  readonly #end: Promise<End>;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(call: ClientDuplexStream<Plain, Plain>) {
    this.#call = call;
    const wake = (): void => this.#wake?.();
    call.on('data', (message: Plain) => {
      this.#received.push(message);
      wake();
    });
    call.on('error', () => undefined); // The same is told by the status.
    this.#end = new Promise((resolve) => {
      call.once('status', ({ code, details }: StatusObject) => resolve({ code, details }));
    });
    void this.#end.then(() => {
      this.#ended = true;
      wake();
    });
  }

  send(message: Plain): this {
    this.#call.write(message);
    return this;
  }

  halfClose(): this {
    this.#call.end();
    return this;
  }

  cancel(): void {
    this.#call.cancel();
  }

  /** The next message; undefined when there are no more. */
  async next(): Promise<Plain | undefined> {
    while (this.#received.length === 0 && !this.#ended) {
      await within('the next message', new Promise<void>((resolve) => (this.#wake = resolve)));
    }
    return this.#received.shift();
  }

  /** True when nothing comes for so long. */
  async isSilent(forMs: number): Promise<boolean> {
    await pause(forMs);
    return this.#received.length === 0 && !this.#ended;
  }

  end(): Promise<End> {
    return within('the end of the call', this.#end);
  }

  /** It has to end well, without another message. */
  async expectEnd(): Promise<void> {
    const { code, details } = await this.end();
    expectEqual('messages before the end', this.#received, []);
    expectEqual('the end of the call', code === 0 ? 'OK' : { code, details }, 'OK');
  }
}
