import { isStoreError, type Outcome, StoreError } from '@stategate/journal-spi';

interface Waiting<Request, Result> {
  readonly request: Request;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit without a timer: what comes while a group is in flight becomes the next group. Each store has one batcher for
 * each kind of call; its queue is bounded by what is in front of it, one request per entity.
 */
export class Batcher<Request, Result> {
  readonly #send: (requests: readonly Request[]) => Promise<readonly Outcome<Result>[]>;
  readonly #groupMax: number;
  #waiting: Waiting<Request, Result>[] = [];
  #inFlight = false;

  constructor(send: (requests: readonly Request[]) => Promise<readonly Outcome<Result>[]>, groupMax: number) {
    this.#send = send;
    this.#groupMax = groupMax;
  }

  /** Resolves with the request's own outcome, rejects with its `StoreError`. */
  submit(request: Request): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject });
      if (!this.#inFlight) void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    this.#inFlight = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#groupMax);
      try {
        const outcomes = await this.#send(group.map(({ request }) => request));
        group.forEach((waiting, i) => settle(waiting, outcomes[i]));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#inFlight = false;
  }
}

function settle<Request, Result>(waiting: Waiting<Request, Result>, outcome: Outcome<Result> | undefined): void {
  if (outcome === undefined)
    waiting.reject(new StoreError('AmbiguousWrite', 'the driver returned no outcome for a request'));
  else if (isStoreError(outcome)) waiting.reject(outcome);
  else waiting.resolve(outcome);
}
