/** A request that cannot be understood: INVALID_ARGUMENT, HTTP 400. The text names what is wrong with it. */
export class BadRequest extends Error {}

/** The text of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
