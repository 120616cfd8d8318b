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
  let group: Request[] = [];
  let places = new Set<string>();
  let size = 0;
  let kindOfGroup: unknown;
  for (const request of requests) {
    const where = place(request);
    const more = bytes(request);
    const own = kind?.(request);
    const fits = !places.has(where) && own === kindOfGroup && size + more <= MAX_GROUP_BYTES;
    if (group.length > 0 && !fits) {
      outcomes.push(...(await serveAll(group, serve, MAX_ROUNDS)));
      [group, places, size] = [[], new Set(), 0];
    }
    kindOfGroup = own;
    group.push(request);
    places.add(where);
    size += more;
  }
  return outcomes.concat(await serveAll(group, serve, MAX_ROUNDS));
}

async function serveAll<Request, Result>(
  group: readonly Request[],
  serve: Served<Request, Result>['serve'],
  rounds: number,
): Promise<readonly Outcome<Result>[]> {
  const served = rounds === 0 ? restless() : await settled(serve(group));
  if (isStoreError(served)) return group.map(() => served);
  if (served.every((outcome) => outcome !== undefined)) return served;
  const again = group.filter((_, n) => served[n] === undefined);
  const later = await serveAll(again, serve, rounds - 1);
  let next = 0;
  return served.flatMap((outcome) => outcome ?? later.slice(next, (next += 1)));
}

function restless(): StoreError {
  return new StoreError('StoreUnavailable', `others changed the same entity ${MAX_ROUNDS} times meanwhile`);
}
