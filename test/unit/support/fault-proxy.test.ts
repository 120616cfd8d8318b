import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { FaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/ports.ts';

/** Less than a test may take, and much more than anything here does when it works. */
const SOON_MS = 5_000;
/** How long something is watched that must not happen. */
const WATCH_MS = 150;

/** Gives back each word in upper case when it has the space after it, and remembers what it has heard. */
class EchoServer {
  heard = '';
  readonly sockets = new Set<Socket>();
  readonly server: Server = createServer((socket) => {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.sockets.delete(socket));
    let word = '';
    socket.on('data', (bytes: Buffer) => {
      this.heard += String(bytes);
      word += String(bytes);
      if (!word.endsWith(' ')) return;
      socket.write(word.toUpperCase());
      word = '';
    });
  });

  async listen(): Promise<number> {
    const port = await freePort();
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return port;
  }
}

class Client {
  got = '';
  /** `in order`, or the code of an error. */
  ended: string | undefined;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (bytes: Buffer) => (this.got += String(bytes)));
    this.socket.once('end', () => (this.ended = 'in order'));
    this.socket.once('error', (error: NodeJS.ErrnoException) => (this.ended = error.code ?? error.message));
  }

  send(text: string): void {
    this.socket.write(text);
  }

  async hears(text: string): Promise<void> {
    await eventually(() => this.got === text, SOON_MS, `"${text}", heard was "${this.got}"`);
  }

  async asks(text: string, reply = text.toUpperCase()): Promise<void> {
    const before = this.got;
    this.send(text);
    await this.hears(before + reply);
  }

  async ends(): Promise<string> {
    return eventually(() => this.ended, SOON_MS, 'the end of the connection');
  }

  async staysSilent(): Promise<boolean> {
    const before = this.got;
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    return this.got === before && this.ended === undefined;
  }
}

describe('the fault proxy', () => {
  let echo: EchoServer;
  let proxy: FaultProxy;
  let client: Client;

  beforeEach(async () => {
    echo = new EchoServer();
    proxy = await FaultProxy.start({ port: await echo.listen() });
    client = new Client(proxy.port);
    await client.asks('hello ');
  });
  afterEach(async () => {
    client.socket.destroy();
    await proxy[Symbol.asyncDispose]();
    for (const socket of echo.sockets) socket.destroy();
    echo.server.close();
  });

  test('passes everything, and the end of either side', async () => {
    const large = `${'x'.repeat(3_000_000)} `;
    await client.asks(large);
    client.socket.end();
    expect(await client.ends()).toBe('in order');
    await eventually(() => echo.sockets.size === 0 && proxy.connections === 0, SOON_MS);
    expect(echo.heard.length).toBe('hello '.length + large.length);
    expect(proxy.struck).toBe(0);
  });

  test('cut ends what is connected and lets in what comes after', async () => {
    proxy.cut();
    expect(await client.ends()).toBe('in order');
    await eventually(() => echo.sockets.size === 0, SOON_MS, 'the end of the connection to the server');
    const next = new Client(proxy.port);
    await next.asks('again ');
    next.socket.destroy();
  });

  test('reset ends it as a crash does', async () => {
    proxy.reset();
    expect(await client.ends()).toBe('ECONNRESET');
  });

  test('half-open: the server is gone, the client is not told', async () => {
    proxy.halfOpen();
    await eventually(() => echo.sockets.size === 0, SOON_MS);
    client.send('anybody?');
    expect(await client.staysSilent()).toBe(true);
    expect(echo.heard).toBe('hello ');
  });

  test.each([
    { direction: 'up', heard: 'hello abc', got: 'HELLO ' },
    { direction: 'down', heard: 'hello abcde ', got: 'HELLO ABC' },
  ] as const)('cut after three bytes $direction', async ({ direction, heard, got }) => {
    proxy.set({ kind: 'cut-after', direction, bytes: 3 });
    client.send('abcde ');
    await client.ends();
    await eventually(() => echo.heard === heard, SOON_MS, `"${heard}", heard was "${echo.heard}"`);
    expect(client.got).toBe(got);
    expect(proxy.struck).toBe(1);
  });

  test('drops the reply to the second request: the server has got it', async () => {
    proxy.set({ kind: 'drop-reply', request: 2, ending: 'cut' });
    await client.asks('one ');
    client.send('two ');
    await client.ends();
    expect(client.got).toBe('HELLO ONE ');
    expect(echo.heard).toBe('hello one two ');
    expect(proxy.struck).toBe(1);
  });

  test('drops a reply in silence', async () => {
    proxy.set({ kind: 'drop-reply', request: 1, ending: 'silence' });
    client.send('one ');
    await eventually(() => echo.heard === 'hello one ', SOON_MS);
    expect(await client.staysSilent()).toBe(true);
  });

  test('drops the second request: the server has not got it', async () => {
    proxy.set({ kind: 'drop-request', request: 2 });
    await client.asks('one ');
    client.send('two ');
    await client.ends();
    expect(echo.heard).toBe('hello one ');
    expect(proxy.struck).toBe(1);
  });

  test('counts only the requests that match', async () => {
    proxy.set({ kind: 'drop-request', request: 2, matching: (bytes) => bytes.includes('write') });
    await client.asks('write ');
    await client.asks('read ');
    client.send('write ');
    await client.ends();
    expect(echo.heard).toBe('hello write read ');
  });

  test('a request in two pieces is one request', async () => {
    proxy.set({ kind: 'drop-request', request: 2 });
    client.send('on');
    await eventually(() => echo.heard === 'hello on', SOON_MS);
    await client.asks('e ', 'ONE ');
    expect(proxy.struck).toBe(0);
    client.send('two ');
    await client.ends();
    expect(echo.heard).toBe('hello one ');
  });

  test('delays', async () => {
    proxy.set({ kind: 'delay', ms: 100 });
    const started = performance.now();
    await client.asks('slowly ');
    expect(performance.now() - started).toBeGreaterThan(195);
    expect(proxy.struck).toBe(2);
  });

  test('a black hole takes everything and loses nothing', async () => {
    proxy.set({ kind: 'black-hole' });
    client.send('late ');
    expect(await client.staysSilent()).toBe(true);
    expect(echo.heard).toBe('hello ');
    proxy.restore();
    await client.hears('HELLO LATE ');
  });

  test('drips, and hurries when it is restored', async () => {
    proxy.set({ kind: 'slow-drip', bytes: 1, everyMs: 20 });
    const started = performance.now();
    await client.asks('drop ');
    expect(performance.now() - started).toBeGreaterThan(55);
    client.send(`${'x'.repeat(1_000)} `);
    proxy.restore();
    await client.hears(`HELLO DROP ${'X'.repeat(1_000)} `);
  });

  test('refuses whoever comes, and nobody who is there', async () => {
    proxy.set({ kind: 'refuse' });
    const next = new Client(proxy.port);
    expect(await next.ends()).toBe('ECONNRESET');
    await client.asks('still ');
    expect(proxy.struck).toBe(1);
  });

  test('resets a client when the server does not listen', async () => {
    await using nowhere = await FaultProxy.start({ port: await freePort() });
    const next = new Client(nowhere.port);
    expect(await next.ends()).toBe('ECONNRESET');
  });
});
