import { connect as connectHttp2, constants } from 'node:http2';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ProtocolWorld } from '../support/protocol-world.ts';
import { Ways } from '../support/ways.ts';

const ways = await Ways.start();
afterAll(() => ways[Symbol.asyncDispose]());

/** A connection of bare bytes; what the server says, and when it hangs up. */
function open(port: number): {
  readonly socket: Socket;
  readonly text: () => string;
  readonly closed: Promise<number>;
} {
  const started = performance.now();
  const chunks: Buffer[] = [];
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => {
    socket.once('close', () => resolve(performance.now() - started));
  });
  return { socket, text: () => Buffer.concat(chunks).toString('latin1'), closed };
}

describe('a slow client is cut off', { concurrent: true, timeout: 40_000 }, () => {
  test.each([
    ['says nothing', ''],
    ['sends half a preface', 'PR'],
    ['does not end its headers', 'POST /ways.Ways/Echo HTTP/1.1\r\nhost: x\r\nx-a: b\r\n'],
  ])('that %s', async (_, bytes) => {
    const { socket, closed } = open(ways.server.port);
    socket.write(bytes);
    expect(await closed).toBeLessThan(15_000);
  });
});

describe('headers are bounded', () => {
  test('of HTTP/1.1', async () => {
    const { socket, text, closed } = open(ways.server.port);
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(40_000)}\r\n\r\n`);
    await closed;
    expect(text()).toMatch(/^HTTP\/1.1 431 /);
  });

  test('of HTTP/2', async () => {
    const session = connectHttp2(ways.url, {
      settings: { maxHeaderListSize: 1 << 20 },
      maxSendHeaderBlockLength: 1 << 20,
    } as object);
    // The server's bound holds when the client has heard of it.
    await new Promise((resolve) => session.once('remoteSettings', resolve));
    const stream = session.request({ ':path': '/', 'x-large': 'x'.repeat(40_000) });
    stream.on('error', () => undefined);
    stream.resume();
    await new Promise((resolve) => stream.once('close', resolve));
    session.destroy();
    expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  });
});

test('a client that opens and resets streams without end is told to go', async () => {
  const session = connectHttp2(ways.url);
  session.on('error', () => undefined);
  const told = new Promise<number>((resolve) => session.once('goaway', resolve));
  const begin = (): void => {
    for (let i = 0; i < 200 && !session.closed && !session.destroyed; i += 1) {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/ways.Ways/Echo',
        'content-type': 'application/grpc',
      });
      stream.on('error', () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
    }
  };
  const timer = setInterval(begin, 10);
  expect(await told).not.toBe(constants.NGHTTP2_NO_ERROR);
  clearInterval(timer);
  session.destroy();
});

test('an upgrade to HTTP/2 is passed over: the answer comes by HTTP/1.1', async () => {
  const { socket, text } = open(ways.server.port);
  const upgrade = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n';
  socket.write(`GET /ways.Ways/Look?connect=v1&encoding=json&message={} HTTP/1.1\r\nhost: x\r\n${upgrade}\r\n`);
  await eventually(() => text().includes('\r\n\r\n'), 5_000, 'an answer');
  socket.destroy();
  expect(text()).toMatch(/^HTTP\/1.1 200 /);
});

describe('when the proxy is told to stop', () => {
  test('calls that run are answered, connections are told to go, and new ones are refused', async () => {
    const world = await ProtocolWorld.start({ settings: { 'shutdown.drain': '10s' } });
    const port = world.proxy.apiPort;
    const agent = new Agent({ keepAlive: true });
    const kept = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          {
            port,
            agent,
            method: 'POST',
            path: '/stategate.test.ProbeValue/Run',
            headers: { 'content-type': 'application/json' },
          },
          (answer) => {
            let text = '';
            answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
            answer.once('end', () => resolve(text));
          },
        );
        outgoing.once('error', reject);
        outgoing.end(JSON.stringify({ id: 'b', text: JSON.stringify({ afterMs: 1_000, reply: 'by HTTP/1.1' }) }));
      });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const goaway = new Promise<number>((resolve) => session.once('goaway', resolve));
    const silent = open(port);
    const slow = world.run('ProbeValue', 'a', { afterMs: 1_000, reply: 'by gRPC' });
    const slowHttp = kept();
    await eventually(() => world.received.lives('a').length > 0 && world.received.lives('b').length > 0);

    const started = performance.now();
    const drained = world[Symbol.asyncDispose].bind(world);
    const stopping = world.proxy[Symbol.asyncDispose]();
    expect(await goaway).toBe(0);
    expect(await slow).toBe('by gRPC');
    expect(await slowHttp).toContain('by HTTP/1.1');
    await silent.closed;
    await stopping;
    expect(performance.now() - started).toBeLessThan(6_000);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    agent.destroy();
    session.destroy();
    await drained();
  });
});
