/** A `google.api.http` option that cannot be served as it is written: an error of discovery. */
export class HttpRuleError extends Error {}

/** A path template that breaks the grammar. `column` counts from 1. */
export class PathTemplateError extends HttpRuleError {
  readonly column: number;

  constructor(problem: string, source: string, column: number) {
    const place = column >= source.length ? 'end of input' : `character ${column}`;
    super(`${problem} at ${place} of '${source}'`);
    this.column = column;
  }
}

/** What one segment of a path must be: that text, `*` = any text without `:`, `**` = everything from here. */
export type PathStep =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'rest' };

/** A variable takes the segments that the steps `[start, end)` match. */
export interface PathVariable {
  readonly fieldPath: string;
  readonly start: number;
  readonly end: number;
}

/** A parsed template. Only the last step can be `rest`. */
export interface PathTemplate {
  readonly steps: readonly PathStep[];
  readonly variables: readonly PathVariable[];
  /** The text after `:`. */
  readonly verb?: string;
}

const ANY: PathStep = { kind: 'any' };
const REST: PathStep = { kind: 'rest' };

/**
 * Parses `"/" segments [":" verb]`, where a segment is `*`, `**` (last), a literal, or `{field.sub=segments}`.
 * Literals are compared with the path as it was sent, percent-encoded. Throws `PathTemplateError`.
 */
export function parsePathTemplate(source: string): PathTemplate {
  const steps: PathStep[] = [];
  const variables: PathVariable[] = [];
  let at = 0;

  const error = (problem: string, index = at): PathTemplateError => new PathTemplateError(problem, source, index + 1);
  const take = (text: string): boolean => {
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0] ?? '';
    at += text.length;
    return text;
  };

  const literal = (): string => match(/[^*{}/:\n]*/y);

  const segments = (parse: () => void): void => {
    do {
      if (steps.at(-1) === REST)
        throw error(
          'Multi segment matchers (**) may only be in the last position of the template',
          source.indexOf('**'),
        );
      parse();
    } while (take('/'));
  };
  const plainSegment = (): void => {
    steps.push(take('**') ? REST : take('*') ? ANY : { kind: 'literal', text: literal() });
  };
  const variable = (): void => {
    const begin = at;
    const start = steps.length;
    do {
      if (match(/[A-Za-z][A-Za-z0-9_]*/y) === '') throw error('Expected a field name');
    } while (take('.'));
    const fieldPath = source.slice(begin, at);
    if (variables.some((other) => other.fieldPath === fieldPath)) throw error('Duplicate path in template', begin);
    if (!take('=')) steps.push(ANY);
    else {
      segments(() => {
        if (source[at] === '{') throw error('Variable segments may not be nested');
        plainSegment();
      });
    }
    if (!take('}')) throw error('Unclosed variable or unexpected character');
    variables.push({ fieldPath, start, end: steps.length });
  };

  if (!take('/')) throw error('Template must start with a slash');
  segments(() => (take('{') ? variable() : plainSegment()));
  const verb = take(':') ? literal() : undefined;
  if (verb === '') throw error('Expected path literal character');
  if (at < source.length) {
    throw error(
      verb === undefined
        ? "Expected '/', ':', path literal character, or end of input"
        : 'Expected path literal character, or end of input',
    );
  }
  return verb === undefined ? { steps, variables } : { steps, variables, verb };
}
