/**
 * Whether a version lies in a semver range: `1.2.3`, `^1.2.3`, `~1.2.3`, comparators such as `>=1.0.0 <2.0.0`, and several
 * of these with `||` between them. What cannot be read as a range contains nothing.
 */
export function satisfies(version: string, range: string): boolean {
  const actual = parse(version);
  if (actual === undefined) return false;
  return range.split('||').some((alternative) => {
    const comparators = alternative
      .trim()
      .replaceAll(/([<>=^~])\s+/g, '$1')
      .split(/\s+/);
    return comparators.every((comparator) => matches(actual, comparator));
  });
}

interface Version {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** The parts of the pre-release; empty for a release. */
  readonly pre: readonly string[];
}

function matches(actual: Version, comparator: string): boolean {
  const [, operator = '', text = ''] = /^([<>]=?|[=^~]?)(.*)$/.exec(comparator) ?? [];
  const wanted = parse(text);
  if (wanted === undefined) return false;
  const order = compare(actual, wanted);
  switch (operator) {
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '^':
      return (
        order >= 0 &&
        compareNumbers(
          actual,
          ceiling(
            wanted,
            wanted.numbers.findIndex((part) => part > 0),
          ),
        ) < 0
      );
    case '~':
      return order >= 0 && compareNumbers(actual, ceiling(wanted, 1)) < 0;
    default:
      return order === 0;
  }
}

/** The first version that differs in the part at `index`, or in the last one when there is none. */
function ceiling({ numbers: [major, minor, patch] }: Version, index: number): Version {
  const numbers =
    index === 0
      ? ([major + 1, 0, 0] as const)
      : index === 1
        ? ([major, minor + 1, 0] as const)
        : ([major, minor, patch + 1] as const);
  return { numbers, pre: [] };
}

function parse(text: string): Version | undefined {
  const parts = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/.exec(text);
  if (parts === null) return undefined;
  const [, major, minor = '0', patch = '0', pre] = parts;
  return { numbers: [Number(major), Number(minor), Number(patch)], pre: pre === undefined ? [] : pre.split('.') };
}

function compare(a: Version, b: Version): number {
  return compareNumbers(a, b) || comparePreReleases(a.pre, b.pre);
}

function compareNumbers(a: Version, b: Version): number {
  return a.numbers[0] - b.numbers[0] || a.numbers[1] - b.numbers[1] || a.numbers[2] - b.numbers[2];
}

/** By semver §11: a release is above its pre-releases, numbers are below words, and more parts above fewer. */
function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    if (left === right) continue;
    const [leftNumber, rightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftNumber && rightNumber) return Number(left) - Number(right);
    if (leftNumber !== rightNumber) return leftNumber ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
