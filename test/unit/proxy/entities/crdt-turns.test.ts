import { cloudstate } from '@stategate/protocol';
import { describe, expect, test } from 'vitest';
import type { CrdtDelta } from '../../../../src/proxy/entities/crdt/crdt.ts';
import { eventually } from '../../../support/eventually.ts';
import { add, remote, start } from './crdt-node.ts';

describe('turns', () => {
  test('while nothing is under way, a change by others is told at once, the first one whole', async () => {
    const node = await start();
    node.entity.merge(remote(1n));
    node.entity.merge(remote(1n, 2n));
    node.entity.merge(remote(1n));
    expect(node.story()).toEqual(['init -', 'delta +1', 'delta +2']);
  });

  test('while a command is under way changes wait, and are told together when its change is durable', async () => {
    const node = await start();
    node.command('a');
    node.command('b');
    node.entity.merge(remote(1n));
    node.gate.close();
    node.changes(1, add(10n));
    node.entity.merge(remote(1n, 2n));
    node.says({ reply: { commandId: 2 } });
    expect(await node.told(3)).toEqual(['init -', 'command 1', 'command 2']);
    expect(node.answers).toEqual([]);
    node.gate.open();
    // The user function's own change is not among what it is told.
    expect(await node.told(4)).toEqual(['init -', 'command 1', 'command 2', 'delta +3']);
    expect(node.answers).toEqual(['a answered', 'a ended 0', 'b answered', 'b ended 0']);
  });

  test('a command that comes before they are told holds them back again', async () => {
    const node = await start();
    node.command('a');
    node.entity.merge(remote(1n));
    node.gate.close();
    node.changes(1, add(10n));
    node.command('b');
    node.gate.open();
    await eventually(() => node.answers.length === 2);
    expect(node.story()).toEqual(['init -', 'command 1', 'command 2']);
    node.says({ reply: { commandId: 2 } });
    expect(node.story().at(-1)).toBe('delta +1');
  });

  test('a cancellation that is not answered holds them back, for the time of a command', async () => {
    const node = await start({ commandTimeoutMs: 120 });
    const call = node.command('a', true);
    node.says({ reply: { commandId: 1, streamed: true } });
    call.running.cancel();
    call.running.cancel();
    node.entity.merge(remote(1n));
    expect(node.story()).toEqual(['init -', 'command 1', 'cancel 1']);
    expect(await node.told(4)).toEqual(['init -', 'command 1', 'cancel 1', 'delta +1']);
    // What comes too late still counts.
    node.says({ streamCancelledResponse: { commandId: 1, stateAction: { update: add(5n) } } });
    await eventually(() => node.gate.puts === 1);
    expect(node.isCancelled).toBe(false);
  });

  test('an open stream alone holds nothing back', async () => {
    const node = await start();
    node.command('a', true);
    node.changes(1, add(1n), true);
    await eventually(() => node.answers.length === 1);
    node.entity.merge(remote(4n));
    expect(node.story()).toEqual(['init -', 'command 1', 'delta +4']);
  });

  test('a user function that reads slowly is sent nothing until it has read; then changes come as one', async () => {
    const node = await start();
    node.isFull = true;
    node.entity.merge(remote(1n));
    node.entity.merge(remote(1n, 2n));
    node.entity.merge(remote(1n, 2n, 4n));
    node.command('a');
    expect(node.story()).toEqual(['init -', 'delta +1']);
    node.drain();
    expect(node.story()).toEqual(['init -', 'delta +1', 'command 1']);
    node.says({ reply: { commandId: 1 } });
    expect(node.story().at(-1)).toBe('delta +6');
  });

  test('a register whose clock decides against its user function tells it so', async () => {
    const node = await start();
    const write = (text: string): CrdtDelta => ({
      lwwregister: { value: { typeUrl: text }, clock: cloudstate.crdt.CrdtClock.REVERSE },
    });
    node.command('a');
    node.changes(1, write('first'));
    await eventually(() => node.answers.length === 2);
    node.command('b');
    node.changes(2, write('second'));
    await node.told(4);
    expect(node.sent.at(-1)?.delta?.lwwregister?.value).toMatchObject({ typeUrl: 'first' });
  });

  test('a value of another type from others ends this life', async () => {
    const node = await start();
    node.command('a');
    node.changes(1, { flag: { value: true } });
    await eventually(() => node.answers.length === 2);
    node.entity.merge(remote(1n));
    expect(node.isCancelled).toBe(true);
    expect(node.answers.at(-1)).toBe('reported a GCounter and a Flag have the same entity id');
  });

  test('a deletion by others is told, and ends what is open', async () => {
    const node = await start();
    node.command('a');
    node.entity.merge('deleted');
    expect(node.story()).toEqual(['init -', 'command 1', 'delete']);
    node.command('b');
    node.changes(1, add(1n));
    expect(node.answers).toEqual(['a ended 2 Entity deleted', 'b ended 2 Entity deleted']);
    expect(node.isCancelled).toBe(false);
  });
});
