// Absence checks: whoever breaks one rule of the protocol fails the cases that are about it, and passes others.
import { judge, modelCases, ModelWorld, proxyCases, ProxyWorld } from '@stategate/tck';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveModel } from '../../../examples/tck-model/model.ts';
import { InProcessProxy } from '../../support/in-process-proxy.ts';
import { type Change, Meddler, type Meddling } from '../../support/meddler.ts';
import { freePort } from '../../support/ports.ts';

type Message = Record<string, Record<string, unknown>>;

/** Changes one part of the messages that have it. */
const part = (name: string, change: (value: Record<string, unknown>) => object): Change => {
  return (_, message) => {
    const value = (message as Message)[name];
    return [value === undefined ? message : { ...message, [name]: change(value) }];
  };
};
const without = (...names: readonly string[]) => {
  return (value: object) => Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
};
/** Messages with such a part go twice. */
const twice = (name: string): Change => {
  return (_, message) => (name in message ? [message, message] : [message]);
};

let functionPort: number;
const resources = new AsyncDisposableStack();
beforeAll(async () => {
  const running = await serveModel({ host: '127.0.0.1', port: 0 });
  resources.defer(() => running.close({ graceMs: 50 }));
  functionPort = running.port;
});
afterAll(() => resources.disposeAsync());

interface Broken extends Meddling {
  readonly what: string;
  readonly fails: string;
  /** Is none of its business. */
  readonly passes: string;
}

describe('a user function', () => {
  test.each<Broken>([
    {
      what: 'forgets side effects',
      out: (rpc, message) => [rpc === 'handleUnary' ? without('sideEffects')(message) : message],
      fails: 'action: verify unary command reply with side effect',
      passes: 'action: verify unary command reply',
    },
    {
      what: 'sends an answer twice',
      out: twice('reply'),
      fails: 'value entity: verify initial empty state',
      passes: 'value entity: verify entity discovery',
    },
    {
      what: 'has no snapshots',
      out: part('reply', without('snapshot')),
      fails: 'event sourced: verify multiple emitted events and snapshots',
      passes: 'event sourced: verify multiple emitted events',
    },
    {
      what: 'keeps what was deleted',
      out: part('reply', without('stateAction')),
      fails: 'value entity: verify delete state',
      passes: 'value entity: verify initial empty state',
    },
    {
      what: 'does not say that it streams',
      out: part('reply', without('streamed')),
      fails: 'CRDT: verify streamed responses',
      passes: 'CRDT: verify GCounter state changes',
    },
    {
      what: 'overlooks deltas',
      in: (_, message) => ('delta' in message ? [] : [message]),
      fails: 'CRDT: verify ORSet mix of local and replicated state changes',
      passes: 'CRDT: verify ORSet state changes',
    },
    {
      what: 'declares no time of passivation',
      out: (rpc, message) => {
        if (rpc !== 'discover') return [message];
        return [{ ...message, entities: (message['entities'] as object[]).map(without('passivationStrategy')) }];
      },
      fails: 'CRDT: verify CRDT configured entity',
      passes: 'CRDT: verify CRDT entity discovery',
    },
  ])('that $what', async ({ fails, passes, ...meddling }) => {
    await using meddler = await Meddler.start(functionPort, meddling);
    await using world = await ModelWorld.start(`127.0.0.1:${meddler.port}`, 5_000);
    const outcome = async (name: string) => (await judge(world, named(modelCases, name))).outcome;
    expect([await outcome(fails), await outcome(passes)]).toEqual(['fail', 'pass']);
  });
});

describe('a proxy', () => {
  const bare = { entries: [{ key: 'x', stringValue: 'y' }] };
  test.each<Broken>([
    {
      what: 'hands its headers to entities',
      in: part('command', (command) => ({ ...command, metadata: bare })),
      fails: 'value entity: verify state changes',
      passes: 'action: verify unary command processing',
    },
    {
      what: 'leaves the state of a new value entity out',
      in: part('init', without('state')),
      fails: 'value entity: verify passivation timeout',
      passes: 'event sourced: verify passivation timeout',
    },
    {
      what: 'counts commands from 2',
      in: part('command', (command) => ({ ...command, id: Number(command['id']) + 1 })),
      out: part('reply', (reply) => ({ ...reply, commandId: Number(reply['commandId']) - 1 })),
      fails: 'event sourced: verify state changes',
      passes: 'action: verify unary failures',
    },
    {
      what: 'speaks another version',
      in: (rpc, message) => [rpc === 'discover' ? { ...message, protocolMinorVersion: 1 } : message],
      fails: 'discovery: verify proxy info and entity discovery',
      passes: 'reflection: verify that the proxy supports server reflection',
    },
    {
      what: 'gives the first message of a stream of requests a payload',
      in: (rpc, message) => {
        const isHead = rpc === 'handleStreamedIn' && 'name' in message;
        return [isHead ? { ...message, payload: { string: 'x' } } : message];
      },
      fails: 'action: verify streamed-in command processing',
      passes: 'action: verify streamed command processing',
    },
    {
      what: 'echoes the changes of a CRDT',
      in: (_, message) => ('command' in message ? [message, { delta: { pncounter: {} } }] : [message]),
      fails: 'CRDT: verify state changes',
      passes: 'action: verify unary failures',
    },
  ])('that $what', async ({ fails, passes, ...meddling }) => {
    await using stack = new AsyncDisposableStack();
    const apiPort = await freePort();
    const world = stack.use(
      await ProxyWorld.start(
        {
          proxy: `127.0.0.1:${apiPort}`,
          userFunction: `127.0.0.1:${functionPort}`,
          listen: '127.0.0.1:0',
          waitMs: 10_000,
        },
        async (port) => {
          const meddler = stack.use(await Meddler.start(port, meddling));
          stack.use(await InProcessProxy.start(meddler.port, { 'api.port': apiPort }));
        },
      ),
    );
    const outcome = async (name: string) => (await judge(world, named(proxyCases, name))).outcome;
    expect([await outcome(fails), await outcome(passes)]).toEqual(['fail', 'pass']);
  });
});

test('a call that nothing asked for fails the case that it comes in', async () => {
  await using stack = new AsyncDisposableStack();
  const apiPort = await freePort();
  let discoverAgain: () => Promise<unknown> = () => Promise.resolve();
  const world = stack.use(
    await ProxyWorld.start(
      {
        proxy: `127.0.0.1:${apiPort}`,
        userFunction: `127.0.0.1:${functionPort}`,
        listen: '127.0.0.1:0',
        waitMs: 10_000,
      },
      async (port) => {
        stack.use(await InProcessProxy.start(port, { 'api.port': apiPort }));
        discoverAgain = async () => stack.use(await ModelWorld.start(`127.0.0.1:${port}`, 1_000));
      },
    ),
  );
  const quiet = named(proxyCases, 'action: verify unary command processing');
  expect(await judge(world, quiet)).toMatchObject({ outcome: 'pass' });
  const loud = {
    ...quiet,
    run: async (one: ProxyWorld) => void (await Promise.all([quiet.run(one), discoverAgain()])),
  };
  expect(await judge(world, loud)).toMatchObject({ outcome: 'fail' });
});

function named<One extends { readonly suite: string; readonly name: string }>(
  cases: readonly One[],
  full: string,
): One {
  const found = cases.find(({ suite, name }) => `${suite}: ${name}` === full);
  if (found === undefined) throw new Error(`there is no case "${full}"`);
  return found;
}
