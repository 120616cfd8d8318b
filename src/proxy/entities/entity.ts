import { type Call, Code, type Connection, OK, type Status } from '../transport/call.ts';
import type { EntityKindCodec, EntityReply, EntityStorage, ReplayStep } from './kind.ts';
import { type EntityEffect, type EntityInput, type EntityState, transition } from './machine.ts';
import type { LiveEntity } from './region.ts';
import type { Span } from './span.ts';
import { type PendingCommand, Stash, type StashBudget } from './stash.ts';

/** What the entities of one service share. */
export interface EntityEnvironment<Write> {
  readonly serviceName: string;
  readonly codec: EntityKindCodec<Write>;
  readonly connection: Connection;
  openStorage(entityId: string): EntityStorage<Write>;
  /** Admits recoveries, so that not all entities read at once. */
  admit(recovery: () => Promise<void>): Promise<void>;
  /** What the caller is told when the store failed. */
  storeStatus(error: unknown): Status;
  readonly stash: StashBudget;
  readonly passivationTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly closeGraceMs: number;
  readonly events: EntityEvents;
}

/** What happens in the life of entities: for logs and metrics. */
export interface EntityEvents {
  /** Also after a restart, which ended the life before. */
  activated(): void;
  /** From the activation to the end of the replay. */
  recovered(durationMs: number): void;
  /** `waits`: it cannot be sent at once. */
  commandReceived(waits: boolean): void;
  /** `waitedMs`: of a command that had to wait. */
  commandSent(waitedMs: number | undefined): void;
  /** From being sent to the reply. */
  commandProcessed(durationMs: number): void;
  /** The reply goes to the caller; from being received. */
  commandCompleted(durationMs: number): void;
  /** The user function said so, or the stream or the store failed with the command. */
  commandFailed(): void;
  persisted(durationMs: number): void;
  failed(entityId: string, text: string, details: string): void;
  storeFailed(error: unknown): void;
  ended(activeMs: number): void;
}

/** The shell of one live entity: carries out what its state machine decides, over one stream of the user function. */
export class Entity<Write> implements LiveEntity {
  readonly #id: string;
  readonly #environment: EntityEnvironment<Write>;
  readonly #onEnd: () => void;
  readonly #stash: Stash;
  readonly #storage: EntityStorage<Write>;
  #state: EntityState = { phase: 'recovering' };
  #activatedAt = 0;
  #call: Call;
  #current: PendingCommand | undefined;
  #sentAt = 0;
  /** Of the current command, while the user function works on it. */
  #span: Span | undefined;
  #reply: EntityReply<Write> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(id: string, environment: EntityEnvironment<Write>, onEnd: () => void) {
    this.#id = id;
    this.#environment = environment;
    this.#onEnd = onEnd;
    this.#stash = new Stash(environment.stash);
    this.#storage = environment.openStorage(id);
    this.#call = this.#open();
  }

  /** Takes a command; it waits its turn. */
  handle(command: PendingCommand): void {
    // Otherwise it came while the life before was closing.
    if (command.receivedAt === 0) {
      command.receivedAt = performance.now();
      command.waited = this.#state.phase !== 'idle';
      this.#environment.events.commandReceived(command.waited);
    }
    const full = this.#stash.push(command);
    if (full !== undefined) command.end({ code: Code.RESOURCE_EXHAUSTED, message: full });
    else if (this.#state.phase === 'idle') this.#input({ type: 'commandStashed' });
  }

  completeStreams(): void {
    // One reply for each command: there are none.
  }

  passivate(): boolean {
    if (this.#state.phase !== 'idle') return false;
    this.#input({ type: 'idleTimedOut' });
    return true;
  }

  drop(status: Status): void {
    this.#input({ type: 'ownershipLost', status });
  }

  takeStash(): readonly PendingCommand[] {
    return this.#stash.takeAll();
  }

  #input(input: EntityInput): void {
    const [next, effects] = transition(this.#environment.codec.texts, this.#state, input);
    if (next !== this.#state) {
      this.#state = next;
      this.#armTimer();
    }
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: EntityEffect): void {
    switch (effect.type) {
      case 'sendCommand':
        return this.#sendCommand(effect.commandId);
      case 'persist':
        this.#writing = this.#persist();
        return;
      case 'deliver': {
        const reply = this.#reply;
        this.#reply = undefined;
        const command = this.#current;
        this.#current = undefined;
        const { events } = this.#environment;
        if (reply?.action.type === 'failure') events.commandFailed();
        else if (command !== undefined) events.commandCompleted(performance.now() - command.receivedAt);
        // The next command may be sent while the effects of this one are carried out (§15, 7).
        queueMicrotask(() => {
          if (reply !== undefined) command?.answer(reply);
          command?.end(OK);
        });
        return;
      }
      case 'failCurrent':
        if (this.#current === undefined) return;
        this.#environment.events.commandFailed();
        this.#span?.end(effect.status);
        this.#current.end(effect.status);
        this.#current = undefined;
        return;
      case 'failStashed':
        for (const command of this.takeStash()) command.end(effect.status);
        return;
      case 'log':
        return this.#environment.events.failed(this.#id, effect.text, effect.details);
      case 'halfClose':
        return this.#call.halfClose();
      case 'cancel':
        return this.#call.cancel(Code.CANCELLED);
      case 'reopen':
        this.#environment.events.ended(performance.now() - this.#activatedAt);
        this.#call = this.#open();
        return;
      case 'end':
        // A write that is still under way belongs to this life: the next one must not begin before its end.
        void Promise.resolve(this.#writing).then(() => {
          this.#environment.events.ended(performance.now() - this.#activatedAt);
          this.#storage.release();
          this.#onEnd();
        });
        return;
      default:
        effect satisfies never;
    }
  }

  #open(): Call {
    const { codec, connection, events } = this.#environment;
    events.activated();
    this.#activatedAt = performance.now();
    const call = connection.open(codec.path, [], {
      onHeaders: () => undefined,
      onMessage: (bytes) => {
        if (call === this.#call) this.#receive(bytes);
      },
      onHalfClose: () => undefined,
      onEnd: (status) => {
        this.#drained?.();
        if (call === this.#call) this.#input({ type: 'streamEnded', status, waiting: this.#stash.hasNext() });
      },
      onDrain: () => this.#drained?.(),
    });
    void this.#environment.admit(() => this.#recover(call));
    return call;
  }

  async #recover(call: Call): Promise<void> {
    try {
      for await (const step of this.#storage.replay()) {
        if (call !== this.#call || this.#state.phase !== 'recovering') return;
        await this.#replay(call, step);
      }
    } catch (error) {
      const { events } = this.#environment;
      events.storeFailed(error);
      if (call === this.#call)
        this.#input({ type: 'recoveryFailed', status: this.#environment.storeStatus(error), details: String(error) });
      return;
    }
    if (call !== this.#call) return;
    this.#environment.events.recovered(performance.now() - this.#activatedAt);
    this.#input({ type: 'recovered', waiting: this.#stash.hasNext() });
  }

  async #replay(call: Call, step: ReplayStep): Promise<void> {
    const { codec, serviceName } = this.#environment;
    if (step.type === 'init') {
      call.send(codec.init(serviceName, this.#id, step.state));
      return;
    }
    let free = true;
    for (const event of step.events) free = call.send(codec.event(event));
    if (free || this.#state.phase !== 'recovering') return;
    const { commandTimeoutMs } = this.#environment;
    const stuck = setTimeout(() => {
      const message = `the user function did not read its events within ${commandTimeoutMs} ms (userFunction.commandTimeout)`;
      this.#input({ type: 'recoveryFailed', status: { code: Code.DEADLINE_EXCEEDED, message }, details: message });
    }, commandTimeoutMs);
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    this.#drained = undefined;
    clearTimeout(stuck);
  }

  #receive(bytes: Uint8Array): void {
    const { codec } = this.#environment;
    let message;
    try {
      message = codec.decode(bytes);
    } catch (error) {
      this.#input({ type: 'unknownReceived', details: `a message that cannot be read: ${String(error)}` });
      return;
    }
    if (message.type === 'failure') {
      this.#input({ type: 'failureReceived', commandId: message.commandId, description: message.description });
    } else if (message.type === 'unknown') {
      this.#input({ type: 'unknownReceived', details: message.details });
    } else {
      const { reply } = message;
      if (this.#state.phase === 'handling' && reply.commandId === this.#state.commandId) {
        this.#reply = reply;
        this.#environment.events.commandProcessed(performance.now() - this.#sentAt);
        this.#span?.end();
      }
      const restart = codec.restarts && reply.action.type === 'failure' && reply.action.restart;
      const facts = { commandId: reply.commandId, writes: reply.write !== undefined, restart };
      this.#input({ type: 'replyReceived', reply: facts, waiting: this.#stash.hasNext() });
    }
  }

  #sendCommand(commandId: number): void {
    const command = this.#stash.shift();
    if (command === undefined) return;
    const { codec, events } = this.#environment;
    this.#current = command;
    this.#sentAt = performance.now();
    events.commandSent(command.waited ? this.#sentAt - command.receivedAt : undefined);
    this.#span = command.span?.child('user function', 'client', { 'stategate.path': codec.path });
    const payload = { typeUrl: command.typeUrl, value: command.payload };
    this.#call.send(codec.command(this.#id, commandId, command.name, payload));
  }

  async #persist(): Promise<void> {
    const write = this.#reply?.write;
    if (write === undefined) return;
    const started = performance.now();
    const { events } = this.#environment;
    const span = this.#current?.span?.child('store write', 'client');
    try {
      await this.#storage.write(write, span?.sampled === true ? span.traceparent : undefined);
      events.persisted(performance.now() - started);
      span?.end();
      this.#input({ type: 'persisted', waiting: this.#stash.hasNext() });
    } catch (error) {
      const status = this.#environment.storeStatus(error);
      events.storeFailed(error);
      span?.end(status);
      this.#input({ type: 'persistFailed', status, details: String(error) });
    }
  }

  /** One timer, for what the phase has to wait for at most. */
  #armTimer(): void {
    clearTimeout(this.#timer);
    const { passivationTimeoutMs, commandTimeoutMs, closeGraceMs } = this.#environment;
    switch (this.#state.phase) {
      case 'idle':
        this.#timer = setTimeout(() => this.#input({ type: 'idleTimedOut' }), passivationTimeoutMs);
        return;
      case 'handling':
        this.#timer = setTimeout(
          () => this.#input({ type: 'commandTimedOut', timeoutMs: commandTimeoutMs }),
          commandTimeoutMs,
        );
        return;
      case 'closing':
        this.#timer = setTimeout(() => this.#call.cancel(Code.CANCELLED), closeGraceMs);
        return;
      default:
        this.#timer = undefined;
    }
  }
}
