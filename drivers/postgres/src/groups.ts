import { isStoreError, StoreError } from '@stategate/journal-spi';
import type { Outcome } from '@stategate/journal-spi';
import { settled } from '@stategate/journal-spi/kit';

/** Most payload bytes of one statement, unless a single request has more: the server takes 1 GiB. */
const MAX_GROUP_BYTES = 64 * 1024 ** 2;
/** How often a request is sent whose refusal was no longer true when it was looked at. */
const MAX_ROUNDS = 5;

export interface Served<Request, Result> {
  /** Equal for requests that must be served one after the other. */
  readonly place: (request: Request) => string;
  readonly bytes: (request: Request) => number;
  /** Equal for all requests of a group; all are when absent. */
  readonly kind?: (request: Request) => unknown;
  /** One outcome per request; undefined: send it again. What it throws is the outcome of all of them. */
  readonly serve: (requests: readonly Request[]) => Promise<readonly (Outcome<Result> | undefined)[]>;
}

/** Serves requests in as few groups as may be: none names a place twice or is too large. One outcome per request, in their order. */
export async function serveGrouped<Request, Result>(
  requests: readonly Request[],
  { place, bytes, kind, serve }: Served<Request, Result>,
): Promise<readonly Outcome<Result>[]> {
  const outcomes: Outcome<Result>[] = [];
  let group: number[] = [];
  let places = new Set<string>();
  let size = 0;
  let kindOfGroup: unknown;

  async function flush(): Promise<void> {
    let waiting = group;
    group = [];
    places = new Set();
    size = 0;
    for (let round = 1; waiting.length > 0; round += 1) {
      const sent = waiting.flatMap((at) => requests.slice(at, at + 1));
      const served = round > MAX_ROUNDS ? restless() : await settled(serve(sent));
      waiting = waiting.filter((at, n) => {
        const outcome = isStoreError(served) ? served : served[n];
        if (outcome !== undefined) outcomes[at] = outcome;
        return outcome === undefined;
      });
    }
  }

  for (const [at, request] of requests.entries()) {
    const where = place(request);
    const more = bytes(request);
    const own = kind?.(request);
    const fits = !places.has(where) && own === kindOfGroup && size + more <= MAX_GROUP_BYTES;
    if (group.length > 0 && !fits) await flush();
    kindOfGroup = own;
    group.push(at);
    places.add(where);
    size += more;
  }
  await flush();
  return outcomes;
}

function restless(): StoreError {
  return new StoreError('StoreUnavailable', `others changed the same entity ${MAX_ROUNDS} times meanwhile`);
}
