/**
 * A page of a list: `found` has one more than `limit` when there is a next page, which begins behind the last of this one.
 */
export function pageOfList<Found>(
  found: readonly Found[],
  limit: number,
  cursorOf: (last: Found) => string,
): { readonly page: readonly Found[]; readonly next?: string } {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return last === undefined || found.length === page.length ? { page } : { page, next: cursorOf(last) };
}
