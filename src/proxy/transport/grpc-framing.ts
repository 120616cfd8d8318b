const PREFIX_BYTES = 5;

/** Flag of a message that is compressed. */
export const COMPRESSED = 1;

/** Why a peer's bytes are not gRPC messages. */
export type FramingError = 'unknown-flag' | 'not-compressed' | 'too-large' | 'corrupt' | 'truncated';

/** Undoes the compression of one message. */
export type Inflate = (message: Uint8Array) => Uint8Array | FramingError;

/**
 * Cuts a byte stream into gRPC messages (5 bytes of prefix: a flag and the length). Holds at most one message: a length above
 * the limit is refused before anything of it is kept.
 */
export class MessageReader {
  readonly #maxBytes: number;
  readonly #onMessage: (message: Uint8Array) => void;
  readonly #inflate: Inflate | undefined;
  #parts: Uint8Array[] = [];
  #buffered = 0;
  /** Bytes to have before the next step: a prefix, or a prefix and its message. */
  #needed = PREFIX_BYTES;

  /** Without `inflate` a message that says it is compressed is refused. */
  constructor(maxBytes: number, onMessage: (message: Uint8Array) => void, inflate?: Inflate) {
    this.#maxBytes = maxBytes;
    this.#onMessage = onMessage;
    this.#inflate = inflate;
  }

  /** Delivers the messages that are complete now. The bytes are borrowed: what is kept is copied. */
  push(chunk: Uint8Array): FramingError | undefined {
    let rest = chunk;
    if (this.#buffered > 0) {
      this.#parts.push(new Uint8Array(chunk));
      this.#buffered += chunk.length;
      if (this.#buffered < this.#needed) return undefined;
      rest = Buffer.concat(this.#parts, this.#buffered);
      this.#parts = [];
      this.#buffered = 0;
    }
    this.#needed = PREFIX_BYTES;
    while (rest.length >= PREFIX_BYTES) {
      const length = messageLength(rest);
      const flag = rest[0];
      if (flag !== 0 && flag !== COMPRESSED) return 'unknown-flag';
      if (flag === COMPRESSED && this.#inflate === undefined) return 'not-compressed';
      if (length > this.#maxBytes) return 'too-large';
      const end = PREFIX_BYTES + length;
      if (rest.length < end) {
        this.#needed = end;
        break;
      }
      const message = rest.subarray(PREFIX_BYTES, end);
      if (flag === 0 || this.#inflate === undefined) this.#onMessage(message);
      else {
        const inflated = this.#inflate(message);
        if (typeof inflated === 'string') return inflated;
        this.#onMessage(inflated);
      }
      rest = rest.subarray(end);
    }
    if (rest.length > 0) {
      this.#parts.push(rest === chunk || rest.buffer === chunk.buffer ? new Uint8Array(rest) : rest);
      this.#buffered = rest.length;
    }
    return undefined;
  }

  /** To be asked when the peer has sent its last byte. */
  end(): FramingError | undefined {
    return this.#buffered > 0 ? 'truncated' : undefined;
  }
}

/** One message with its prefix, in bytes of its own. */
export function frame(message: Uint8Array): Buffer {
  return frameAs(0, message);
}

export function frameAs(flag: number, message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = flag;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

function messageLength(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, PREFIX_BYTES).getUint32(1);
}
