import type { ClientDuplexStream, Metadata, StatusObject } from '@grpc/grpc-js';
import type { Type } from 'protobufjs';

const PATIENCE_MS = 10_000;

/** The caller's end of a call with any number of messages, either way. */
export class GrpcStream {
  /** The initial metadata; pending for ever when the call ends without. */
  readonly headers: Promise<Metadata>;
  readonly status: Promise<StatusObject>;
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  readonly #input: Type;
  readonly #output: Type;
  #iterator: AsyncIterator<Buffer> | undefined;

  constructor(call: ClientDuplexStream<Buffer, Buffer>, input: Type, output: Type) {
    this.#call = call;
    this.#input = input;
    this.#output = output;
    this.headers = new Promise((resolve) => call.once('metadata', resolve));
    this.status = new Promise((resolve) => call.once('status', resolve));
    call.on('error', () => undefined); // The same is told by the status.
  }

  /** False: what was sent before waits already. */
  send(message: object): boolean {
    return this.#call.write(Buffer.from(this.#input.encode(this.#input.fromObject(message)).finish()));
  }

  /** Calls back once when more can be sent. */
  onDrain(listener: () => void): void {
    this.#call.once('drain', listener);
  }

  halfClose(): void {
    this.#call.end();
  }

  cancel(): void {
    this.#call.cancel();
  }

  /** The next reply as a plain object; undefined when there are no more. What nobody asks for is not read. */
  async next(): Promise<object | undefined> {
    this.#iterator ??= readUntilEnd(this.#call);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no reply came within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    try {
      const { done, value } = await Promise.race([this.#iterator.next(), late.promise]);
      if (done === true) return undefined;
      return this.#output.toObject(this.#output.decode(value), { defaults: true, longs: String });
    } finally {
      clearTimeout(timer);
    }
  }

  /** All replies that are still to come. */
  async rest(): Promise<readonly object[]> {
    const replies: object[] = [];
    for (let reply = await this.next(); reply !== undefined; reply = await this.next()) replies.push(reply);
    return replies;
  }
}

/** Ends without an error however the call ends: that is what its status tells. */
async function* readUntilEnd(call: ClientDuplexStream<Buffer, Buffer>): AsyncGenerator<Buffer> {
  const ended = new Promise<void>((resolve) => call.once('end', resolve));
  for (;;) {
    const bytes = call.read() as Buffer | null;
    if (bytes !== null) yield bytes;
    else if (call.readableEnded) return;
    else await Promise.race([new Promise((resolve) => call.once('readable', resolve)), ended]);
  }
}
