import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { type ProxyProcess, startProxy } from '../support/proxy-process.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { Running } from '@stategate/user-function';
import { serveModel } from '../../examples/tck-model/model.ts';
import { loadSchema } from '../../src/tck/schema.ts';

const CRDT_MODEL = 'cloudstate.tck.model.crdt.CrdtTckModel';
const root = loadSchema();
let running: Running;
beforeAll(async () => {
  running = await serveModel({ host: '127.0.0.1', port: 0 });
});
afterAll(() => running.close({ graceMs: 50 }));

/** One change of each type, and what is read afterwards. */
const TYPES: readonly (readonly [id: string, update: object, state: object])[] = [
  ['GCounter-1', { gcounter: { increment: 3 } }, { gcounter: { value: '3' } }],
  ['PNCounter-1', { pncounter: { change: -3 } }, { pncounter: { value: '-3' } }],
  ['GSet-1', { gset: { add: 'a' } }, { gset: { elements: ['a'] } }],
  ['ORSet-1', { orset: { add: 'a' } }, { orset: { elements: ['a'] } }],
  ['LWWRegister-1', { lwwregister: { value: 'a' } }, { lwwregister: { value: 'a' } }],
  ['Flag-1', { flag: {} }, { flag: { value: true } }],
  [
    'ORMap-1',
    { ormap: { update: { key: 'GCounter-k', update: { gcounter: { increment: 2 } } } } },
    { ormap: { entries: [{ key: 'GCounter-k', value: { gcounter: { value: '2' } } }] } },
  ],
  ['Vote-1', { vote: { selfVote: true } }, { vote: { selfVote: true, votesFor: 1, totalVoters: 1 } }],
];

async function state(client: GrpcClient, id: string, ...actions: readonly object[]): Promise<object> {
  return ((await client.call('Process', { id, actions })) as { state: object }).state;
}

describe.each(['sqlite', 'inmemory'] as const)('all types (%s)', (store) => {
  test('live through passivation, and a deletion stays one', async () => {
    using dir = tempDir();
    const settings = {
      store: store === 'sqlite' ? `sqlite:${dir.file('state.db')}` : store,
      'entities.passivationTimeout': '50ms',
    };
    await using proxy = await InProcessProxy.start(running.port, settings);
    using client = new GrpcClient(proxy.apiPort, root, CRDT_MODEL);
    for (const [id, update] of TYPES) await state(client, id, { update });
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const [id, , after] of TYPES) expect(await state(client, id)).toEqual(after);
    await state(client, 'GCounter-1', { delete: {} });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(state(client, 'GCounter-1')).rejects.toMatchObject({ details: 'Entity deleted' });
  });
});

test('the next proxy finds what the one before has stored, and counts in the same slots', async () => {
  using dir = tempDir();
  for (let restart = 0; restart < 3; restart++) {
    await using proxy = await InProcessProxy.start(running.port, { store: `sqlite:${dir.file('state.db')}` });
    using client = new GrpcClient(proxy.apiPort, root, CRDT_MODEL);
    for (const [id, , after] of TYPES.slice(3)) if (restart > 0) expect(await state(client, id)).toEqual(after);
    if (restart === 0) for (const [id, update] of TYPES) await state(client, id, { update });
    const counted = await state(client, 'GCounter-2', { update: { gcounter: { increment: 1 } } });
    expect(counted).toEqual({ gcounter: { value: String(restart + 1) } });
    // A vote has one voter, whatever the number of starts.
    if (restart > 0) expect(await state(client, 'Vote-1')).toMatchObject({ vote: { votesFor: 1, totalVoters: 1 } });
  }
});

test('kill -9 of the proxy loses nothing that a caller was told', { timeout: 90_000 }, async () => {
  using dir = tempDir();
  const start = async (): Promise<ProxyProcess> =>
    (await startProxy({ userFunctionPort: running.port, store: `sqlite:${dir.file('state.db')}` })).ready();
  const acknowledged = new Map<string, number>();
  const ids = Array.from({ length: 10 }, (_, n) => `PNCounter-${n}`);
  {
    await using proxy = await start();
    using client = new GrpcClient(proxy.apiPort, root, CRDT_MODEL);
    const change = async (id: string): Promise<void> => {
      try {
        for (;;) {
          await state(client, id, { update: { pncounter: { change: 1 } } });
          acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1);
        }
      } catch {
        // The proxy is gone.
      }
    };
    const callers = [...ids, ...ids, ...ids].map((id) => change(id));
    await eventually(
      () => acknowledged.size === ids.length && acknowledged.values().every((count) => count >= 10),
      40_000,
    );
    await proxy.process.kill('SIGKILL');
    await Promise.all(callers);
  }
  await using proxy = await start();
  using client = new GrpcClient(proxy.apiPort, root, CRDT_MODEL);
  expect(acknowledged.size).toBe(ids.length);
  for (const [id, count] of acknowledged) {
    const { pncounter } = (await state(client, id)) as { pncounter: { value: string } };
    // What was under way when it was killed may have become durable: one command of each of three callers.
    expect(Number(pncounter.value)).toBeGreaterThanOrEqual(count);
    expect(Number(pncounter.value)).toBeLessThanOrEqual(count + 3);
  }
});
