import { type Delta, Node } from './node.ts';

const UINT64_MAX = 2n ** 64n - 1n;

/** Counts up. */
export class GCounter extends Node {
  readonly empty: Delta = { gcounter: { increment: 0n } };
  #value = 0n;
  #pending = 0n;

  get value(): bigint {
    return this.#value;
  }

  /** @throws RangeError for less than 0 */
  increment(by: bigint | number = 1n): void {
    const amount = BigInt(by);
    if (amount < 0n || amount > UINT64_MAX) throw new RangeError(`A GCounter cannot be incremented by ${amount}`);
    this.#value += amount;
    this.#pending += amount;
  }

  apply(delta: Delta): void {
    this.#value += this.of(delta, 'gcounter').increment ?? 0n;
  }

  take(): Delta | undefined {
    const increment = this.#pending;
    this.#pending = 0n;
    return increment === 0n ? undefined : { gcounter: { increment } };
  }

  undo(): void {
    this.#value -= this.#pending;
    this.#pending = 0n;
  }
}

/** Counts up and down. */
export class PNCounter extends Node {
  readonly empty: Delta = { pncounter: { change: 0n } };
  #value = 0n;
  #pending = 0n;

  get value(): bigint {
    return this.#value;
  }

  increment(by: bigint | number = 1n): void {
    this.#value += BigInt(by);
    this.#pending += BigInt(by);
  }

  decrement(by: bigint | number = 1n): void {
    this.increment(-BigInt(by));
  }

  apply(delta: Delta): void {
    this.#value += this.of(delta, 'pncounter').change ?? 0n;
  }

  take(): Delta | undefined {
    const change = this.#pending;
    this.#pending = 0n;
    return change === 0n ? undefined : { pncounter: { change } };
  }

  undo(): void {
    this.#value -= this.#pending;
    this.#pending = 0n;
  }
}
