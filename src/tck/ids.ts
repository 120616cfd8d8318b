/** Ids of entities. They differ from one run to the next: a proxy that is judged again may have kept the entities. */
export class Ids {
  readonly #run = Date.now().toString(36);
  #last = 0;

  /** `entity-…` unless another beginning is given. */
  next(kind = 'entity'): string {
    this.#last += 1;
    return `${kind}-${this.#run}-${this.#last}`;
  }
}
