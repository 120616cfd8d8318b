import { type Call, Code, OK, type Status } from '../../transport/call.ts';
import { bare } from '../machine.ts';
import type { Answer, AnswerSink } from '../outcome.ts';
import type { Span } from '../span.ts';
import { type PendingCommand, Stash } from '../stash.ts';
import { type CallInput, callStep } from './call-machine.ts';
import type { CrdtEnvironment } from './environment.ts';
import type { CrdtChange, CrdtMessage } from './kind.ts';
import { type LiveCall, LiveCalls } from './live-calls.ts';
import { deliver, type Delivery, Outbox } from './outbox.ts';
import type { Writer } from './writer.ts';

/** Of one life of an entity. */
export type Phase =
  /** The stream is open; what is stored is being read. */
  | 'recovering'
  | 'live'
  /** Commands are refused. The user function may still have to close its side of the stream. */
  | 'deleted'
  /** Nothing is expected any more but the end of the stream. */
  | 'closing'
  | 'ended';

/** What the commands of an entity need of it. */
export interface CommandsHost {
  /** Its stream of the user function. */
  readonly call: Call;
  readonly writer: Pick<Writer, 'changes' | 'isDone'>;
  phase(): Phase;
  /** Does what an answer asks for; false when it cannot be done, which ends this life. */
  change(change: CrdtChange | undefined, span: Span | undefined): boolean;
  /** The user function broke the protocol. */
  crash(text: string, details?: string): void;
  /** Goes on with what had to wait. */
  settle(): void;
}

/** What callers are told whose entity is deleted. */
export const DELETED = bare('Entity deleted');
/** Deliveries that may wait for a write before the user function is read no further. */
const HELD_MAX = 1_000;

/** The commands of one live CRDT entity: those that wait, those that the user function knows, and the answers that wait for a write. */
export class Commands {
  readonly #id: string;
  readonly #environment: CrdtEnvironment;
  readonly #host: CommandsHost;
  readonly #stash: Stash;
  readonly #outbox = new Outbox();
  readonly #calls = new LiveCalls();
  /** The user function reads too slowly. */
  #isBlocked = false;
  /** What the user function said was wrong, though with no command. */
  #complaint = '';

  constructor(id: string, environment: CrdtEnvironment, host: CommandsHost) {
    this.#id = id;
    this.#environment = environment;
    this.#host = host;
    this.#stash = new Stash(environment.stash);
  }

  /** How many answers the user function owes that may change the value. */
  get inFlight(): number {
    return this.#calls.inFlight;
  }

  /** Whether calls stay open for messages. */
  get areStreaming(): boolean {
    return this.#calls.streaming > 0;
  }

  get areWaiting(): boolean {
    return this.#stash.hasNext();
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  get complaint(): string {
    return this.#complaint;
  }

  handle(command: PendingCommand): void {
    const phase = this.#host.phase();
    const waits = phase !== 'live' || !this.#canSend();
    if (command.receivedAt === 0) {
      command.receivedAt = performance.now();
      command.waited = waits;
      this.#environment.events.commandReceived(waits);
    }
    if (phase === 'deleted') {
      this.#fail(command, DELETED);
    } else if (waits) {
      const full = this.#stash.push(command);
      if (full !== undefined) command.end({ code: Code.RESOURCE_EXHAUSTED, message: full });
    } else {
      this.#sendCommand(command);
    }
  }

  send(bytes: Uint8Array): void {
    if (!this.#host.call.send(bytes)) this.#isBlocked = true;
  }

  drained(): void {
    this.#isBlocked = false;
  }

  sendWaiting(): void {
    while (this.#canSend() && this.#stash.hasNext()) {
      const command = this.#stash.shift();
      if (command !== undefined) this.#sendCommand(command);
    }
  }

  /** Carries out what waited for changes up to this one. */
  release(saved: number): void {
    this.#outbox.release(saved);
    this.#host.call.resume();
  }

  /** Ends the calls that stay open for messages. */
  complete(): void {
    for (const call of this.#calls.allStreaming()) {
      call.command.end(OK);
      this.#enter(call, 'callerGone');
    }
  }

  /** The user function has closed the stream of a deleted entity: nothing more comes. */
  finish(): void {
    for (const { command, state } of this.#calls.takeAll()) {
      if (state === 'handling') this.#fail(command, DELETED);
      else this.#deliver(command, undefined, OK);
    }
  }

  /** Gives up what the user function has owed for too long: changes by others flow again. */
  expire(): void {
    const { commandTimeoutMs, stash } = this.#environment;
    const message = `the user function did not answer within ${commandTimeoutMs} ms (userFunction.commandTimeout)`;
    for (const call of this.#calls.owedSince(performance.now() - commandTimeoutMs)) {
      if (call.hasCaller) this.#fail(call.command, { code: Code.DEADLINE_EXCEEDED, message });
      this.#enter(call, 'timedOut');
    }
    if (this.#calls.late > stash.maxCommands) this.#host.crash(`${this.#calls.late} commands were never answered`);
  }

  takeStash(): readonly PendingCommand[] {
    return this.#stash.takeAll();
  }

  failStash(status: Status): void {
    for (const command of this.takeStash()) this.#fail(command, status);
  }

  /** Fails all that the user function knows. `held`: for those whose change was not durable yet. */
  failAll(status: Status, held: Status): void {
    const waiting = new Set(this.#outbox.takeWaiting());
    const calls = this.#calls.takeAll();
    for (const to of waiting) this.#fail(to, held);
    for (const { command, span } of calls) {
      span?.end(status);
      if (!waiting.has(command)) this.#fail(command, status);
    }
  }

  /** Takes what the user function says. */
  receive(bytes: Uint8Array): void {
    let message: CrdtMessage;
    try {
      message = this.#environment.codec.decode(bytes);
    } catch (error) {
      message = { type: 'unknown', details: `a message that cannot be read: ${String(error)}` };
    }
    this.#take(message);
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
        return this.#host.crash('Unexpected entity failure', message.details);
      default:
        return message satisfies never;
    }
  }

  #onReply({ commandId, answer, change, streamed }: CrdtMessage & { type: 'reply' }): void {
    const { events } = this.#environment;
    const input = streamed ? 'repliedStreamed' : 'replied';
    const call = this.#calls.get(commandId);
    // The caller was told already that the entity is deleted.
    if (this.#host.phase() === 'deleted' && this.#calls.isOver(commandId)) return undefined;
    if (call === undefined || callStep(call.state, input) === 'unexpected')
      return this.#host.crash(`Received reply for entity id ${this.#id} for unknown command ${commandId}`);
    const { command, hasCaller } = call;
    if (streamed && !command.streamed) return this.#host.crash(`Streamed reply to non streamed command ${commandId}`);
    events.commandProcessed(performance.now() - call.since);
    call.span?.end();
    if (!this.#host.change(change, command.span)) return undefined;
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
      return this.#host.crash(`Received stream cancelled response for stream that's not closing: ${commandId}`);
    if (!this.#host.change(change, call?.command.span) || call === undefined) return undefined;
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
    this.send(codec.command(this.#id, call.id, command.name, payload, command.streamed));
  }

  #onCallerGone(call: LiveCall): void {
    if (this.#calls.get(call.id) !== call) return;
    this.#enter(call, 'callerGone');
    this.#host.settle();
  }

  #enter(call: LiveCall, input: CallInput): void {
    const mustTell = this.#calls.enter(call, input);
    // After a half-close nothing can be told; whoever answers all the same is heard.
    if (mustTell && this.#host.phase() === 'live')
      this.send(this.#environment.codec.streamCancelled(this.#id, call.id));
  }

  #deliver(to: AnswerSink, answer: Answer | undefined, end: Status | undefined): void {
    const { writer } = this.#host;
    const delivery: Delivery = { to, answer, end };
    if (writer.isDone && this.#outbox.size === 0) return deliver(delivery);
    this.#outbox.hold(delivery, writer.changes);
    if (this.#outbox.size >= HELD_MAX) this.#host.call.pause();
    return undefined;
  }

  #fail(command: AnswerSink, status: Status): void {
    this.#environment.events.commandFailed();
    command.end(status);
  }
}

function hasContent({ action, sideEffects }: Answer): boolean {
  return action.type !== 'none' || sideEffects.length > 0;
}
