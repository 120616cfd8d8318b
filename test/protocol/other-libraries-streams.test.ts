// What user functions on libraries of others do over several streams and commands.
import type { ServiceError } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { SPEC } from '../support/hostile-function.ts';
import { InProcessProxy, startWithoutServing } from '../support/in-process-proxy.ts';
import { answer, ask, kept } from '../support/probe-messages.ts';
import { probeRoot } from '../support/probe.ts';
import { answerOf, echo, type EventSourcedStream, ScriptedFunction } from '../support/scripted-function.ts';

/** A proxy before a user function, and a client that resolves with texts of replies and of errors. */
async function world(userFunction: ScriptedFunction, settings: Readonly<Record<string, string | number>> = {}) {
  const proxy = await InProcessProxy.start(userFunction.port, { 'shutdown.drain': '50ms', ...settings });
  const client = new GrpcClient(proxy.apiPort, probeRoot(), 'stategate.test.Probe');
  return {
    proxy,
    run: (id: string, text = id): Promise<unknown> =>
      client.call('Run', { id, text }).then(
        (reply) => reply['text'],
        ({ code, details }: ServiceError) => `${code} ${details}`,
      ),
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await proxy[Symbol.asyncDispose]();
      await userFunction[Symbol.asyncDispose]();
    },
  };
}

describe('Python serves ten streams at a time', () => {
  const ids = Array.from({ length: 12 }, (_, n) => `e${n}`);
  const withTenThreads = (passivationMs: number): Promise<ScriptedFunction> => {
    let open = 0;
    const waiting: EventSourcedStream[] = [];
    const serve = (stream: EventSourcedStream): void => {
      open += 1;
      echo(stream);
      stream.raw.once('close', () => {
        open -= 1;
        const next = waiting.shift();
        if (next !== undefined) serve(next);
      });
    };
    const [probe] = SPEC.entities ?? [];
    const passivationStrategy = { timeout: { timeout: passivationMs } };
    return ScriptedFunction.start({
      spec: { ...SPEC, entities: [{ ...probe, passivationStrategy }] },
      eventSourced: (stream) => void (open < 10 ? serve(stream) : waiting.push(stream)),
    });
  };

  test('and the others wait in vain', async () => {
    await using python = await world(await withTenThreads(60_000), { 'userFunction.commandTimeout': '2s' });
    expect(await Promise.all(ids.slice(0, 10).map((id) => python.run(id)))).toEqual(ids.slice(0, 10));
    const late = '4 the user function did not answer within 2000 ms (userFunction.commandTimeout)';
    expect(await python.run('e10')).toBe(late);
    expect(await python.run('e0', 'still')).toBe('still');
  });

  test('and the others get their turn when some are passivated', async () => {
    await using python = await world(await withTenThreads(100));
    expect(await Promise.all(ids.map((id) => python.run(id)))).toEqual(ids);
  });
});

describe('Python offers a snapshot with every reply and cannot read one', () => {
  const snapshots = (): Promise<ScriptedFunction> =>
    ScriptedFunction.start({
      eventSourced(stream) {
        stream.onMessage(({ init, command }) => {
          if (init?.snapshot != null) stream.raw.emit('error', { code: 2, details: 'cannot unpack' });
          if (command == null) return;
          const reply = { commandId: command.id ?? 0, clientAction: { reply: { payload: answerOf(command) } } };
          stream.send({ reply: { ...reply, events: [kept('e')], snapshot: kept('s') } });
          stream.raw.end();
        });
      },
    });

  test('few are stored as long as the proxy decides', async () => {
    await using python = await world(await snapshots());
    for (const text of ['a', 'b', 'c']) expect(await python.run('e', text)).toBe(text);
  });

  test('and the entity cannot be opened any more when all are', async () => {
    await using python = await world(await snapshots(), { 'snapshots.policy': 'always' });
    expect(await python.run('e')).toBe('e');
    for (const _ of [1, 2]) expect(await python.run('e')).toBe('2 Unexpected entity termination');
    expect(await python.run('other')).toBe('other');
  });
});

test('Node declares CRDTs and actions of an older protocol: they are refused by name', async () => {
  const entities = [{ entityType: 'cloudstate.function.StatelessFunction', serviceName: 'stategate.test.ProbeAction' }];
  await using userFunction = await ScriptedFunction.start({ spec: { ...SPEC, entities } });
  const proxy = await startWithoutServing(userFunction.port, {});
  const reason = await new Promise<string>((resolve) => proxy.onRefused(resolve));
  expect(reason).toContain(
    'Service [stategate.test.ProbeAction] has declared an unsupported entity type [cloudstate.function.StatelessFunction]',
  );
  await eventually(() => userFunction.reported.includes(reason));
  await proxy.drain();
});

test.each([
  ['Node sends each effect of a stream by itself, and a failure ends it', false],
  ['Go sends a failure twice', true],
])('%s', async (_, twice) => {
  const failure = { failure: { description: 'no more' } };
  const effect = { serviceName: 'stategate.test.ProbeAction', commandName: 'Run', payload: ask('e', {}) };
  await using userFunction = await ScriptedFunction.start({
    action: () => ({ reply: { payload: answer('effect') } }),
    actionStream: (stream) => {
      const messages = [{ sideEffects: [effect] }, { reply: { payload: answer('one') } }, failure];
      for (const message of twice ? [...messages, failure] : messages) stream.send(message);
      stream.raw.end();
    },
  });
  await using proxy = await InProcessProxy.start(userFunction.port, { 'shutdown.drain': '50ms' });
  using client = new GrpcClient(proxy.apiPort, probeRoot(), 'stategate.test.ProbeAction');
  const call = client.open('Watch');
  call.send({ id: 'w' });
  call.halfClose();
  expect(await call.rest()).toEqual([{ text: 'one' }]);
  expect(await call.status).toMatchObject({ code: 2, details: 'no more' });
});

test('Go ends its whole process at a payload that it does not know: every stream ends at once, and comes back', async () => {
  const first = await ScriptedFunction.start({ eventSourced: () => undefined });
  await using go = await world(first);
  const calls = ['a', 'b', 'c'].map((id) => go.run(id));
  await new Promise((resolve) => setTimeout(resolve, 200));
  first.kill();
  expect(await Promise.all(calls)).toEqual(calls.map(() => '2 Unexpected entity termination'));
  await using _second = await ScriptedFunction.start({ eventSourced: echo }, first.port);
  await go.proxy.ready();
  expect(await Promise.all(['a', 'b', 'c'].map((id) => go.run(id)))).toEqual(['a', 'b', 'c']);
});

test('a user function that does not read what is replayed is given up, and may read it later', async () => {
  let lives = 0;
  let events = 0;
  await using slow = await world(
    await ScriptedFunction.start({
      eventSourced(stream) {
        lives += 1;
        // HTTP/2 tells the proxy that nobody reads.
        if (lives === 2) return;
        stream.onMessage(({ event, command }) => {
          if (event != null) events += 1;
          if (command == null) return;
          const reply = { commandId: command.id ?? 0, clientAction: { reply: { payload: answerOf(command) } } };
          const kilobytes = Array.from({ length: 1_500 }, () => ({ typeUrl: 'x', value: Buffer.alloc(2_000) }));
          stream.send({ reply: { ...reply, events: lives === 1 ? kilobytes : [] } });
          if (lives === 1) stream.raw.end();
        });
        stream.raw.on('end', () => stream.raw.end());
      },
    }),
    { 'userFunction.commandTimeout': '3s' },
  );
  expect(await slow.run('e', 'one')).toBe('one');
  const unread = 'the user function did not read its events within 3000 ms (userFunction.commandTimeout)';
  expect(await slow.run('e', 'two')).toBe(`4 ${unread}`);
  expect(slow.proxy.log).toContain(`"details":"${unread}","msg":"recovery failed"`);
  expect(await slow.run('e', 'three')).toBe('three');
  expect(events).toBe(1_500);
});
