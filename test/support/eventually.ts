/** Asks again and again until `check` returns something but false, null or undefined. Rejects with what it threw last. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  timeoutMs = 10_000,
  what = 'the condition',
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs;
  let last: unknown = new Error('never true');
  while (performance.now() < end) {
    try {
      const value = await check();
      if (value !== false && value !== null && value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${what} did not come about within ${timeoutMs} ms`, { cause: last });
}
