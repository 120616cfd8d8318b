import { constants, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { Code, type CallHandlers } from '../../../../src/proxy/transport/call.ts';
import { GrpcJsConnection } from '../../../../src/proxy/transport/grpc-js-connection.ts';
import { eventually } from '../../../support/eventually.ts';

const events: string[] = [];
const server = await listen();
const { port } = server.address() as AddressInfo;
const connection = new GrpcJsConnection({ host: '127.0.0.1', port, maxMessageBytes: 1_024 });
await new Promise<void>((resolve) => {
  connection.watch((connected) => {
    if (connected) resolve();
  });
});
afterAll(() => {
  connection.close();
  server.close();
});

const QUIET: CallHandlers = {
  onHeaders: () => undefined,
  onMessage: () => undefined,
  onHalfClose: () => undefined,
  onDrain: () => undefined,
  onEnd: () => undefined,
};

test('a call that is cancelled before its first message is out is reset all the same', async () => {
  const call = connection.open('/first', [], QUIET);
  call.send(new Uint8Array(1));
  call.cancel(Code.CANCELLED);
  call.send(new Uint8Array(1));
  call.halfClose();
  await eventually(() => events.at(-1) === `reset ${constants.NGHTTP2_CANCEL}`);
  expect(events.filter((what) => what === 'message').length).toBeLessThan(2);
});

/** What it sees of a call goes into `events`. */
async function listen(): Promise<Http2Server> {
  const http2 = createServer();
  http2.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.on('data', () => events.push('message'));
    stream.on('error', () => undefined);
    stream.on('close', () => events.push(`reset ${stream.rstCode}`));
  });
  await new Promise<void>((resolve) => http2.listen(0, '127.0.0.1', resolve));
  return http2;
}
