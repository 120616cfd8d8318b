import type { RunningProxy } from '@stategate/proxy';
import {
  action,
  type CallContext,
  crdt,
  eventSourced,
  type Flag,
  type Running,
  serve,
  valueEntity,
} from '@stategate/user-function';
import { startWithoutServing } from '../support/in-process-proxy.ts';
import { ENDLESS } from './inputs.ts';

interface Ask {
  readonly id: string;
  readonly number: number;
  readonly many: readonly string[];
}
type Asks = AsyncIterable<Ask>;

/** Only these entities keep anything, and little: what is stored must not grow with the number of inputs. */
const KEPT = ['a', 'b', 'c'];
const MAX_EVENTS = 50;

/** A real user function of every kind behind a real proxy; both give up soon. */
export class FuzzWorld implements AsyncDisposable {
  readonly userFunctionPort: number;
  readonly apiPort: number;
  readonly #userFunction: Running;
  readonly #proxy: RunningProxy;
  readonly #log: string[];

  private constructor(userFunction: Running, proxy: RunningProxy, apiPort: number, log: string[]) {
    this.userFunctionPort = userFunction.port;
    this.apiPort = apiPort;
    this.#userFunction = userFunction;
    this.#proxy = proxy;
    this.#log = log;
  }

  static async start(): Promise<FuzzWorld> {
    const userFunction = await serve({
      protos: ['fuzz.proto'],
      includeDirs: [import.meta.dirname],
      port: 0,
      entities: [values, events, flags, acts],
    });
    const log: string[] = [];
    const settings = {
      'userFunction.commandTimeout': '250ms',
      'userFunction.closeGrace': '250ms',
      'entities.relayTimeout': '1s',
      'entities.passivationTimeout': '100ms',
      'api.maxMessageBytes': '256KiB',
    };
    const proxy = await startWithoutServing(userFunction.port, settings, log);
    const apiPort = await new Promise<number>((resolve, reject) => {
      proxy.onServing(({ port }) => resolve(port));
      proxy.onRefused((reason) => reject(new Error(reason)));
    });
    return new FuzzWorld(userFunction, proxy, apiPort, log);
  }

  /** Forgets what the proxy has logged. */
  clearLog(): void {
    this.#log.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy.drain();
    await this.#userFunction.close();
  }
}

/** What every handler does first. */
function obey({ number, many: [name, value] }: Ask, context: Pick<CallContext, 'fail' | 'replyMetadata'>): unknown {
  if (name !== undefined && value !== undefined) context.replyMetadata(name, value);
  if (number === 7) throw new Error('7');
  if (number === 8) context.fail('8');
  return number === ENDLESS ? new Promise(() => undefined) : undefined;
}

const values = valueEntity<Ask, { Run: Ask }>({
  service: 'fuzz.Values',
  persistenceId: 'values',
  state: 'fuzz.Ask',
  initial: (id) => ({ id, number: 0, many: [] }),
  commands: {
    async Run(ask, _state, context) {
      await obey(ask, context);
      if (KEPT.includes(ask.id)) context.update(ask);
      return ask;
    },
  },
});

const events = eventSourced<{ readonly count: number }, { Run: Ask }, { 'fuzz.Ask': Ask }>({
  service: 'fuzz.Events',
  persistenceId: 'events',
  initial: () => ({ count: 0 }),
  commands: {
    async Run(ask, { count }, context) {
      await obey(ask, context);
      if (KEPT.includes(ask.id) && count < MAX_EVENTS) context.emit('fuzz.Ask', ask);
      return ask;
    },
  },
  events: { 'fuzz.Ask': (_ask, { count }) => ({ count: count + 1 }) },
});

const flags = crdt<Flag, { Run: Ask; Watch: Ask }>({
  service: 'fuzz.Flags',
  persistenceId: 'flags',
  create: (make) => make.flag(),
  commands: {
    async Run(ask, flag, context) {
      await obey(ask, context);
      if (KEPT.includes(ask.id)) flag.enable();
      return ask;
    },
    async Watch(ask, _flag, context) {
      await obey(ask, context);
      return ask;
    },
  },
});

const acts = action<{ Run: Ask; Watch: Ask; Collect: Asks; Chat: Asks }>({
  service: 'fuzz.Acts',
  commands: {
    async Run(ask, context) {
      await obey(ask, context);
      return ask;
    },
    async *Watch(ask, context) {
      if (ask.number === ENDLESS) return;
      await obey(ask, context);
      yield ask;
      yield ask;
    },
    async Collect(asks, context) {
      let last: Ask | undefined;
      for await (const ask of asks) {
        await obey(ask, context);
        last = ask;
      }
      return last ?? {};
    },
    async *Chat(asks, context) {
      for await (const ask of asks) {
        if (ask.number === ENDLESS) return;
        await obey(ask, context);
        yield ask;
      }
    },
  },
});
