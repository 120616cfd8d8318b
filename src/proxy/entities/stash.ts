import type { AnswerSink, RunningCommand } from './outcome.ts';
import type { Span } from './span.ts';

/** A command on its way through an entity. */
export interface PendingCommand extends AnswerSink {
  /** Short name of the method. */
  readonly name: string;
  readonly typeUrl: string;
  readonly payload: Uint8Array;
  /** Of a method with any number of replies. */
  readonly streamed: boolean;
  /** Nobody waits any more: if it has not begun, it never will. */
  cancelled: boolean;
  /** Set by an entity that wants to be told of the caller's cancellation, and when the caller takes more. */
  running: RunningCommand;
  /** What a trace shows of it, when it is traced. */
  readonly span: Span | undefined;
  /** Set by the entity that gets it first: when, on the clock of `performance.now()`; 0 before. */
  receivedAt: number;
  /** Set with it: it could not be sent at once. */
  waited: boolean;
}

/** The bytes that all stashes of a process hold together. */
export interface StashBudget {
  bytes: number;
  readonly maxBytes: number;
  readonly maxCommands: number;
}

/** The commands that wait for their turn: first in, first out, bounded in number and, over all entities, in bytes. */
export class Stash {
  readonly #budget: StashBudget;
  #commands: PendingCommand[] = [];
  #first = 0;

  constructor(budget: StashBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#commands.length - this.#first;
  }

  /** Says what is full when there is no room. */
  push(command: PendingCommand): string | undefined {
    const budget = this.#budget;
    if (this.size >= budget.maxCommands)
      return `${budget.maxCommands} commands already wait for this entity (entities.stashMax)`;
    const bytes = budget.bytes + command.payload.length;
    if (bytes > budget.maxBytes)
      return `commands that wait hold ${budget.maxBytes} bytes already (entities.stashMaxBytes)`;
    budget.bytes = bytes;
    this.#commands.push(command);
    return undefined;
  }

  shift(): PendingCommand | undefined {
    const command = this.#commands[this.#first];
    if (command === undefined) return undefined;
    this.#first += 1;
    if (this.#first === this.#commands.length) {
      this.#commands.length = 0;
      this.#first = 0;
    } else if (this.#first > 64 && this.#first * 2 > this.#commands.length) {
      this.#commands = this.#commands.slice(this.#first);
      this.#first = 0;
    }
    this.#budget.bytes -= command.payload.length;
    return command;
  }

  /** Empties it: all that somebody still waits for, in their order. */
  takeAll(): readonly PendingCommand[] {
    const commands: PendingCommand[] = [];
    while (this.hasNext()) {
      const command = this.shift();
      if (command !== undefined) commands.push(command);
    }
    return commands;
  }

  /** Drops commands at the front that nobody waits for, and says whether one is left. */
  hasNext(): boolean {
    while (this.#commands[this.#first]?.cancelled === true) this.shift();
    return this.size > 0;
  }
}
