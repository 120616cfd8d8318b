import { describe, expect, test } from 'vitest';
import { type ClientAction, NOT_RUNNING, type SideEffect } from '../../../../src/proxy/entities/outcome.ts';
import type { PendingCommand } from '../../../../src/proxy/entities/stash.ts';
import { readEntitySpec } from '../../../../src/proxy/protocol/discovery.ts';
import type { ServiceMethod, ServiceModel } from '../../../../src/proxy/protocol/service-model.ts';
import { EffectRunner } from '../../../../src/proxy/routing/effects.ts';
import type { ReplySink } from '../../../../src/proxy/routing/command.ts';
import { Router } from '../../../../src/proxy/routing/router.ts';
import type { Step } from '../../../../src/proxy/routing/step.ts';
import { Code, OK, type Status } from '../../../../src/proxy/transport/call.ts';
import { probeSpec } from '../../../support/scripted-function.ts';

const { model } = readEntitySpec(probeSpec(), true);
const ask = (id: string): Uint8Array => Buffer.concat([Buffer.from([0x0a, id.length]), Buffer.from(id)]);
const reply = (text: string): ClientAction => ({
  type: 'reply',
  payload: { typeUrl: 'type.googleapis.com/stategate.test.Answer', value: Buffer.from(text) },
  metadata: [],
});
const effect = (id: string, synchronous: boolean): SideEffect => ({
  serviceName: 'stategate.test.Probe',
  commandName: 'Other',
  payload: { typeUrl: 't', value: ask(id) },
  metadata: [],
  synchronous,
});

interface Answer {
  readonly action: ClientAction;
  readonly sideEffects?: readonly SideEffect[];
  readonly afterMs?: number;
}

/** A router whose entities answer from a script, by entity id; what is sent and done is written down in order. */
function harness(
  answers: Readonly<Record<string, Answer | Status>>,
  options: { relayTimeoutMs?: number; forwardMax?: number } = {},
) {
  const events: string[] = [];
  const reported: string[] = [];
  const region = {
    size: 0,
    completeStreams: () => undefined,
    passivateIdle: () => 0,
    drain: () => Promise.resolve(),
    drop: () => undefined,
    handle(entityId: string, command: PendingCommand) {
      events.push(`${command.name} ${entityId}`);
      const answer = answers[entityId];
      if (answer === undefined) return;
      const done = (): void => {
        events.push(`done ${entityId}`);
        if (!('code' in answer)) command.answer({ action: answer.action, sideEffects: answer.sideEffects ?? [] });
        command.end('code' in answer ? answer : OK);
      };
      if ('code' in answer || answer.afterMs === undefined) done();
      else setTimeout(done, answer.afterMs);
    },
  };
  const router = new Router({
    model,
    regions: new Map([['stategate.test.Probe', region]]),
    openAction: () => ({ ...NOT_RUNNING, send: () => true, halfClose: () => undefined }),
    effects: new EffectRunner(2, () => events.push('dropped')),
    forwardMax: options.forwardMax ?? 16,
    relayTimeoutMs: options.relayTimeoutMs ?? 5_000,
    refusal: () => undefined,
    reportError: (message) => reported.push(message),
  });
  const run = (id: string): Promise<{ messages: string[]; status: Status }> =>
    new Promise((resolve) => {
      const messages: string[] = [];
      router.dispatch(
        methodOf(model, 'stategate.test.Probe', 'Run'),
        ask(id),
        { metadata: [], deadline: Infinity },
        {
          message: (payload) => messages.push(Buffer.from(payload).toString()) > 0,
          end(status) {
            events.push('end');
            resolve({ messages, status });
          },
        },
      );
    });
  return { run, events, reported };
}

function methodOf({ services }: ServiceModel, service: string, name: string): ServiceMethod {
  const method = services.get(service)?.methods.get(name);
  if (method === undefined) throw new Error(name);
  return method;
}

describe('side effects', () => {
  test('synchronous ones are awaited in their order, before the reply', async () => {
    const { run, events } = harness({
      a: { action: reply('A'), sideEffects: [effect('b', true), effect('c', true)] },
      b: { action: reply('B'), afterMs: 20 },
      c: { action: reply('C'), afterMs: 5 },
    });
    expect(await run('a')).toEqual({ messages: ['A'], status: { code: Code.OK, message: '' } });
    expect(events).toEqual(['Run a', 'done a', 'Other b', 'done b', 'Other c', 'done c', 'end']);
  });

  test('asynchronous ones are not awaited', async () => {
    const { run, events } = harness({
      a: { action: reply('A'), sideEffects: [effect('b', false)] },
      b: { action: reply('B'), afterMs: 30 },
    });
    await run('a');
    expect(events).toEqual(['Run a', 'done a', 'Other b', 'end']);
  });

  test('they are carried out although the command fails', async () => {
    const failure: ClientAction = { type: 'failure', description: 'no', restart: false };
    const { run, events } = harness({
      a: { action: failure, sideEffects: [effect('b', true)] },
      b: { action: reply('B') },
    });
    expect((await run('a')).status).toEqual({ code: Code.UNKNOWN, message: 'no', bare: true, answered: true });
    expect(events).toContain('done b');
  });

  test('that one fails as a command is ignored, that it cannot be asked fails the call', async () => {
    const failed = { code: Code.UNKNOWN, message: 'not me', bare: true } as const;
    const { run } = harness({ a: { action: reply('A'), sideEffects: [effect('b', true)] }, b: failed });
    expect((await run('a')).messages).toEqual(['A']);
    const gone = { code: Code.UNAVAILABLE, message: 'store' } as const;
    const other = harness({ a: { action: reply('A'), sideEffects: [effect('b', true)] }, b: gone });
    expect(await other.run('a')).toEqual({ messages: [], status: gone });
  });

  test('so many run, as many wait, the rest is dropped', async () => {
    const sideEffects = ['b', 'c', 'd', 'e', 'f'].map((id) => effect(id, false));
    const slow = { action: reply(''), afterMs: 10 };
    const { run, events } = harness({
      a: { action: reply('A'), sideEffects },
      b: slow,
      c: slow,
      d: slow,
      e: slow,
      f: slow,
    });
    await run('a');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(events.filter((event) => event.startsWith('Other'))).toEqual(['Other b', 'Other c', 'Other d', 'Other e']);
    expect(events).toContain('dropped');
  });
});

describe('forwards', () => {
  const forward = (id: string, commandName = 'Run'): ClientAction => ({
    type: 'forward',
    serviceName: 'stategate.test.Probe',
    commandName,
    payload: { typeUrl: 't', value: ask(id) },
    metadata: [],
  });

  test('the reply of the last is the reply', async () => {
    const { run } = harness({ a: { action: forward('b') }, b: { action: forward('c') }, c: { action: reply('C') } });
    expect((await run('a')).messages).toEqual(['C']);
  });

  test('to a command that is not there is told to the caller and the user function', async () => {
    const { run, reported } = harness({ a: { action: forward('b') }, b: { action: forward('c', 'Nope') } });
    const text =
      'Service [stategate.test.Probe] does not have a command named: [Nope]\n  forwarded from stategate.test.Probe.Run\n  forwarded from stategate.test.Probe.Run';
    expect((await run('a')).status).toEqual({ code: Code.UNIMPLEMENTED, message: text });
    expect(reported).toEqual([text]);
  });

  test('may not go on for ever', async () => {
    const { run } = harness({ a: { action: forward('a') } }, { forwardMax: 3 });
    expect((await run('a')).status).toMatchObject({
      code: Code.FAILED_PRECONDITION,
      message: expect.stringContaining('more than 3'),
    });
  });
});

test('an empty client action ends the call without a message', async () => {
  const { run } = harness({ a: { action: { type: 'none' } } });
  expect(await run('a')).toEqual({ messages: [], status: { code: Code.OK, message: '' } });
});

test('a reply of another type passes, with a warning to the user function', async () => {
  const action: ClientAction = {
    type: 'reply',
    payload: { typeUrl: 'type.googleapis.com/x.Y', value: Buffer.from('y') },
    metadata: [],
  };
  const { run, reported } = harness({ a: { action } });
  expect((await run('a')).messages).toEqual(['y']);
  expect(reported).toEqual([
    'Warning: stategate.test.Probe.Run: Expected reply type_url to be [type.googleapis.com/stategate.test.Answer] but was [type.googleapis.com/x.Y].',
  ]);
});

test('an entity that does not answer ends the call in time', async () => {
  const { run } = harness({}, { relayTimeoutMs: 30 });
  expect((await run('a')).status).toEqual({ code: Code.DEADLINE_EXCEEDED, message: 'no answer within 30 ms' });
});

describe('a stream of answers', () => {
  const answer = (text: string) => ({ action: reply(text), sideEffects: [] });

  /** A router with one action, `Watch`; the test plays its user function through `step`, and its caller through `sink`. */
  function watching(sink: Partial<ReplySink> = {}) {
    const seen: string[] = [];
    const told = { resumed: 0, cancelled: 0 };
    let step: Step | undefined;
    const router = new Router({
      model,
      regions: new Map(),
      openAction(_method, _metadata, answers) {
        step = answers as Step;
        return {
          send: () => true,
          halfClose: () => undefined,
          cancel: () => (told.cancelled += 1),
          resume: () => (told.resumed += 1),
        };
      },
      effects: new EffectRunner(1, () => undefined),
      forwardMax: 1,
      relayTimeoutMs: 5_000,
      refusal: () => undefined,
      reportError: () => undefined,
    });
    const method = methodOf(model, 'stategate.test.ProbeAction', 'Watch');
    const running = router.dispatch(
      method,
      ask('a'),
      { metadata: [], deadline: Infinity },
      {
        message: (payload) => seen.push(Buffer.from(payload).toString()) > 0,
        end: ({ code, message }) => seen.push(`${code} ${message}`),
        ...sink,
      },
    );
    if (step === undefined) throw new Error('the action was not called');
    return { step, running, seen, told };
  }

  test('waits for a caller that takes no more, and tells both sides', () => {
    let takes = false;
    const { step, running, seen, told } = watching({
      message: (payload) => {
        seen.push(Buffer.from(payload).toString());
        return takes;
      },
    });
    expect([step.answer(answer('1')), step.answer(answer('2'))]).toEqual([false, false]);
    step.end(OK);
    expect(seen).toEqual(['1']);
    running.resume();
    expect(seen).toEqual(['1', '2']);
    expect(told.resumed).toBe(0);
    takes = true;
    running.resume();
    expect(seen).toEqual(['1', '2', '0 ']);
  });

  test('goes on when the caller does', () => {
    const { step, running, told } = watching({ message: () => false });
    expect(step.answer(answer('1'))).toBe(false);
    running.resume();
    expect(told).toEqual({ resumed: 1, cancelled: 0 });
  });

  test('is bounded, even when the user function cannot be slowed down', () => {
    const { step, seen, told } = watching({ message: () => false });
    for (let i = 0; i < 1_002; i += 1) step.answer(answer('x'));
    expect(seen).toEqual([`${Code.RESOURCE_EXHAUSTED} 1000 replies already wait for a slow caller`]);
    expect(told.cancelled).toBe(1);
    expect(step.answer(answer('later'))).toBe(true);
    expect(seen).toHaveLength(1);
  });

  test('is not given to a caller that has cancelled', () => {
    const { step, running, seen, told } = watching();
    running.cancel();
    step.answer(answer('1'));
    step.end(OK);
    expect([seen, told.cancelled]).toEqual([[], 1]);
  });
});
