import {
  type Answer,
  type ClientAction,
  NOT_RUNNING,
  type RunningCommand,
  type SideEffect,
} from '../entities/outcome.ts';
import type { Span } from '../entities/span.ts';
import type { PendingCommand } from '../entities/stash.ts';
import type { ServiceMethod } from '../protocol/service-model.ts';
import { Code, type Metadata, type Status } from '../transport/call.ts';
import type { ReplySink } from './command.ts';

const EMPTY = new Uint8Array(0);
/** Answers that may wait at one step; who heeds `answer`'s result never comes near it. */
const WAITING_MAX = 1_000;
/** The longest delay that timers accept. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** What a command is: for whom, with what, until when. */
export interface Errand {
  readonly method: ServiceMethod;
  readonly typeUrl: string;
  readonly payload: Uint8Array;
  /** Read when it is needed: most handlers get none. */
  readonly source: { readonly metadata: Metadata; readonly typeUrl?: string };
  /** Within which the step is traced. */
  readonly within: Span | undefined;
  /** On the clock of `performance.now()`; `Infinity` for none. */
  readonly deadline: number;
  /** The step that led here, by a forward or a side effect. */
  readonly from?: Step;
  readonly reason?: Reason;
}

export type Reason = 'forwarded from' | 'side-effect of';

/** What a step needs of its router. */
export interface StepRouter {
  /** Carries out one effect; resolves with why the command cannot go on after it. */
  effect(from: Step, effect: SideEffect): Promise<Status | undefined>;
  /** Begins what `from` forwards to, or says why it cannot. */
  forward(from: Step, action: ClientAction & { readonly type: 'forward' }, sink: ReplySink): Step | Status;
  checkReplyType(method: ServiceMethod, typeUrl: string): void;
}

/**
 * One step of a command's way. It takes the answers of whoever handles the command, and for one after the other carries out the
 * side effects, then gives the reply, or what it is forwarded to, to whoever waits (protocol-spec §8.7).
 */
export class Step implements PendingCommand, RunningCommand {
  readonly errand: Errand;
  /** How many forwards and side effects led here. */
  readonly depth: number;
  readonly #router: StepRouter;
  readonly #sink: ReplySink;
  cancelled = false;
  running: RunningCommand = NOT_RUNNING;
  /** Ends with what the handler said. */
  span: Span | undefined;
  receivedAt = 0;
  waited = false;
  /** `busy`: effects or a forward are under way. `blocked`: the caller takes no more for now. */
  #phase: 'free' | 'busy' | 'blocked' = 'free';
  /** The caller has got the end, or has gone. */
  #over = false;
  /** Answers whose turn has not come. */
  #waiting: Answer[] | undefined;
  /** How the handler ended while answers of its were under way. */
  #status: Status | undefined;
  #forwarded: Step | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(router: StepRouter, errand: Errand, sink: ReplySink) {
    this.#router = router;
    this.errand = errand;
    this.#sink = sink;
    this.depth = errand.from === undefined ? 0 : errand.from.depth + 1;
  }

  get name(): string {
    return this.errand.method.name;
  }

  get typeUrl(): string {
    return this.errand.typeUrl;
  }

  get payload(): Uint8Array {
    return this.errand.payload;
  }

  get streamed(): boolean {
    return this.errand.method.streamedOut;
  }

  /** Ends the command at this time, if nothing has before. */
  expireAt(deadline: number): void {
    if (deadline === Infinity || this.#over) return;
    clearTimeout(this.#timer);
    const timeoutMs = Math.max(0, Math.min(deadline - performance.now(), TIMER_MAX_MS));
    this.#timer = setTimeout(() => {
      this.#fail({ code: Code.DEADLINE_EXCEEDED, message: `no answer within ${Math.round(timeoutMs)} ms` });
    }, timeoutMs);
  }

  answer(answer: Answer): boolean {
    if (this.#phase === 'free') {
      this.#carryOut(answer);
      return this.#phase === 'free';
    }
    this.#waiting ??= [];
    if (this.#waiting.push(answer) > WAITING_MAX)
      this.#fail({ code: Code.RESOURCE_EXHAUSTED, message: `${WAITING_MAX} replies already wait for a slow caller` });
    return false;
  }

  end(status: Status): void {
    this.span?.end(status);
    if (this.#phase !== 'busy' && this.#nothingWaits()) this.#finish(status);
    else this.#status ??= status;
  }

  cancel(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#stop();
  }

  resume(): void {
    if (this.#forwarded !== undefined) this.#forwarded.resume();
    else if (this.#phase === 'blocked') this.#goOn();
  }

  #carryOut({ action, sideEffects }: Answer): void {
    if (sideEffects.length === 0) return this.#act(action);
    this.#phase = 'busy';
    void this.#afterEffects(sideEffects, action);
    return undefined;
  }

  /** Effects follow from what the handler has done already: they are carried out whatever becomes of the caller. */
  async #afterEffects(effects: readonly SideEffect[], action: ClientAction): Promise<void> {
    for (const effect of effects) {
      const failure = await this.#router.effect(this, effect);
      if (failure !== undefined) return this.#fail(failure);
    }
    this.#phase = 'free';
    this.#act(action);
    if (this.#phase === 'free') this.#goOn();
    return undefined;
  }

  #act(action: ClientAction): void {
    if (this.#over) return undefined;
    switch (action.type) {
      case 'none':
        return undefined;
      case 'failure':
        return this.#fail({ code: Code.UNKNOWN, message: action.description, bare: true, answered: true });
      case 'reply': {
        const { payload, metadata } = action;
        if (payload === undefined) return undefined;
        this.#router.checkReplyType(this.errand.method, payload.typeUrl ?? '');
        const taken = this.#sink.message(payload.value ?? EMPTY, metadata);
        if (taken === false) this.#phase = 'blocked';
        else if (taken !== true) this.#fail(taken);
        return undefined;
      }
      case 'forward':
        return this.#forward(action);
      default:
        return action satisfies never;
    }
  }

  /** The replies of the forward's target take the place of this answer. */
  #forward(action: ClientAction & { readonly type: 'forward' }): void {
    this.#phase = 'busy';
    let ended = false;
    const target = this.#router.forward(this, action, {
      message: (payload, metadata) => this.#over || this.#sink.message(payload, metadata),
      end: (status) => {
        ended = true;
        this.#forwarded = undefined;
        if (status.code === Code.OK) this.#goOn();
        else this.#fail(status);
      },
    });
    if ('code' in target) this.#fail(target);
    else if (!ended) this.#forwarded = target;
  }

  /** Carries out what waits; when nothing does, whoever answers may go on. */
  #goOn(): void {
    this.#phase = 'free';
    while (this.#phase === 'free') {
      const next = this.#waiting?.shift();
      if (next !== undefined) this.#carryOut(next);
      else if (this.#status !== undefined) return this.#finish(this.#status);
      else return this.running.resume();
    }
    return undefined;
  }

  /** The call ends at once: whoever still answers is told, nothing that comes later counts. */
  #fail(status: Status): void {
    this.span?.end(status);
    this.#phase = 'free';
    this.#finish(status);
    this.#stop();
  }

  #finish(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#sink.end(status);
  }

  #stop(): void {
    this.span?.end({ code: Code.CANCELLED, message: 'nobody waits any more' });
    this.cancelled = true;
    this.#waiting = undefined;
    this.#forwarded?.cancel();
    this.#forwarded = undefined;
    this.running.cancel();
  }

  #nothingWaits(): boolean {
    return this.#waiting === undefined || this.#waiting.length === 0;
  }
}
