import { once } from 'node:events';
import type { handleBidiStreamingCall, handleUnaryCall, Server, ServerDuplexStream } from '@grpc/grpc-js';

/** A generated message type. */
interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

export function unary<In, Out>(
  server: Server,
  path: string,
  [input, output]: [Codec<In>, Codec<Out>],
  handler: handleUnaryCall<In, Out>,
): void {
  server.register(path, handler, serializer(output), (bytes) => input.decode(bytes), 'unary');
}

export function bidirectional<In, Out>(
  server: Server,
  path: string,
  [input, output]: [Codec<In>, Codec<Out>],
  handler: handleBidiStreamingCall<In, Out>,
): void {
  server.register(path, handler, serializer(output), (bytes) => input.decode(bytes), 'bidi');
}

/** Waits while the proxy reads more slowly than we write. */
export async function write<Message>(call: ServerDuplexStream<unknown, Message>, message: Message): Promise<void> {
  if (!call.write(message)) await Promise.race([once(call, 'drain'), once(call, 'close')]);
}

function serializer<Message>(codec: Codec<Message>): (message: Message) => Buffer {
  return (message) => {
    const bytes = codec.encode(message).finish();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
}
