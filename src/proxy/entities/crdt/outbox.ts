import type { Status } from '../../transport/call.ts';
import type { Answer, AnswerSink } from '../outcome.ts';

/** What a caller is to get: an answer, the end, or both. */
export interface Delivery {
  readonly to: AnswerSink;
  readonly answer: Answer | undefined;
  readonly end: Status | undefined;
}

/** Keeps deliveries back, in their order, until every change that they may show is durable. */
export class Outbox {
  #held: (Delivery & { readonly after: number })[] | undefined;

  get size(): number {
    return this.#held?.length ?? 0;
  }

  /** `after`: the number of the last change that the delivery may show. */
  hold(delivery: Delivery, after: number): void {
    (this.#held ??= []).push({ ...delivery, after });
  }

  /** Carries out what waited for changes up to this one. */
  release(saved: number): void {
    const held = this.#held ?? [];
    const first = held.findIndex(({ after }) => after > saved);
    this.#held = first < 0 ? undefined : held.slice(first);
    for (const delivery of first < 0 ? held : held.slice(0, first)) deliver(delivery);
  }

  /** Gives up, and says who waited for something. */
  takeWaiting(): readonly AnswerSink[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    return held.map(({ to }) => to);
  }
}

export function deliver({ to, answer, end }: Delivery): void {
  if (answer !== undefined) to.answer(answer);
  if (end !== undefined) to.end(end);
}
