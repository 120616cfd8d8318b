import { type Call, Code, OK, type Status } from '../../transport/call.ts';
import { bare } from '../machine.ts';
import type { Answer, AnswerSink } from '../outcome.ts';
import type { LiveEntity } from '../region.ts';
import { type PendingCommand, Stash } from '../stash.ts';
import { type CallInput, callStep } from './call-machine.ts';
import { CrdtError } from './crdt.ts';
import type { CrdtEnvironment } from './environment.ts';
import type { CrdtChange, CrdtMessage, CrdtStorage, StoredCrdt } from './kind.ts';
import { type LiveCall, LiveCalls } from './live-calls.ts';
import { deliver, type Delivery, Outbox } from './outbox.ts';
import { Turns } from './turns.ts';
import { Writer } from './writer.ts';

type Phase =
  /** The stream is open; what is stored is being read. */
  | 'recovering'
  | 'live'
  /** Commands are refused. The user function may still have to close its side of the stream. */
  | 'deleted'
  /** Nothing is expected any more but the end of the stream. */
  | 'closing'
  | 'ended';

const DELETED = bare('Entity deleted');
const TERMINATING = bare('Entity terminating');
/** Deliveries that may wait for a write before the user function is read no further. */
const HELD_MAX = 1_000;
/** Looks for answers that are due, so often within the time that they have. */
const LOOKS = 4;

/**
 * The shell of one live CRDT entity over one stream of the user function (protocol-spec §6). Any number of commands is under way at
 * once. The user function and the proxy take turns: while the former owes an answer it is told of no change by others. Nothing
 * that shows a change leaves before the change is durable.
 */
export class CrdtEntity implements LiveEntity {
  readonly #id: string;
  readonly #environment: CrdtEnvironment;
  readonly #onEnd: () => void;
  readonly #stash: Stash;
  readonly #writer: Writer;
  readonly #outbox = new Outbox();
  readonly #calls = new LiveCalls();
  readonly #turns = new Turns();
  readonly #call: Call;
  readonly #activatedAt = performance.now();
  #phase: Phase = 'recovering';
  #isStreamOpen = true;
  /** The user function reads too slowly. */
  #isBlocked = false;
  /** Streamed calls are not kept open any more. */
  #isCompleting = false;
  /** What the user function said was wrong, though with no command. */
  #complaint = '';
  #timer: NodeJS.Timeout | undefined;
  #timerFor: 'command' | 'grace' | 'idle' | undefined;

  constructor(id: string, environment: CrdtEnvironment, onEnd: () => void) {
    this.#id = id;
    this.#environment = environment;
    this.#onEnd = onEnd;
    this.#stash = new Stash(environment.stash);
    const storage = environment.openStorage(id);
    this.#writer = new Writer(storage, {
      onSaved: (saved, others, durationMs) => this.#onSaved(saved, others, durationMs),
      onFailed: (error) => this.#onWriteFailed(error),
    });
    environment.events.activated();
    this.#call = environment.connection.open(environment.codec.path, [], {
      onHeaders: () => undefined,
      onMessage: (bytes) => this.#receive(bytes),
      onHalfClose: () => undefined,
      onEnd: (status) => this.#onStreamEnd(status),
      onDrain: () => {
        this.#isBlocked = false;
        this.#settle();
      },
    });
    void environment.admit(() => this.#recover(storage));
  }

  handle(command: PendingCommand): void {
    const waits = this.#phase !== 'live' || !this.#canSend();
    if (command.receivedAt === 0) {
      command.receivedAt = performance.now();
      command.waited = waits;
      this.#environment.events.commandReceived(waits);
    }
    if (this.#phase === 'deleted') {
      this.#fail(command, DELETED);
    } else if (waits) {
      const full = this.#stash.push(command);
      if (full !== undefined) command.end({ code: Code.RESOURCE_EXHAUSTED, message: full });
    } else {
      this.#sendCommand(command);
    }
    this.#arm();
  }

  completeStreams(): void {
    this.#isCompleting = true;
    this.#settle();
  }

  passivate(): void {
    this.completeStreams();
    if (this.#phase === 'deleted' && !this.#isStreamOpen) this.#end();
    if (this.#phase === 'live' && this.#calls.inFlight === 0 && this.#writer.isDone && !this.#stash.hasNext())
      this.#close();
  }

  drop(status: Status): void {
    if (this.#phase !== 'closing' && this.#phase !== 'ended') this.#stop(status, status);
  }

  takeStash(): readonly PendingCommand[] {
    return this.#stash.takeAll();
  }

  /** Takes in what another replica holds; the user function is told of it when it is its turn to listen. */
  merge(other: StoredCrdt): void {
    if (this.#phase !== 'live' || other === undefined) return;
    if (other === 'deleted') {
      this.#send(this.#environment.codec.delete());
      this.#becomeDeleted();
      return this.#failAll(DELETED, DELETED);
    }
    this.#guarded(() => this.#turns.merge(other));
    return this.#settle();
  }

  async #recover(storage: CrdtStorage): Promise<void> {
    const { codec, serviceName, events } = this.#environment;
    let recovered;
    try {
      recovered = await storage.recover();
    } catch (error) {
      events.storeFailed(error);
      if (this.#phase !== 'recovering') return;
      events.failed(this.#id, 'recovery failed', String(error));
      const status = this.#environment.storeStatus(error);
      this.#stop(status, status);
      return;
    }
    if (this.#phase !== 'recovering') return;
    events.recovered(performance.now() - this.#activatedAt);
    const { replica, stored } = recovered;
    this.#phase = 'live';
    if (stored === 'deleted') return this.merge(stored);
    this.#send(codec.init(serviceName, this.#id, this.#turns.begin(replica, stored)));
    this.#settle();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#phase !== 'live' && this.#phase !== 'deleted') return;
    let message: CrdtMessage;
    try {
      message = this.#environment.codec.decode(bytes);
    } catch (error) {
      message = { type: 'unknown', details: `a message that cannot be read: ${String(error)}` };
    }
    this.#take(message);
    this.#settle();
  }

  #take(message: CrdtMessage): void {
    switch (message.type) {
      case 'reply':
        return this.#onReply(message);
      case 'streamed':
        return this.#onStreamed(message);
      case 'cancelled':
        return this.#onCancelled(message);
      case 'failure':
        return this.#onFailure(message);
      case 'unknown':
        return this.#crash('Unexpected entity failure', message.details);
      default:
        return message satisfies never;
    }
  }

  #onReply({ commandId, answer, change, streamed }: CrdtMessage & { type: 'reply' }): void {
    const { events } = this.#environment;
    const input = streamed ? 'repliedStreamed' : 'replied';
    const call = this.#calls.get(commandId);
    // The caller was told already that the entity is deleted.
    if (this.#phase === 'deleted' && this.#calls.isOver(commandId)) return undefined;
    if (call === undefined || callStep(call.state, input) === 'unexpected')
      return this.#crash(`Received reply for entity id ${this.#id} for unknown command ${commandId}`);
    const { command, hasCaller } = call;
    if (streamed && !command.streamed) return this.#crash(`Streamed reply to non streamed command ${commandId}`);
    events.commandProcessed(performance.now() - call.since);
    call.span?.end();
    if (!this.#change(change)) return undefined;
    this.#enter(call, input);
    if (answer.action.type === 'failure') events.commandFailed();
    else if (hasCaller) events.commandCompleted(performance.now() - command.receivedAt);
    return this.#deliver(command, answer, hasCaller && !streamed ? OK : undefined);
  }

  #onStreamed({ commandId, answer, ends }: CrdtMessage & { type: 'streamed' }): void {
    const call = this.#calls.get(commandId);
    if (call === undefined) {
      this.#environment.reportError(`Received streamed message for unknown command id: ${commandId}`);
      return;
    }
    const { command, hasCaller } = call;
    if (ends) this.#enter(call, 'ended');
    this.#deliver(command, hasContent(answer) ? answer : undefined, hasCaller && ends ? OK : undefined);
  }

  #onCancelled({ commandId, answer, change }: CrdtMessage & { type: 'cancelled' }): void {
    const call = this.#calls.get(commandId);
    const isExpected = call !== undefined && callStep(call.state, 'cancelAnswered') !== 'unexpected';
    // One that comes too late is of a call that is forgotten already; what it did to the value still counts.
    if (!isExpected && !this.#calls.isOver(commandId))
      return this.#crash(`Received stream cancelled response for stream that's not closing: ${commandId}`);
    if (!this.#change(change) || call === undefined) return undefined;
    this.#enter(call, 'cancelAnswered');
    return this.#deliver(call.command, hasContent(answer) ? answer : undefined, undefined);
  }

  #onFailure({ commandId, description }: CrdtMessage & { type: 'failure' }): void {
    const call = this.#calls.get(commandId);
    if (call === undefined) {
      this.#complaint = description;
      return;
    }
    const { command, hasCaller } = call;
    this.#environment.events.commandFailed();
    this.#enter(call, 'ended');
    this.#deliver(command, undefined, hasCaller ? bare(description) : undefined);
  }

  /** Does what an answer asks for; false when it cannot be done, which ends this life. */
  #change(change: CrdtChange | undefined): boolean {
    if (change === undefined || this.#phase === 'deleted') return true;
    if (change.type === 'delete') {
      this.#writer.put('deleted');
      this.#becomeDeleted();
      return true;
    }
    return this.#guarded(() => this.#writer.put(this.#turns.change(change.delta, Date.now())));
  }

  #guarded(change: () => void): boolean {
    try {
      change();
      return true;
    } catch (error) {
      if (!(error instanceof CrdtError)) throw error;
      this.#crash(error.message);
      return false;
    }
  }

  /** The user function may still answer what it was asked, and has until the end of the grace to close its side. */
  #becomeDeleted(): void {
    this.#phase = 'deleted';
    this.#turns.forget();
    for (const command of this.takeStash()) this.#fail(command, DELETED);
    this.#call.halfClose();
    this.#arm();
  }

  #onSaved(saved: number, others: StoredCrdt, durationMs: number): void {
    this.#environment.events.persisted(durationMs);
    this.merge(others);
    this.#outbox.release(saved);
    this.#call.resume();
    this.#settle();
  }

  #onWriteFailed(error: unknown): void {
    const { events } = this.#environment;
    events.storeFailed(error);
    if (this.#phase !== 'live' && this.#phase !== 'deleted') return;
    events.failed(this.#id, 'write failed', String(error));
    this.#stop(TERMINATING, this.#environment.storeStatus(error));
  }

  #deliver(to: AnswerSink, answer: Answer | undefined, end: Status | undefined): void {
    const delivery: Delivery = { to, answer, end };
    if (this.#writer.isDone && this.#outbox.size === 0) return deliver(delivery);
    this.#outbox.hold(delivery, this.#writer.changes);
    if (this.#outbox.size >= HELD_MAX) this.#call.pause();
    return undefined;
  }

  #send(bytes: Uint8Array): void {
    if (!this.#call.send(bytes)) this.#isBlocked = true;
  }

  #canSend(): boolean {
    return !this.#isBlocked && this.#calls.inFlight < this.#environment.stash.maxCommands;
  }

  #sendCommand(command: PendingCommand): void {
    const { codec, events } = this.#environment;
    const span = command.span?.child('user function', 'client', { 'stategate.path': codec.path });
    const call = this.#calls.add(command, span, (gone) => this.#onCallerGone(gone));
    if (command.streamed) command.running = call;
    events.commandSent(command.waited ? call.since - command.receivedAt : undefined);
    const payload = { typeUrl: command.typeUrl, value: command.payload };
    this.#send(codec.command(this.#id, call.id, command.name, payload, command.streamed));
  }

  #onCallerGone(call: LiveCall): void {
    if (this.#calls.get(call.id) !== call) return;
    this.#enter(call, 'callerGone');
    this.#settle();
  }

  #enter(call: LiveCall, input: CallInput): void {
    const mustTell = this.#calls.enter(call, input);
    // After a half-close nothing can be told; whoever answers all the same is heard.
    if (mustTell && this.#phase === 'live') this.#send(this.#environment.codec.streamCancelled(this.#id, call.id));
  }

  /** Goes on with what had to wait: commands, then changes by others. */
  #settle(): void {
    if (this.#phase === 'live') {
      while (this.#canSend() && this.#stash.hasNext()) {
        const command = this.#stash.shift();
        if (command !== undefined) this.#sendCommand(command);
      }
      if (this.#isCompleting && this.#writer.isDone) this.#complete();
      if (this.#calls.inFlight === 0 && this.#writer.isDone && !this.#isBlocked) this.#push();
    }
    this.#arm();
  }

  #complete(): void {
    for (const call of this.#calls.allStreaming()) {
      call.command.end(OK);
      this.#enter(call, 'callerGone');
    }
  }

  /** Tells the user function what others have changed, all of it at once. */
  #push(): void {
    this.#guarded(() => {
      const delta = this.#turns.tell();
      if (delta !== undefined) this.#send(this.#environment.codec.delta(delta));
    });
  }

  #onStreamEnd(status: Status): void {
    this.#isStreamOpen = false;
    if (this.#phase === 'deleted') {
      for (const { command, state } of this.#calls.takeAll()) {
        if (state === 'handling') this.#fail(command, DELETED);
        else this.#deliver(command, undefined, OK);
      }
      return this.#arm();
    }
    if (this.#phase === 'recovering') {
      // Nobody has been heard yet: what the stream says is about the user function, not about this entity.
      const message = `the user function cannot be reached: ${status.message}`;
      const failure = status.code === Code.OK ? TERMINATING : { code: Code.UNAVAILABLE, message };
      this.#environment.events.failed(this.#id, 'Unexpected entity termination', status.message);
      this.#stop(failure, failure);
    } else if (this.#phase === 'live') {
      const text = status.code === Code.OK ? 'Unexpected entity termination due to stream closure' : 'Entity crashed';
      this.#crash(text, this.#complaint || status.message);
    }
    if (this.#phase !== 'ended') this.#end();
    return undefined;
  }

  /** The user function broke the protocol. */
  #crash(text: string, details = ''): void {
    if (this.#phase !== 'live' && this.#phase !== 'deleted') return;
    this.#environment.events.failed(this.#id, text, details);
    this.#environment.reportError(text);
    this.#stop(TERMINATING, TERMINATING);
  }

  /** Ends everything at once. `held`: for those whose change was not durable yet. */
  #stop(status: Status, held: Status): void {
    this.#phase = 'closing';
    this.#call.cancel(Code.CANCELLED);
    this.#arm();
    this.#failAll(status, held);
    for (const command of this.takeStash()) this.#fail(command, status);
  }

  #failAll(status: Status, held: Status): void {
    const waiting = new Set(this.#outbox.takeWaiting());
    const calls = this.#calls.takeAll();
    for (const to of waiting) this.#fail(to, held);
    for (const { command, span } of calls) {
      span?.end(status);
      if (!waiting.has(command)) this.#fail(command, status);
    }
  }

  #fail(command: AnswerSink, status: Status): void {
    this.#environment.events.commandFailed();
    command.end(status);
  }

  #close(): void {
    this.#phase = 'closing';
    this.#call.halfClose();
    this.#arm();
  }

  /** A write that is still under way belongs to this life: the next one must not begin before its end. */
  #end(): void {
    this.#phase = 'ended';
    this.#arm();
    void this.#writer.ended.then(() => {
      this.#environment.events.ended(performance.now() - this.#activatedAt);
      this.#onEnd();
    });
  }

  /** One timer, for what has to be waited for at most. */
  #arm(): void {
    const { commandTimeoutMs, closeGraceMs, passivationTimeoutMs } = this.#environment;
    const wanted = this.#waitsFor();
    // Only the idle time begins anew with all traffic.
    if (wanted === this.#timerFor && wanted !== 'idle') return;
    clearTimeout(this.#timer);
    this.#timerFor = wanted;
    if (wanted === 'command') this.#timer = setTimeout(() => this.#expire(), commandTimeoutMs / LOOKS);
    else if (wanted === 'grace') this.#timer = setTimeout(() => this.#call.cancel(Code.CANCELLED), closeGraceMs);
    else if (wanted === 'idle') this.#timer = setTimeout(() => this.#onIdle(), passivationTimeoutMs);
  }

  #waitsFor(): 'command' | 'grace' | 'idle' | undefined {
    switch (this.#phase) {
      case 'live':
        if (this.#calls.inFlight > 0) return 'command';
        return this.#calls.streaming === 0 && this.#writer.isDone ? 'idle' : undefined;
      case 'deleted':
        return this.#isStreamOpen ? 'grace' : 'idle';
      case 'closing':
        return 'grace';
      default:
        return undefined;
    }
  }

  #onIdle(): void {
    if (this.#phase === 'deleted') this.#end();
    else this.#close();
  }

  /** Gives up what the user function has owed for too long: changes by others flow again. */
  #expire(): void {
    const { commandTimeoutMs, stash } = this.#environment;
    this.#timerFor = undefined;
    const message = `the user function did not answer within ${commandTimeoutMs} ms (userFunction.commandTimeout)`;
    for (const call of this.#calls.owedSince(performance.now() - commandTimeoutMs)) {
      if (call.hasCaller) this.#fail(call.command, { code: Code.DEADLINE_EXCEEDED, message });
      this.#enter(call, 'timedOut');
    }
    if (this.#calls.late > stash.maxCommands) this.#crash(`${this.#calls.late} commands were never answered`);
    this.#settle();
  }
}

function hasContent({ action, sideEffects }: Answer): boolean {
  return action.type !== 'none' || sideEffects.length > 0;
}
