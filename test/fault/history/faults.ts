import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '../../support/fault-proxy.ts';
import type { TestServer } from '../../support/servers.ts';
import { configOf, type TestStore } from '../../support/stores.ts';
import type { Fault } from './run.ts';

const AWAY_MS = 1_500;

/** Faults for a store, and the configuration that leads a client through them. */
export interface FaultyStore extends AsyncDisposable {
  readonly config: unknown;
  readonly faults: readonly Fault[];
}

/** Puts a fault proxy in front of the store's server; a store without a server has no faults of this kind. */
export async function faultyStore({ definition, config, server }: TestStore): Promise<FaultyStore> {
  if (server === undefined) return { config, faults: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  const address = new URL(server.url);
  const proxy = await FaultProxy.start({ host: address.hostname, port: Number(address.port) });
  address.port = String(proxy.port);
  return {
    config: configOf(definition, address.href),
    faults: [...serverFaults(server), ...networkFaults(proxy)],
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

function serverFaults(server: TestServer): readonly Fault[] {
  return [
    {
      name: 'the server is killed and started again',
      async inject() {
        await server.kill9();
        await server.restart();
      },
    },
    {
      name: 'the server stands still',
      async inject() {
        await server.pause();
        await sleep(AWAY_MS);
        await server.resume();
      },
    },
  ];
}

function networkFaults(proxy: FaultProxy): readonly Fault[] {
  const forAWhile = (name: string, fault: Parameters<FaultProxy['set']>[0]): Fault => ({
    name,
    async inject() {
      proxy.set(fault);
      await sleep(AWAY_MS);
      proxy.restore();
    },
  });
  return [
    { name: 'all connections are reset', inject: async () => proxy.reset() },
    { name: 'all connections are half open', inject: async () => proxy.halfOpen() },
    forAWhile('a reply is lost with its connection', { kind: 'drop-reply', ending: 'cut', request: 5 }),
    forAWhile('a reply is lost in silence', { kind: 'drop-reply', ending: 'silence', request: 5 }),
    forAWhile('a request is lost', { kind: 'drop-request', request: 5 }),
    forAWhile('a connection ends in the middle', { kind: 'cut-after', direction: 'up', bytes: 5_000 }),
    forAWhile('everything is late', { kind: 'delay', ms: 100 }),
    forAWhile('nothing passes', { kind: 'black-hole' }),
    forAWhile('new connections are refused', { kind: 'refuse' }),
  ];
}
