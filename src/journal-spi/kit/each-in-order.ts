import { isStoreError } from '../errors.ts';
import type { Outcome } from '../journal.ts';

/** Sends all requests at once, but those of one key one after the other. Rejects only for what is no `StoreError`. */
export function eachInOrder<Request, Result>(
  requests: readonly Request[],
  keyOf: (request: Request) => string,
  send: (request: Request) => Promise<Result>,
): Promise<Outcome<Result>[]> {
  const lastOf = new Map<string, Promise<unknown>>();
  return Promise.all(
    requests.map((request) => {
      const key = keyOf(request);
      const before = lastOf.get(key);
      const sent = before === undefined ? send(request) : before.then(() => send(request));
      const outcome = sent.catch((error: unknown) => {
        if (isStoreError(error)) return error;
        throw error;
      });
      lastOf.set(key, outcome);
      return outcome;
    }),
  );
}
