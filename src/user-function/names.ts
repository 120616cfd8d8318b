/** Thrown by {@link serve} when the definitions, the .proto files and the handlers do not fit together. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** An error that names what is unknown and the known name that is closest to it. */
export function unknownName(what: string, name: string, known: Iterable<string>): ConfigurationError {
  const names = [...known];
  const closest = nearest(name, names);
  const listed = names.length === 0 ? 'none' : names.slice(0, 20).join(', ');
  const hint = closest === undefined ? `Known: ${listed}.` : `Did you mean "${closest}"?`;
  return new ConfigurationError(`Unknown ${what} "${name}". ${hint}`);
}

/** @throws ConfigurationError unless it is left out or a whole number of at least 1 */
export function checkCount(what: string, value: number | undefined): void {
  if (value !== undefined && (!Number.isSafeInteger(value) || value < 1)) {
    throw new ConfigurationError(`${what} is ${value}; it must be a whole number of at least 1`);
  }
}

function nearest(name: string, known: string[]): string | undefined {
  const byDistance = known
    .map((candidate) => ({ candidate, distance: editDistance(simple(name), simple(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = byDistance;
  return best !== undefined && best.distance <= Math.max(2, simple(name).length / 3) ? best.candidate : undefined;
}

function simple(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of from.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of to.split('').entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** A name as protobuf resolves it: in the innermost scope first, absolute with a leading dot. */
export function resolveName(name: string, scope: string, isKnown: (name: string) => boolean): string | undefined {
  if (name.startsWith('.')) return isKnown(name.slice(1)) ? name.slice(1) : undefined;
  for (let outer = scope; outer !== ''; outer = outer.slice(0, Math.max(0, outer.lastIndexOf('.')))) {
    if (isKnown(`${outer}.${name}`)) return `${outer}.${name}`;
  }
  return isKnown(name) ? name : undefined;
}
