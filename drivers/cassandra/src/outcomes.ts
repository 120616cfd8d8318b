import { isStoreError } from '@stategate/journal-spi';
import type { Outcome } from '@stategate/journal-spi';

/** Does all at once, and returns what each gave. Rejects only for what is no `StoreError`. */
export function outcomesOf<Request, Result>(
  requests: readonly Request[],
  work: (request: Request) => Promise<Result>,
): Promise<Outcome<Result>[]> {
  return Promise.all(
    requests.map((request) =>
      work(request).catch((error: unknown) => {
        if (isStoreError(error)) return error;
        throw error;
      }),
    ),
  );
}
