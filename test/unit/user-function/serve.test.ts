import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action, type Entity, eventSourced, serve, type ServeOptions, valueEntity } from '@stategate/user-function';
import { afterAll, describe, expect, test } from 'vitest';
import { eventModel, actionModel, other, valueModel } from './model.ts';
import { ProxySide } from './proxy-side.ts';

const directory = new URL('protos', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'serve-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

test('discovery tells everything about the entities', async () => {
  await using proxy = await ProxySide.start(eventModel, valueModel, actionModel, other);
  const spec = await proxy.discover();
  const type = 'cloudstate';
  expect(spec.entities).toMatchObject([
    {
      entityType: `${type}.eventsourced.EventSourced`,
      serviceName: 'test.model.EventModel',
      persistenceId: 'event-model',
      passivationStrategy: { timeout: { timeout: 100 } },
    },
    { entityType: `${type}.valueentity.ValueEntity`, serviceName: 'test.model.ValueModel', passivationStrategy: null },
    { entityType: `${type}.action.ActionProtocol`, serviceName: 'test.model.ActionModel' },
    { entityType: `${type}.action.ActionProtocol`, serviceName: 'test.model.Other' },
  ]);
  const { version } = JSON.parse(
    readFileSync(new URL('../../../src/user-function/package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  expect(spec.serviceInfo).toMatchObject({
    protocolMajorVersion: 0,
    protocolMinorVersion: 2,
    supportLibraryName: '@stategate/user-function',
    supportLibraryVersion: version,
    serviceRuntime: `node ${process.version}`,
  });
  expect(spec.proto?.length).toBeGreaterThan(100);
});

test('what the proxy reports is logged', async () => {
  const { cloudstate, google } = await import('@stategate/protocol');
  await using proxy = await ProxySide.start(other);
  const types: [typeof cloudstate.UserFunctionError, typeof google.protobuf.Empty] = [
    cloudstate.UserFunctionError,
    google.protobuf.Empty,
  ];
  await proxy.unary('/cloudstate.EntityDiscovery/reportError', types, { message: 'you did it' });
  expect(proxy.errors.at(-1)?.message).toBe('the proxy reports: you did it');
});

test('closing does not wait for ever for an open entity', async () => {
  const proxy = await ProxySide.start(eventModel);
  const entity = proxy.eventSourced();
  await entity.command();
  const before = Date.now();
  await proxy[Symbol.asyncDispose]();
  expect(Date.now() - before).toBeLessThan(1500);
  await expect(entity.next()).rejects.toThrow(/UNAVAILABLE|CANCELLED|INTERNAL/);
});

async function start(options: Partial<ServeOptions>): Promise<void> {
  const model = { protos: ['model.proto'], includeDirs: [directory], entities: [other], port: 0 };
  const running = await serve({ ...model, ...options });
  await running.close();
}

function badFile(text: string) {
  const path = join(scratch, 'bad.proto');
  writeFileSync(path, `syntax = "proto3";\npackage bad;\n${text}\n`);
  return { protos: [path] };
}

const SERVICE = 'test.model.Other';
const Call = () => ({});

describe('refuses to start', () => {
  test.each<[string, Entity[], string]>([
    ['without entities', [], 'entities is empty'],
    ['with one service twice', [other, other], 'test.model.Other is served by two entities'],
    [
      'with an unknown service',
      [action({ service: 'test.model.Othr', commands: { Call } })],
      'Did you mean "test.model.Other"?',
    ],
    ['with a handler without method', [action({ service: SERVICE, commands: { Cal: Call } })], 'Did you mean "Call"?'],
    [
      'with a method without handler',
      [action({ service: SERVICE, commands: {} })],
      'test.model.Other.Call has no handler',
    ],
    [
      'with a streamed method',
      [
        eventSourced({
          service: 'test.model.Streamed',
          persistenceId: 'p',
          initial: () => ({}),
          commands: { Watch: Call },
          events: {},
        }),
      ],
      'test.model.Streamed.Watch is streamed',
    ],
    [
      'with an unknown event',
      [
        eventSourced({
          service: SERVICE,
          persistenceId: 'p',
          initial: () => ({}),
          commands: { Call },
          events: { Persistd: (_event: object, state: object) => state },
        }),
      ],
      'Unknown message (for test.model.Other): "Persistd". Did you mean "test.model.Persisted"?',
    ],
    [
      'with snapshots that never come',
      [
        eventSourced({
          service: SERVICE,
          persistenceId: 'p',
          initial: () => ({}),
          commands: { Call },
          events: {},
          snapshot: { type: 'Persisted', every: 0 },
        }),
      ],
      'snapshot.every of test.model.Other is 0',
    ],
    [
      'without persistence id',
      [
        valueEntity({
          service: SERVICE,
          persistenceId: '',
          state: 'Persisted',
          initial: () => ({}),
          commands: { Call },
        }),
      ],
      'test.model.Other has an empty persistenceId',
    ],
    [
      'with an unknown state',
      [
        valueEntity({
          service: SERVICE,
          persistenceId: 'p',
          state: 'x.Nothing',
          initial: () => ({}),
          commands: { Call },
        }),
      ],
      'Unknown message (for test.model.Other): "x.Nothing". Known:',
    ],
  ])('%s', async (_, entities, problem) => {
    await expect(start({ entities })).rejects.toThrow(problem);
  });

  test('on a port in use', async () => {
    await using running = await serve({
      protos: ['model.proto'],
      includeDirs: [directory],
      entities: [other],
      port: 0,
    });
    await expect(start({ port: running.port })).rejects.toThrow(/it is in use; set PORT/);
  });

  test.each([
    ['message M {\n  string id 1;\n}', /bad\.proto:4: illegal token '1'/],
    ['import "nowhere.proto";', /bad\.proto:3: nowhere\.proto not found in .*includeDirs/],
    ['message Known {}\nmessage M { Knwn a = 1; }', /bad\.proto:4: "Knwn"\. Did you mean "bad\.Known"\?/],
    ['message M { string a = 1 [(nope) = true]; }', /option in .*bad\.proto:3: "nope"/],
    ['message M { string a = 1 [deprecate = true]; }', /bad\.proto:3: "deprecate"\. Did you mean "deprecated"\?/],
  ])('with the file %j', async (text, problem) => {
    await expect(start(badFile(text))).rejects.toThrow(problem);
  });

  test('with a file that is not there, or not proto3', async () => {
    await expect(start({ protos: ['nowhere.proto'] })).rejects.toThrow(/nowhere\.proto not found in/);
    writeFileSync(join(scratch, 'old.proto'), 'syntax = "proto2";\n');
    await expect(start({ protos: [join(scratch, 'old.proto')] })).rejects.toThrow(/old\.proto: only proto3 is read/);
  });
});
