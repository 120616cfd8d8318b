import type { Socket } from 'node:net';

const HTTP2_PREFACE = Buffer.from('PRI');

/** How long a new connection may stay silent. */
const FIRST_BYTES_TIMEOUT_MS = 10_000;

/** Tells by its first bytes which protocol a connection speaks; they stay in the socket. One that says too little in time is cut. */
export function sniff(socket: Socket, onKnown: (protocol: 'http1' | 'http2') => void): void {
  let bytes = Buffer.alloc(0);
  const late = setTimeout(() => socket.destroy(), FIRST_BYTES_TIMEOUT_MS);
  const onReadable = (): void => {
    const more: Buffer | null = socket.read();
    if (more === null) return;
    bytes = Buffer.concat([bytes, more]);
    const start = bytes.subarray(0, HTTP2_PREFACE.length);
    const fits = HTTP2_PREFACE.subarray(0, start.length).equals(start);
    if (fits && start.length < HTTP2_PREFACE.length) return;
    stop();
    socket.unshift(bytes);
    onKnown(fits ? 'http2' : 'http1');
  };
  const stop = (): void => {
    clearTimeout(late);
    socket.off('readable', onReadable);
    socket.off('close', stop);
  };
  socket.on('readable', onReadable);
  socket.on('close', stop);
}
