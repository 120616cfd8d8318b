import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ask } from '../support/probe-messages.ts';
import { startModelFunction } from '../support/model-function.ts';
import { ENTITIES, expected, ProtocolWorld } from '../support/protocol-world.ts';
import { Recorder } from '../support/recorder.ts';

const SERVICES = [...ENTITIES, 'ProbeAction'] as const;

test('is asked for once, by a proxy that says what it is and what it can', async () => {
  await using world = await ProtocolWorld.start();
  for (const service of SERVICES) await world.run(service, 'a', {});
  expect(world.userFunction.proxyInfos).toHaveLength(1);
  const { protocolMajorVersion, protocolMinorVersion, ...info } = world.userFunction.proxyInfos[0] ?? {};
  expect([protocolMajorVersion ?? 0, protocolMinorVersion]).toEqual([0, 2]);
  expect(info).toEqual({
    proxyName: 'stategate',
    proxyVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
    supportedEntityTypes: [
      'cloudstate.crdt.Crdt',
      'cloudstate.action.ActionProtocol',
      'cloudstate.eventsourced.EventSourced',
      'cloudstate.valueentity.ValueEntity',
    ],
  });
  expect(world.userFunction.reported).toEqual([]);
});

describe('readiness follows the connection to the user function', () => {
  test('and each connection is asked once', async () => {
    await using world = await ProtocolWorld.start();
    expect(await world.run('Probe', 'e', { events: ['a'] })).toBe('ok');
    expect(await world.proxy.readiness()).toMatchObject({ status: 200 });

    world.userFunction.kill();
    await eventually(async () => (await world.proxy.readiness()).status === 503);
    expect((await world.proxy.readiness()).text).toContain(
      `no user function answers at 127.0.0.1:${world.userFunction.port}`,
    );
    await expect(world.run('Probe', 'e', {})).rejects.toMatchObject({ code: 14 });

    const received = new Recorder();
    await using back = await startModelFunction(received, {}, world.userFunction.port);
    await world.proxy.ready();
    expect(await world.run('Probe', 'e', {})).toBe('ok');
    expect(received.lives('e')).toEqual([[expected.init('e'), expected.event(1, 'a'), expected.command(1, 'e', {})]]);
    expect([world.userFunction.discovers, back.discovers]).toEqual([1, 1]);
  });
});

test.each(SERVICES)('a reply of another type passes through; the user function of %s is warned', async (service) => {
  await using world = await ProtocolWorld.start();
  const payload = {
    typeUrl: 'type.googleapis.com/stategate.test.Other',
    value: Buffer.from([8, 1]).toString('base64'),
  };
  expect(await world.client(service).start('Run', ask('e', { payload }).value).bytes).toEqual(Buffer.from([8, 1]));
  await eventually(() => world.userFunction.reported.length > 0);
  expect(world.userFunction.reported).toEqual([
    `Warning: stategate.test.${service}.Run: Expected reply type_url to be [type.googleapis.com/stategate.test.Answer] but was [type.googleapis.com/stategate.test.Other].`,
  ]);
});
