import { Codec, type Plain } from './codec.ts';
import { expectEqual, expectSoon, Mismatch, PATIENCE_MS, pause } from './expect.ts';
import { Ids } from './ids.ts';
import { type InterceptedCall, Interceptor, type Item } from './interceptor.ts';
import { Caller } from './line.ts';
import { loadSchema } from './schema.ts';
import { Spec } from './spec.ts';

const SILENCE_MS = 10;
const DISCOVERED = 'EntityDiscovery/discover';

export interface ProxyWorldOptions {
  /** Where clients reach the proxy, `host:port`. */
  readonly proxy: string;
  /** Where the user function is that it is judged with, `host:port`. */
  readonly userFunction: string;
  /** Where the kit listens in the user function's place, `host:port`: what the proxy is to be given as its user function. */
  readonly listen: string;
  /** How long the proxy may take to find it. */
  readonly waitMs: number;
}

/** The kit as the client of a proxy and, at the same time, between it and its user function. */
export class ProxyWorld implements AsyncDisposable {
  readonly caller: Caller;
  readonly spec: Spec;
  /** What the proxy has said of itself. */
  readonly proxyInfo: Plain;
  readonly ids = new Ids();
  readonly #address: string;
  readonly #interceptor: Interceptor;
  #before: number;
  #claimed = 0;

  private constructor(caller: Caller, address: string, interceptor: Interceptor, [info, spec]: [Item, Item]) {
    this.caller = caller;
    this.#address = address;
    this.#interceptor = interceptor;
    this.proxyInfo = info as Plain;
    this.spec = new Spec(spec as Plain);
    this.#before = interceptor.calls.length;
  }

  /** @param onListening is told the port where the kit listens: a proxy can be started then */
  static async start(
    { proxy, userFunction, listen, waitMs }: ProxyWorldOptions,
    onListening: (port: number) => Promise<void> | void = () => undefined,
  ): Promise<ProxyWorld> {
    const codec = new Codec(loadSchema());
    await using stack = new AsyncDisposableStack();
    const interceptor = stack.use(await Interceptor.start(listen, userFunction, codec));
    await onListening(interceptor.port);
    const end = performance.now() + waitMs;
    for (let call; ; await pause(50)) {
      call = interceptor.calls.find(({ rpc, out }) => rpc === DISCOVERED && out.at(-1) === 'complete');
      const [info] = call?.in ?? [];
      const [spec] = call?.out ?? [];
      if (info !== undefined && spec !== undefined && (await answers(proxy))) {
        const caller = stack.use(new Caller(proxy, codec));
        stack.move();
        return new ProxyWorld(caller, proxy, interceptor, [info, spec]);
      }
      if (performance.now() < end) continue;
      if (info !== undefined)
        throw new Error(`the proxy has discovered the user function but ${proxy} does not answer`);
      const tried = interceptor.calls.find(({ rpc }) => rpc === DISCOVERED)?.out.at(-1);
      if (tried !== undefined) throw new Error(`no user function at ${userFunction}: ${JSON.stringify(tried)}`);
      throw new Error(`no proxy has come to ${listen}: start it with that as the address of its user function`);
    }
  }

  /** What the proxy has sent to the user function since the case began, and what it was answered. */
  get calls(): readonly InterceptedCall[] {
    // Metadata of actions are not compared: they are the headers of whoever calls.
    return this.#interceptor.calls.slice(this.#before).map((call) => {
      const isOfAction = call.rpc.startsWith('ActionProtocol/');
      // How the user function ends what is cancelled says nothing of the proxy.
      const isCancelled = call.in.at(-1) === 'cancelled';
      return {
        rpc: call.rpc,
        in: isOfAction ? call.in.map(withoutMetadata) : [...call.in],
        out: isCancelled ? call.out.filter((item) => typeof item === 'object' && !('status' in item)) : [...call.out],
      };
    });
  }

  /** Exactly these, in the order in which they began; waits for them. */
  async expectCalls(expected: readonly InterceptedCall[], patienceMs = PATIENCE_MS): Promise<void> {
    this.#claimed = expected.length;
    await expectSoon('what went between proxy and user function', () => this.calls, expected, patienceMs);
  }

  /** The calls so far. There must be no more than `count` of them until the case is over. */
  claim(count: number): readonly InterceptedCall[] {
    this.#claimed = count;
    return this.calls;
  }

  /** Every discovery so far. */
  get discoveries(): readonly InterceptedCall[] {
    return this.#interceptor.calls.filter(({ rpc }) => rpc === DISCOVERED);
  }

  /** Over HTTP/1.1. */
  async post(path: string, body: string): Promise<HttpAnswer> {
    const response = await fetch(`http://${this.#address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const contentType = response.headers.get('content-type')?.split(';')[0] ?? '';
    return { status: response.status, contentType, text: await response.text() };
  }

  /** A good answer has exactly this body. */
  async expectJson(path: string, body: string, expected: string): Promise<void> {
    const good = { status: 200, contentType: 'application/json', text: expected };
    expectEqual(`answer to POST ${path} ${body}`, await this.post(path, body), good);
  }

  /** A failure of the user function is told as it is. */
  async expectHttpFailure(path: string, body: string, expected: string): Promise<void> {
    const { status, text } = await this.post(path, body);
    expectEqual(`answer to POST ${path} ${body}`, { status, text }, { status: 500, text: expected });
  }

  /** @throws Mismatch when the case has let something go by unseen */
  async afterCase(): Promise<void> {
    this.caller.cancelAll();
    await pause(SILENCE_MS);
    const more = this.calls.slice(this.#claimed);
    this.#before = this.#interceptor.calls.length;
    this.#claimed = 0;
    if (more.length > 0) throw new Mismatch('calls of the user function that nothing asked for', [], more);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.caller[Symbol.dispose]();
    await this.#interceptor[Symbol.asyncDispose]();
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Any answer counts. */
async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

function withoutMetadata(item: Item): Item {
  return typeof item === 'object'
    ? Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'metadata'))
    : item;
}
