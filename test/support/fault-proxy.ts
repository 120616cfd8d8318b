import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';

/** Seen from the client: its requests go up. */
export type Direction = 'up' | 'down';

/** What one request is told apart by: the bytes that a client sends before it hears something, or those that match. */
interface WhichRequest {
  /** The how manieth from now on, over all connections; 1 is the next one. */
  readonly request: number;
  /** Counts only what a client sends at once and this is true for. For clients that say more than the test wants. */
  readonly matching?: (bytes: Buffer) => boolean;
}

/** What happens on the way from now on, until `set` or `restore`. */
export type Fault =
  | { readonly kind: 'none' }
  /** The connection ends when this many bytes, of all connections together, have passed in the direction. */
  | { readonly kind: 'cut-after'; readonly direction: Direction; readonly bytes: number }
  /** The connection ends before the request reaches the server. */
  | ({ readonly kind: 'drop-request' } & WhichRequest)
  /**
   * The server does what it was asked, and its reply is lost: with the connection, or in silence. So are the replies to
   * what else is under way on that connection.
   */
  | ({ readonly kind: 'drop-reply'; readonly ending: 'cut' | 'silence' } & WhichRequest)
  /** Each piece waits this long. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Nothing passes; what waits goes on when that is over, as on a network whose cable was put back. */
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'slow-drip'; readonly bytes: number; readonly everyMs: number }
  /** New connections are reset. */
  | { readonly kind: 'refuse' };

interface Place {
  readonly host: string;
  readonly port: number;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Whose turn it was last: a request begins where it changes. */
  turn: Direction;
  /** What comes down is kept from the client, and the connection ends with it or not. */
  reply: 'passes' | 'cut' | 'silence';
}

/** A TCP proxy that a test puts between a client and a real server, to break what is between them. */
export class FaultProxy implements AsyncDisposable {
  readonly #listener: Server;
  readonly #links = new Set<Link>();
  #target: Place;
  #fault: Fault = { kind: 'none' };
  #changed = Promise.withResolvers<void>();
  /** Bytes or requests since the fault was set. */
  #count = 0;
  #struck = 0;

  private constructor(target: Place) {
    this.#target = target;
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  static async start(target: Partial<Place> & Pick<Place, 'port'>): Promise<FaultProxy> {
    const proxy = new FaultProxy({ host: '127.0.0.1', ...target });
    proxy.#listener.listen(await freePort(), '127.0.0.1');
    await once(proxy.#listener, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#links.size;
  }

  /** How often the fault has hit since it was set: a test that expects a fault checks that there was one. */
  get struck(): number {
    return this.#struck;
  }

  set(fault: Fault): void {
    this.#fault = fault;
    this.#count = 0;
    this.#struck = 0;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  restore(): void {
    this.set({ kind: 'none' });
  }

  /** New connections go to another server of this machine, as those of an address that has moved to it. */
  retarget(port: number): void {
    this.#target = { host: '127.0.0.1', port };
  }

  /** Ends all connections in order (FIN). */
  cut(): void {
    for (const link of this.#links) end(link);
  }

  /** Ends all connections as a process that died leaves them (RST). */
  reset(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** The server's end of all connections is gone and their clients are not told. */
  halfOpen(): void {
    for (const link of this.#links) {
      link.reply = 'silence';
      link.server.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.restore();
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    this.reset();
    await closed;
  }

  #accept(client: Socket): void {
    client.on('error', () => {});
    if (this.#fault.kind === 'refuse') {
      this.#struck += 1;
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    server.on('error', () => client.resetAndDestroy());
    const link: Link = { client, server, turn: 'down', reply: 'passes' };
    this.#links.add(link);
    client.once('close', () => {
      this.#links.delete(link);
      server.destroy();
    });
    void this.#pump(link, 'up');
    void this.#pump(link, 'down');
  }

  async #pump(link: Link, direction: Direction): Promise<void> {
    const [from, to] = direction === 'up' ? [link.client, link.server] : [link.server, link.client];
    try {
      for await (const chunk of from) await this.#pass(link, direction, chunk as Buffer, to);
      if (link.reply !== 'silence') to.end();
    } catch {
      if (link.reply !== 'silence') end(link);
    }
  }

  async #pass(link: Link, direction: Direction, chunk: Buffer, to: Socket): Promise<void> {
    const begins = direction === 'up' && link.turn === 'down';
    link.turn = direction;
    while (this.#fault.kind === 'black-hole') {
      this.#struck += 1;
      await this.#changed.promise;
    }
    if (direction === 'down' && link.reply !== 'passes') {
      if (link.reply === 'cut') end(link);
      return;
    }
    const fault = this.#fault;
    let rest = chunk;
    switch (fault.kind) {
      case 'cut-after': {
        if (fault.direction !== direction) break;
        const left = fault.bytes - this.#count;
        this.#count += chunk.length;
        if (chunk.length < left) break;
        this.#struck += 1;
        // Destroyed at once, the socket would forget what it has not sent yet.
        await new Promise<void>((sent) => to.end(chunk.subarray(0, Math.max(0, left)), sent));
        return end(link);
      }
      case 'drop-request':
        if (!this.#isCounted(fault, direction, begins, chunk)) break;
        return end(link);
      case 'drop-reply':
        if (this.#isCounted(fault, direction, begins, chunk)) link.reply = fault.ending;
        break;
      case 'delay':
        this.#struck += 1;
        await sleep(fault.ms);
        break;
      case 'slow-drip':
        this.#struck += 1;
        while (rest.length > fault.bytes && this.#fault === fault) {
          await write(to, rest.subarray(0, fault.bytes));
          rest = rest.subarray(fault.bytes);
          await sleep(fault.everyMs);
        }
        break;
      case 'none':
      case 'refuse':
    }
    await write(to, rest);
  }

  #isCounted(which: WhichRequest, direction: Direction, begins: boolean, chunk: Buffer): boolean {
    if (direction !== 'up' || !(which.matching?.(chunk) ?? begins)) return false;
    this.#count += 1;
    if (this.#count !== which.request) return false;
    this.#struck += 1;
    return true;
  }
}

function end({ client, server }: Link): void {
  client.destroy();
  server.destroy();
}

/** Waits while the receiver does not keep up. */
async function write(to: Socket, bytes: Buffer): Promise<void> {
  if (to.destroyed) return;
  if (to.write(bytes)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  to.once('drain', resolve).once('close', resolve);
  await promise;
  to.off('drain', resolve).off('close', resolve);
}
