const PIECE = /^[A-Za-z0-9+/]*={0,2}$/;
const AFTER_PADDING = /(?<==)(?!=)/;

/** Decodes base64 that comes in pieces cut anywhere, and that was made in pieces too: padding may stand after any group. */
export class Base64Decoder {
  #rest = '';

  /** The bytes of the groups that are complete now; null when this is not base64. */
  push(chunk: Uint8Array): Uint8Array | null {
    const text = this.#rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    const end = text.length - (text.length % 4);
    this.#rest = text.slice(end);
    const pieces = text.slice(0, end).split(AFTER_PADDING);
    if (pieces.some((piece) => piece.length % 4 !== 0 || !PIECE.test(piece))) return null;
    return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
  }
}
