import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import type { cloudstate } from '@stategate/protocol';
import type protobufjs from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { GrpcClient } from '../support/grpc-client.ts';
import { InProcessProxy, startWithoutServing } from '../support/in-process-proxy.ts';
import { compileProtos } from '../support/proto-model.ts';
import { probeRoot } from '../support/probe.ts';
import {
  answerOf,
  echo,
  type EventSourcedStream,
  probeDescriptors,
  probeSpec,
  ScriptedFunction,
} from '../support/scripted-function.ts';
import { eventually } from '../support/eventually.ts';

const root: protobufjs.Root = probeRoot();
const STREAM = 'cloudstate.eventsourced.EventSourced';

describe('what one entity does wrong is told to its caller, and hurts nobody else', () => {
  const answers: readonly [
    string,
    (stream: EventSourcedStream, command: cloudstate.Command.$Properties) => void,
    number,
    string,
  ][] = [
    [
      'the wrong command id',
      (stream, command) => stream.send({ reply: { commandId: (command.id ?? 0) + 1 } }),
      grpcStatus.UNKNOWN,
      'Unexpected entity reply',
    ],
    ['an empty message', (stream) => stream.send({}), grpcStatus.UNKNOWN, 'Unexpected entity message'],
    [
      'bytes that are no message',
      (stream) => stream.send(Buffer.from([0x0a, 0xff, 0xff])),
      grpcStatus.UNKNOWN,
      'Unexpected entity message',
    ],
    [
      'a failure of its command',
      (stream, command) => stream.send({ failure: { commandId: command.id ?? 0, description: 'secret' } }),
      grpcStatus.UNKNOWN,
      'Unexpected entity failure',
    ],
    [
      'a failure of no command',
      (stream) => stream.send({ failure: { description: 'secret' } }),
      grpcStatus.UNKNOWN,
      'Unexpected entity failure',
    ],
    ['the end of its stream', (stream) => stream.raw.end(), grpcStatus.UNKNOWN, 'Unexpected entity termination'],
    [
      'an error of its stream',
      (stream) => stream.raw.emit('error', { code: grpcStatus.INTERNAL, details: 'oops' }),
      grpcStatus.UNKNOWN,
      'Unexpected entity termination',
    ],
    [
      'a command failure',
      (stream, command) =>
        stream.send({ reply: { commandId: command.id ?? 0, clientAction: { failure: { description: 'not today' } } } }),
      grpcStatus.UNKNOWN,
      'not today',
    ],
    [
      'silence',
      () => undefined,
      grpcStatus.DEADLINE_EXCEEDED,
      'the user function did not answer within 300 ms (userFunction.commandTimeout)',
    ],
    [
      'a forward to nowhere',
      (stream, command) =>
        stream.send({
          reply: {
            commandId: command.id ?? 0,
            clientAction: { forward: { serviceName: 'no.Where', commandName: 'Go' } },
          },
        }),
      grpcStatus.UNIMPLEMENTED,
      'Service [no.Where] unknown\n  forwarded from stategate.test.Probe.Run',
    ],
    [
      'a forward to itself, for ever',
      (stream, command) =>
        stream.send({
          reply: {
            commandId: command.id ?? 0,
            clientAction: {
              forward: { serviceName: 'stategate.test.Probe', commandName: 'Run', payload: command.payload ?? null },
            },
          },
        }),
      grpcStatus.FAILED_PRECONDITION,
      'more than 16 forwards',
    ],
  ];

  test.each(answers)('%s', async (_, misbehave, code, details) => {
    await using userFunction = await ScriptedFunction.start({
      eventSourced(stream) {
        stream.onMessage(({ command }) => {
          if (command == null) return;
          if (command.entityId === 'bad') misbehave(stream, command);
          else
            stream.send({
              reply: { commandId: command.id ?? 0, clientAction: { reply: { payload: answerOf(command) } } },
            });
        });
        stream.raw.on('end', () => stream.raw.end());
      },
    });
    await using proxy = await InProcessProxy.start(userFunction.port, {
      'userFunction.commandTimeout': '300ms',
      'userFunction.closeGrace': '300ms',
    });
    using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
    expect(await client.call('Run', { id: 'good', text: 'before' })).toEqual({ text: 'before' });
    const bad = await fails(client.call('Run', { id: 'bad', text: 'x' }));
    expect(bad.code).toBe(code);
    expect(bad.details).toContain(details);
    // The entity begins a new life with the next command, and makes the same mistake.
    expect((await fails(client.call('Run', { id: 'bad', text: 'again' }))).code).toBe(code);
    expect(await client.call('Run', { id: 'good', text: 'after' })).toEqual({ text: 'after' });
  });

  test('commands that wait behind a crash get the fixed text', async () => {
    const streams: EventSourcedStream[] = [];
    await using userFunction = await ScriptedFunction.start({ eventSourced: (stream) => void streams.push(stream) });
    await using proxy = await InProcessProxy.start(userFunction.port);
    using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
    const calls = ['a', 'b', 'c'].map((text) => fails(client.call('Run', { id: 'one', text })));
    const stream = await eventually(() => streams[0]);
    stream.onMessage(
      ({ command }) => command != null && setTimeout(() => stream.send({ reply: { commandId: 99 } }), 100),
    );
    expect((await Promise.all(calls)).map(({ details }) => details)).toEqual([
      'Unexpected entity reply',
      'Entity terminated',
      'Entity terminated',
    ]);
  });

  test('the stash is bounded, and says so', async () => {
    await using userFunction = await ScriptedFunction.start({ eventSourced: () => undefined });
    await using proxy = await InProcessProxy.start(userFunction.port, {
      'entities.stashMax': 3,
      'userFunction.commandTimeout': '400ms',
    });
    using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
    const calls = Array.from({ length: 8 }, () => fails(client.call('Run', { id: 'one' })));
    const codes = (await Promise.all(calls)).map(({ code }) => code);
    expect(codes.filter((code) => code === grpcStatus.RESOURCE_EXHAUSTED)).toHaveLength(4);
  });

  test('the caller gets its own deadline, the entity goes on', async () => {
    await using userFunction = await ScriptedFunction.start({
      eventSourced(stream) {
        stream.onMessage(({ command }) => {
          if (command != null)
            setTimeout(
              () =>
                stream.send({
                  reply: { commandId: command.id ?? 0, clientAction: { reply: { payload: answerOf(command) } } },
                }),
              300,
            );
        });
        stream.raw.on('end', () => stream.raw.end());
      },
    });
    await using proxy = await InProcessProxy.start(userFunction.port);
    using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
    expect((await fails(client.call('Run', { id: 'slow' }, { deadlineMs: 100 }))).code).toBe(
      grpcStatus.DEADLINE_EXCEEDED,
    );
    expect(await client.call('Run', { id: 'slow', text: 'patient' })).toEqual({ text: 'patient' });
  });
});

const CRDT = 'cloudstate.crdt.Crdt';
const KEYLESS = `
  syntax = "proto3";
  package test;
  message Nothing {}
  service Keyless {
    rpc One(Nothing) returns (Nothing);
    rpc Two(Nothing) returns (stream Nothing);
  }`;

describe('nonsense at discovery', () => {
  const entity = (entityType: string, serviceName: string, persistenceId = 'p') => ({
    entityType,
    serviceName,
    persistenceId,
  });
  const spec = (changes: Partial<cloudstate.EntitySpec.$Properties>): cloudstate.EntitySpec.$Properties => ({
    ...probeSpec(),
    ...changes,
  });
  test.each<[string, cloudstate.EntitySpec.$Properties | Buffer, string]>([
    ['no entities', spec({ entities: [] }), 'No entities were reported by the discover call!'],
    [
      'an unknown service',
      spec({ entities: [entity(STREAM, 'no.Such')] }),
      'Service [no.Such] not found in descriptors!',
    ],
    [
      'an unknown entity type',
      spec({ entities: [entity('cloudstate.such.Such', 'stategate.test.Probe')] }),
      'Service [stategate.test.Probe] has declared an unsupported entity type [cloudstate.such.Such]. Supported types are cloudstate.crdt.Crdt,cloudstate.action.ActionProtocol,cloudstate.eventsourced.EventSourced,cloudstate.valueentity.ValueEntity',
    ],
    [
      'streamed methods of an entity',
      spec({ entities: [entity(STREAM, 'stategate.test.ProbeAction')] }),
      'Event sourced entities do not support streamed methods, but stategate.test.ProbeAction has the following streamed methods: Watch',
    ],
    [
      'messages that are a stream, of a CRDT',
      spec({ entities: [entity(CRDT, 'stategate.test.ProbeAction')] }),
      'CRDT entities do not support streaming in from the client, but stategate.test.ProbeAction has the following streamed methods: Collect,Chat',
    ],
    [
      'a CRDT without keys',
      spec({ proto: compileProtos({ 'keyless.proto': KEYLESS }), entities: [entity(CRDT, 'test.Keyless')] }),
      'CRDT entities do not support methods whose parameters do not have at least one field marked as entity_key, but test.Keyless has the following methods without keys: One,Two',
    ],
    [
      'a persistence id that is reserved',
      spec({ entities: [entity(STREAM, 'stategate.test.Probe', '$crdt/p')] }),
      'has the persistence id [$crdt/p]: those that begin with $ are reserved',
    ],
    [
      'a persistence id that is too long for a CRDT',
      spec({ entities: [entity(CRDT, 'stategate.test.ProbeCrdt', 'p'.repeat(1019))] }),
      'has a persistence id of 1019 bytes: it must have 1 to 1018',
    ],
    [
      'another protocol',
      spec({ serviceInfo: { protocolMajorVersion: 0, protocolMinorVersion: 1 } }),
      'Incompatible protocol version 0.1, only 0.2 is supported',
    ],
    ['descriptors that are none', spec({ proto: Buffer.from([0x0a, 0xff, 0xff]) }), 'cannot be read'],
    [
      'no persistence id',
      spec({ entities: [entity(STREAM, 'stategate.test.Probe', '')] }),
      'has a persistence id of 0 bytes',
    ],
    [
      'one persistence id for two entities',
      spec({ entities: [entity(STREAM, 'stategate.test.Probe'), entity(STREAM, 'stategate.test.ProbeValue')] }),
      'have the same persistence id [p]',
    ],
  ])('%s is refused, reported, and never ready', async (_, declared, text) => {
    await using userFunction = await ScriptedFunction.start({ spec: declared });
    const proxy = await startWithoutServing(userFunction.port, {});
    try {
      const reason = await new Promise<string>((resolve) => proxy.onRefused(resolve));
      expect(reason).toContain(text);
      await eventually(() => userFunction.reported.length > 0);
      expect(userFunction.reported).toEqual([reason]);
      const ready = await fetch(`http://127.0.0.1:${proxy.admin.port}/ready`);
      expect([ready.status, await ready.text()]).toEqual([
        503,
        `not ready: the user function was refused: ${reason}\n`,
      ]);
      expect((await fetch(`http://127.0.0.1:${proxy.admin.port}/alive`)).status).toBe(200);
    } finally {
      await proxy.drain();
    }
  });

  test('an answer that is no specification is asked for again, and nothing is served', async () => {
    await using userFunction = await ScriptedFunction.start({ spec: Buffer.from([0x0a, 0xff, 0xff, 0x01]) });
    const lines: string[] = [];
    const proxy = await startWithoutServing(userFunction.port, {}, lines);
    await eventually(() => lines.join('').includes('did not say what it serves'));
    expect(proxy.admin.port).toBeGreaterThan(0);
    await proxy.drain();
  });

  test('an unset protocol version is accepted with a warning', async () => {
    await using userFunction = await ScriptedFunction.start({ spec: spec({ serviceInfo: {} }), eventSourced: echo });
    await using proxy = await InProcessProxy.start(userFunction.port);
    expect(proxy.log).toContain('does not say which protocol it speaks');
  });
});

test('a specification that changed stops a proxy that serves, and says why', async () => {
  const first = await ScriptedFunction.start({ eventSourced: echo });
  await using proxy = await InProcessProxy.start(first.port);
  first.kill();
  const [probe] = probeSpec().entities ?? [];
  await using second = await ScriptedFunction.start(
    { spec: { proto: probeDescriptors(), entities: probe === undefined ? [] : [probe] } },
    first.port,
  );
  expect(await proxy.stopped).toEqual({
    exitCode: 1,
    reason: 'the user function came back with another specification',
  });
  expect(second.reported).toEqual(['This proxy stops: the user function came back with another specification.']);
});

test('a user function that is killed in the middle of a command fails it at once, and serves again when it is back', async () => {
  const first = await ScriptedFunction.start({ eventSourced: () => undefined });
  await using proxy = await InProcessProxy.start(first.port);
  using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
  const call = fails(client.call('Run', { id: 'a', text: 'x' }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const killed = performance.now();
  first.kill();
  expect((await call).details).toBe('Unexpected entity termination');
  expect(performance.now() - killed).toBeLessThan(1_000);
  expect((await fails(client.call('Run', { id: 'a' }))).code).toBe(grpcStatus.UNAVAILABLE);
  await using second = await ScriptedFunction.start({ eventSourced: echo }, first.port);
  await proxy.ready();
  expect(await client.call('Run', { id: 'a', text: 'back' })).toEqual({ text: 'back' });
  expect(second.discovers).toBe(1);
});

async function fails(call: Promise<unknown>): Promise<ServiceError> {
  return call.then(
    (reply) => Promise.reject(new Error(`expected a failure, got ${JSON.stringify(reply)}`)),
    (error: ServiceError) => error,
  );
}
