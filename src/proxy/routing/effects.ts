/** Runs asynchronous side effects: so many at a time, as many again waiting, and no more. */
export class EffectRunner {
  readonly #max: number;
  readonly #onDropped: (dropped: number) => void;
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #dropped = 0;

  constructor(max: number, onDropped: (dropped: number) => void) {
    this.#max = max;
    this.#onDropped = onDropped;
  }

  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running, waiting: this.#waiting.length };
  }

  /** Starts `effect`, or keeps it until one of those that run has ended, or drops it when too many wait already. */
  start(effect: () => Promise<void>): void {
    if (this.#running < this.#max) void this.#run(effect);
    else if (this.#waiting.length < this.#max) this.#waiting.push(effect);
    else this.#onDropped((this.#dropped += 1));
  }

  async #run(effect: () => Promise<void>): Promise<void> {
    this.#running += 1;
    for (let next: (() => Promise<void>) | undefined = effect; next !== undefined; next = this.#waiting.shift())
      await next();
    this.#running -= 1;
  }
}
