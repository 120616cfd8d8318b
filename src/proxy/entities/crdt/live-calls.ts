import type { RunningCommand } from '../outcome.ts';
import type { PendingCommand } from '../stash.ts';
import { type CallInput, type CallState, callStep, isInFlight } from './call-machine.ts';

/** A command that the user function knows. */
export class LiveCall implements RunningCommand {
  readonly id: number;
  readonly command: PendingCommand;
  readonly span: PendingCommand['span'];
  readonly #onGone: (call: LiveCall) => void;
  state: CallState = 'handling';
  /** When the user function was told what it has to answer now. */
  since = performance.now();

  constructor(id: number, command: PendingCommand, span: PendingCommand['span'], onGone: (call: LiveCall) => void) {
    this.id = id;
    this.command = command;
    this.span = span;
    this.#onGone = onGone;
  }

  /** Whether somebody waits for what comes next. */
  get hasCaller(): boolean {
    return this.state === 'handling' || this.state === 'streaming';
  }

  cancel(): void {
    this.#onGone(this);
  }

  resume(): void {
    // Others have answers on the same stream: it is not held up for one caller, whose answers wait at its own step.
  }
}

/** The commands that the user function knows, by their ids. */
export class LiveCalls {
  readonly #calls = new Map<number, LiveCall>();
  #lastId = 0;
  #inFlight = 0;
  #late = 0;

  /** How many answers the user function owes that may change the value. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many answers are not waited for any more. */
  get late(): number {
    return this.#late;
  }

  /** How many calls stay open for messages. */
  get streaming(): number {
    return this.#calls.size - this.#inFlight - this.#late;
  }

  add(command: PendingCommand, span: PendingCommand['span'], onGone: (call: LiveCall) => void): LiveCall {
    const call = new LiveCall((this.#lastId += 1), command, span, onGone);
    this.#calls.set(call.id, call);
    this.#inFlight += 1;
    return call;
  }

  get(id: number): LiveCall | undefined {
    return this.#calls.get(id);
  }

  /** Whether the call was known and is forgotten. */
  isOver(id: number): boolean {
    return id > 0 && id <= this.#lastId && !this.#calls.has(id);
  }

  /** Takes one step on the way of a call. True: the user function must be told now that the caller has gone. */
  enter(call: LiveCall, input: CallInput): boolean {
    const step = callStep(call.state, input);
    this.#count(call.state, -1);
    if (step === 'over' || step === 'unexpected') {
      this.#calls.delete(call.id);
      return false;
    }
    call.state = step === 'cancel' ? 'cancelling' : step;
    this.#count(call.state, 1);
    if (step === 'cancel') call.since = performance.now();
    return step === 'cancel';
  }

  allStreaming(): LiveCall[] {
    return [...this.#calls.values()].filter(({ state }) => state === 'streaming');
  }

  /** Those to which the user function has owed an answer since then or longer. */
  owedSince(time: number): LiveCall[] {
    return [...this.#calls.values()].filter(({ state, since }) => isInFlight(state) && since <= time);
  }

  /** Forgets all of them, and returns those that have a caller. */
  takeAll(): LiveCall[] {
    const calls = [...this.#calls.values()].filter(({ hasCaller }) => hasCaller);
    this.#calls.clear();
    this.#inFlight = this.#late = 0;
    return calls;
  }

  #count(state: CallState, by: 1 | -1): void {
    if (isInFlight(state)) this.#inFlight += by;
    else if (state === 'late') this.#late += by;
  }
}
