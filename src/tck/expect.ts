import { isDeepStrictEqual } from 'node:util';
import { normal } from './codec.ts';

/** How long the kit waits for anything that has to come. */
export const PATIENCE_MS = 3_000;
/** How long nothing more may come when a case is over. */
const SILENCE_MS = 10;

/** What a case was to see, and what it saw instead. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
  readonly expected: unknown;
  readonly got: unknown;

  constructor(what: string, expected: unknown, got: unknown) {
    super(what);
    this.expected = expected;
    this.got = got;
  }
}

/** @throws Mismatch */
export function expectEqual(what: string, got: unknown, expected: unknown): void {
  const [one, other] = [normal(got), normal(expected)];
  if (!isDeepStrictEqual(one, other)) throw new Mismatch(what, other, one);
}

/**
 * Waits until both are equal, and stay so for a moment.
 * @throws Mismatch with what it was last
 */
export async function expectSoon(
  what: string,
  got: () => unknown,
  expected: unknown,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + patienceMs;
  for (const wanted = normal(expected); !isDeepStrictEqual(normal(got()), wanted); await pause(5)) {
    if (performance.now() > end) throw new Mismatch(`${what}, within ${patienceMs} ms`, wanted, normal(got()));
  }
  await pause(SILENCE_MS);
  expectEqual(`${what}, and nothing after it`, got(), expected);
}

/** @throws Mismatch when it takes too long */
export async function within<T>(what: string, promise: Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Mismatch(what, `within ${patienceMs} ms`, 'nothing')), patienceMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
