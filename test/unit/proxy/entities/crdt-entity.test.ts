import { inMemoryDriver } from '@stategate/driver-inmemory/driver';
import { type Driver, isStoreError, StoreError } from '@stategate/journal-spi';
import { ValueStore } from '@stategate/kv';
import { cloudstate } from '@stategate/protocol';
import { describe, expect, test } from 'vitest';
import { CrdtEntity } from '../../../../src/proxy/entities/crdt/crdt-entity.ts';
import type { CrdtDelta } from '../../../../src/proxy/entities/crdt/crdt.ts';
import { applyDelta } from '../../../../src/proxy/entities/crdt/values.ts';
import type { Answer } from '../../../../src/proxy/entities/outcome.ts';
import { NOT_RUNNING } from '../../../../src/proxy/entities/outcome.ts';
import type { Span } from '../../../../src/proxy/entities/span.ts';
import type { PendingCommand } from '../../../../src/proxy/entities/stash.ts';
import { type CrdtCollection, CrdtEntityStorage } from '../../../../src/proxy/persistence/crdt-storage.ts';
import { storeStatus } from '../../../../src/proxy/persistence/store-status.ts';
import { crdtCodec } from '../../../../src/proxy/protocol/crdt-codec.ts';
import { UNMEASURED } from '../../../../src/proxy/telemetry/entity-metrics.ts';
import type { CallHandlers, Status } from '../../../../src/proxy/transport/call.ts';
import { eventually } from '../../../support/eventually.ts';

const { CrdtStreamIn, CrdtStreamOut } = cloudstate.crdt;
type StreamOut = cloudstate.crdt.CrdtStreamOut.$Properties;

/** A store that is held up while a test wants it to be. */
class Gate {
  #waiting: (() => void)[] | undefined;
  puts = 0;
  failure: StoreError | undefined;

  close(): void {
    this.#waiting = [];
  }

  open(): void {
    for (const go of this.#waiting ?? []) go();
    this.#waiting = undefined;
  }

  async pass(): Promise<void> {
    this.puts += 1;
    const waiting = this.#waiting;
    if (waiting !== undefined) await new Promise<void>((resolve) => waiting.push(resolve));
    if (this.failure !== undefined) throw this.failure;
  }
}

async function openStore(): Promise<Driver> {
  const driver = inMemoryDriver();
  const config = await driver.configSchema['~standard'].validate({});
  if (config.issues !== undefined) throw new Error('refused');
  return driver.open(config.value, { warn: () => undefined, instanceId: 't' });
}

function collectionOf(driver: Driver, replica: string, gate = new Gate()): CrdtCollection {
  const store = new ValueStore(driver.keyValue, async (request) => {
    await gate.pass();
    const [outcome] = await driver.keyValue.putMany([request], { deadline: performance.now() + 1_000 });
    if (outcome === undefined || isStoreError(outcome)) throw outcome;
    return outcome;
  });
  const fence = { scope: 'all', epoch: 1 };
  const ask = () => Promise.resolve(replica);
  return { store, namespace: 'n', persistenceId: 'p', fence, timeoutMs: 1_000, expires: true, replica: ask };
}

/** One node: an entity over a real store, and the other end of its stream in the hands of the test. */
class Node {
  readonly entity: CrdtEntity;
  readonly gate = new Gate();
  readonly sent: cloudstate.crdt.CrdtStreamIn[] = [];
  readonly answers: string[] = [];
  isCancelled = false;
  ended = false;
  isFull = false;
  #handlers: CallHandlers | undefined;

  constructor(driver: Driver, replica: string, timeouts: { commandTimeoutMs?: number } = {}) {
    const nothing = (): void => undefined;
    this.entity = new CrdtEntity(
      'e',
      {
        serviceName: 's',
        codec: crdtCodec,
        connection: {
          open: (path, headers, handlers) => {
            this.#handlers = handlers;
            return {
              path,
              headers,
              sendHeaders: nothing,
              send: (bytes) => {
                this.sent.push(CrdtStreamIn.decode(bytes));
                return !this.isFull;
              },
              halfClose: nothing,
              end: nothing,
              cancel: () => (this.isCancelled = true),
              pause: nothing,
              resume: nothing,
            };
          },
        },
        openStorage: (id) => new CrdtEntityStorage(collectionOf(driver, replica, this.gate), id),
        admit: (recovery) => recovery(),
        storeStatus,
        reportError: (text) => this.answers.push(`reported ${text}`),
        stash: { bytes: 0, maxBytes: 1_000, maxCommands: 10 },
        passivationTimeoutMs: 10_000,
        commandTimeoutMs: timeouts.commandTimeoutMs ?? 10_000,
        closeGraceMs: 10_000,
        events: { ...UNMEASURED, failed: nothing, storeFailed: nothing },
      },
      () => (this.ended = true),
    );
  }

  /** Sends a command; what becomes of it is among `answers`, with its name. */
  command(name: string, streamed = false, span?: Span): PendingCommand {
    const command: PendingCommand = {
      name,
      typeUrl: 't',
      payload: new Uint8Array(0),
      streamed,
      cancelled: false,
      running: NOT_RUNNING,
      span,
      receivedAt: 0,
      waited: false,
      answer: (_answer: Answer) => this.answers.push(`${name} answered`) > 0,
      end: ({ code, message }: Status) => this.answers.push(`${name} ended ${code} ${message}`.trim()),
    };
    this.entity.handle(command);
    return command;
  }

  says(message: StreamOut): void {
    this.#handlers?.onMessage(CrdtStreamOut.encode(message).finish());
  }

  changes(commandId: number, delta: CrdtDelta, streamed = false): void {
    this.says({ reply: { commandId, streamed, stateAction: { update: delta } } });
  }

  drain(): void {
    this.isFull = false;
    this.#handlers?.onDrain();
  }

  /** Resolves with all that the user function was sent, in short, when it is so many messages. */
  async told(count: number): Promise<readonly string[]> {
    await eventually(() => this.sent.length >= count, 2_000, `${count} messages, after ${this.story().join()}`);
    return this.story();
  }

  story(): readonly string[] {
    return this.sent.map(({ init, delta, command, streamCancelled }) => {
      if (init != null) return `init ${sum(init.delta)}`;
      if (delta != null) return `delta ${sum(delta)}`;
      if (command != null) return `command ${command.id}`;
      return streamCancelled == null ? 'delete' : `cancel ${streamCancelled.id}`;
    });
  }
}

function sum(delta: CrdtDelta | null | undefined): string {
  return delta?.gcounter == null ? '-' : `+${delta.gcounter.increment ?? 0n}`;
}

const add = (increment: bigint): CrdtDelta => ({ gcounter: { increment } });
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

/** What another replica has counted. */
const remote = (...amounts: readonly bigint[]) =>
  amounts.reduce(
    (counter, amount) => applyDelta(counter, add(amount), 'remote', 0),
    applyDelta(undefined, add(0n), 'remote', 0),
  );

async function start(timeouts: { commandTimeoutMs?: number } = {}): Promise<Node> {
  const node = new Node(await openStore(), 'r1', timeouts);
  expect(await node.told(1)).toEqual(['init -']);
  return node;
}

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
