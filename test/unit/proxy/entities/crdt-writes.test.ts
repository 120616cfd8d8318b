import { StoreError } from '@stategate/journal-spi';
import { describe, expect, test } from 'vitest';
import type { Span } from '../../../../src/proxy/entities/span.ts';
import type { Status } from '../../../../src/proxy/transport/call.ts';
import { eventually } from '../../../support/eventually.ts';
import { add, Node, openStore, start } from './crdt-node.ts';

/** A command's span that notes what is below it. */
function noting(notes: string[], name: string): Span {
  const end = (status?: Status): number =>
    notes.push(`${name} ends ${status === undefined ? 'ok' : `${status.code} ${status.message}`}`);
  const child = (below: string): Span => {
    notes.push(`${name}: ${below} begins`);
    return noting(notes, `${name}: ${below}`);
  };
  return { traceparent: '', tracestate: undefined, sampled: true, child, end };
}

describe('writes', () => {
  test('changes that come during a write go into the next one together; answers come in their order, after theirs', async () => {
    const node = await start();
    for (const name of ['a', 'b', 'c', 'd']) node.command(name);
    node.command('watching', true);
    node.says({ reply: { commandId: 5, streamed: true } });
    node.gate.close();
    node.changes(1, add(1n));
    node.changes(2, add(2n));
    // It shows a change that is not durable yet.
    const payload = { typeUrl: 't' };
    node.says({ streamedMessage: { commandId: 5, clientAction: { reply: { payload } } } });
    node.changes(3, add(4n));
    node.says({ reply: { commandId: 4 } });
    expect(node.answers).toEqual(['watching answered']);
    node.gate.open();
    await eventually(() => node.answers.length === 10);
    expect(node.gate.puts).toBe(2);
    expect(node.answers.slice(1)).toEqual([
      'a answered',
      'a ended 0',
      'b answered',
      'b ended 0',
      'watching answered',
      'c answered',
      'c ended 0',
      'd answered',
      'd ended 0',
    ]);
  });

  test('a write that fails ends this life: who waited for it is told why, the others that it ended', async () => {
    const node = await start();
    for (const name of ['a', 'b', 'c']) node.command(name);
    node.gate.close();
    node.gate.failure = new StoreError('StoreUnavailable', 'gone');
    node.changes(1, add(1n));
    node.changes(2, add(2n));
    node.gate.open();
    await eventually(() => node.answers.length === 3);
    const why = 'ended 14 StoreUnavailable: gone';
    expect(node.answers).toEqual([`a ${why}`, `b ${why}`, 'c ended 2 Entity terminating']);
    expect(node.isCancelled).toBe(true);
  });

  test.each([
    [undefined, 'ok'],
    [new StoreError('StoreUnavailable', 'gone'), '14 StoreUnavailable: gone'],
  ])('a trace of each command shows the write that stores its change, until its end: %s', async (failure, end) => {
    const node = await start();
    const notes: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) node.command(name, false, noting(notes, name));
    node.gate.close();
    node.gate.failure = failure;
    node.changes(1, add(1n));
    node.changes(2, add(2n));
    node.changes(3, add(3n));
    node.says({ reply: { commandId: 4 } });
    expect(notes.filter((note) => note.includes('store write'))).toEqual(
      ['a', 'b', 'c'].map((name) => `${name}: store write begins`),
    );
    node.gate.open();
    await eventually(() => node.answers.length >= 4);
    expect(notes.filter((note) => note.includes('store write')).slice(3)).toEqual(
      ['a', 'b', 'c'].map((name) => `${name}: store write ends ${end}`),
    );
  });

  test('two nodes on one store: each conflict is merged, and both user functions end with the same', async () => {
    const driver = await openStore();
    const [one, other] = [new Node(driver, 'r1'), new Node(driver, 'r2')];
    await Promise.all([one.told(1), other.told(1)]);
    for (let round = 1; round <= 5; round++) {
      for (const [node, by] of [
        [one, 1n],
        [other, 10n],
      ] as const) {
        node.command(`${round}`);
        node.changes(round, add(by));
      }
      await eventually(() => [one, other].every(({ answers }) => answers.length === 2 * round));
    }
    expect([one.answers, other.answers].flat().filter((text) => text.includes('ended 0'))).toHaveLength(10);
    const third = new Node(driver, 'r3');
    expect(await third.told(1)).toEqual(['init +55']);
    one.command('last');
    one.changes(6, add(0n));
    await eventually(() => one.answers.length === 12);
    const told = one.sent.reduce((total, { delta }) => total + (delta?.gcounter?.increment ?? 0n), 0n);
    expect(told).toBe(50n);
  });

  test('a deletion by another node is found when writing, and wins', async () => {
    const driver = await openStore();
    const [one, other] = [new Node(driver, 'r1'), new Node(driver, 'r2')];
    await Promise.all([one.told(1), other.told(1)]);
    one.command('a');
    one.says({ reply: { commandId: 1, stateAction: { delete: {} } } });
    await eventually(() => one.answers.length === 2);
    other.command('b');
    other.changes(1, add(1n));
    expect(await other.told(3)).toEqual(['init -', 'command 1', 'delete']);
    expect(other.answers).toEqual(['b ended 2 Entity deleted']);
    const third = new Node(driver, 'r3');
    expect(await third.told(1)).toEqual(['delete']);
  });
});
