import { inMemoryDriver } from '@stategate/driver-inmemory/driver';
import { type Driver, isStoreError, type StoreError } from '@stategate/journal-spi';
import { ValueStore } from '@stategate/kv';
import { cloudstate } from '@stategate/protocol';
import { expect } from 'vitest';
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

export async function openStore(): Promise<Driver> {
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
export class Node {
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

export const add = (increment: bigint): CrdtDelta => ({ gcounter: { increment } });

/** What another replica has counted. */
export const remote = (...amounts: readonly bigint[]) =>
  amounts.reduce(
    (counter, amount) => applyDelta(counter, add(amount), 'remote', 0),
    applyDelta(undefined, add(0n), 'remote', 0),
  );

export async function start(timeouts: { commandTimeoutMs?: number } = {}): Promise<Node> {
  const node = new Node(await openStore(), 'r1', timeouts);
  expect(await node.told(1)).toEqual(['init -']);
  return node;
}
