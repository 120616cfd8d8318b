import { isStoreError, StoreError } from '../errors.ts';
import type { Outcome } from '../journal.ts';

/** The single outcome of a call with one request: returned, or thrown when it is an error. */
export function only<T>(outcomes: readonly Outcome<T>[]): T {
  const [outcome] = outcomes;
  if (outcome === undefined || outcomes.length > 1) throw new Error(`expected one outcome, got ${outcomes.length}`);
  if (isStoreError(outcome)) throw outcome;
  return outcome;
}

/** Runs `work` and returns what it threw as an outcome, when that is a `StoreError`. */
export function outcomeOf<T>(work: () => T): Outcome<T> {
  try {
    return work();
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
}

/** What a promise comes to, a `StoreError` as an outcome. */
export function settled<T>(work: Promise<T>): Promise<Outcome<T>> {
  return work.catch(storeErrorOnly);
}

function storeErrorOnly(error: unknown): StoreError {
  if (isStoreError(error)) return error;
  throw error;
}

/** Throws `Cancelled` when nobody waits any more: call it before anything is sent. */
export function throwIfOver(options: { readonly signal?: AbortSignal; readonly deadline?: number }): void {
  if (options.signal?.aborted)
    throw new StoreError('Cancelled', 'cancelled before it was sent', { cause: options.signal.reason });
  if (options.deadline !== undefined && performance.now() > options.deadline) {
    throw new StoreError('Cancelled', 'the deadline had passed before it was sent');
  }
}
