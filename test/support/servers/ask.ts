import { connect } from 'node:net';

const ASK_MS = 2_000;

/** Sends bytes to a port of this machine and gives back the first ones that come in return. */
export function ask(port: number, request: string | Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: ASK_MS });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.once('connect', () => socket.write(request));
    socket.once('data', (answer: Buffer) => {
      socket.destroy();
      resolve(answer);
    });
    socket.once('timeout', () => fail(new Error(`port ${port} did not answer within ${ASK_MS} ms`)));
    socket.once('error', fail);
    socket.once('close', () => fail(new Error(`port ${port} closed the connection without an answer`)));
  });
}
