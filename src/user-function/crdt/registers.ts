import { cloudstate } from '@stategate/protocol';
import type { Element } from './element.ts';
import { type Delta, Node } from './node.ts';

/** Which of two writes at the same time stays: `custom` and `autoIncrement` go by the number given. */
export type Clock = 'last-write' | 'first-write' | { readonly custom: bigint } | { readonly autoIncrement: bigint };

const { CrdtClock } = cloudstate.crdt;

/** One value: of those that are written at the same time one stays. */
export class LWWRegister<T> extends Node {
  readonly #element: Element<T>;
  #value: T;
  #pending: Delta | undefined;
  #before: { readonly value: T; readonly pending: Delta | undefined };

  /** The first value is written by the first command, when nothing has come from the proxy before. */
  constructor(element: Element<T>, initial: T) {
    super();
    this.#element = element;
    this.#value = initial;
    this.#pending = { lwwregister: { value: element.toPayload(initial) } };
    this.#before = { value: initial, pending: this.#pending };
  }

  get empty(): Delta {
    return { lwwregister: { value: this.#element.toPayload(this.#value) } };
  }

  get value(): T {
    return this.#value;
  }

  set(value: T, clock: Clock = 'last-write'): void {
    this.#value = value;
    this.#pending = { lwwregister: { value: this.#element.toPayload(value), ...clockOf(clock) } };
  }

  apply(delta: Delta): void {
    this.#value = this.#element.fromPayload(this.of(delta, 'lwwregister').value ?? {});
    this.#pending = undefined;
    this.#before = { value: this.#value, pending: undefined };
  }

  take(): Delta | undefined {
    const delta = this.#pending;
    this.#pending = undefined;
    this.#before = { value: this.#value, pending: undefined };
    return delta;
  }

  undo(): void {
    this.#value = this.#before.value;
    this.#pending = this.#before.pending;
  }
}

function clockOf(clock: Clock): Pick<cloudstate.crdt.LWWRegisterDelta.$Properties, 'clock' | 'customClockValue'> {
  if (clock === 'last-write') return {};
  if (clock === 'first-write') return { clock: CrdtClock.REVERSE };
  if ('custom' in clock) return { clock: CrdtClock.CUSTOM, customClockValue: clock.custom };
  return { clock: CrdtClock.CUSTOM_AUTO_INCREMENT, customClockValue: clock.autoIncrement };
}

/** Is switched on once, and stays on. */
export class Flag extends Node {
  readonly empty: Delta = { flag: { value: false } };
  #value = false;
  #pending = false;

  get value(): boolean {
    return this.#value;
  }

  enable(): void {
    this.#pending ||= !this.#value;
    this.#value = true;
  }

  apply(delta: Delta): void {
    this.#value ||= this.of(delta, 'flag').value ?? false;
  }

  take(): Delta | undefined {
    const enabled = this.#pending;
    this.#pending = false;
    return enabled ? { flag: { value: true } } : undefined;
  }

  undo(): void {
    this.#value &&= !this.#pending;
    this.#pending = false;
  }
}

/** One vote for each node of the proxy. */
export class Vote extends Node {
  readonly empty: Delta = { vote: { selfVote: false } };
  #selfVote = false;
  #votesFor = 0;
  #totalVoters = 1;
  /** The vote of this node that the proxy knows. */
  #known = false;

  /** The vote of this node. */
  get selfVote(): boolean {
    return this.#selfVote;
  }

  /** How many nodes vote yes, this one included. */
  get votesFor(): number {
    return this.#votesFor;
  }

  get totalVoters(): number {
    return this.#totalVoters;
  }

  get isMajority(): boolean {
    return this.#votesFor * 2 > this.#totalVoters;
  }

  vote(yes: boolean): void {
    if (yes === this.#selfVote) return;
    this.#selfVote = yes;
    this.#votesFor += yes ? 1 : -1;
  }

  apply(delta: Delta): void {
    const { selfVote, votesFor, totalVoters } = this.of(delta, 'vote');
    this.#selfVote = this.#known = selfVote ?? false;
    this.#votesFor = votesFor ?? 0;
    this.#totalVoters = totalVoters ?? 0;
  }

  take(): Delta | undefined {
    if (this.#selfVote === this.#known) return undefined;
    this.#known = this.#selfVote;
    return { vote: { selfVote: this.#selfVote } };
  }

  undo(): void {
    this.vote(this.#known);
  }
}
