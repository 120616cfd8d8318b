import type { Outcome } from '../journal.ts';
import { settled } from './outcomes.ts';

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
      const outcome = settled(before === undefined ? send(request) : before.then(() => send(request)));
      lastOf.set(key, outcome);
      return outcome;
    }),
  );
}
