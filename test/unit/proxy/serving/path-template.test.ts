import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePathTemplate, type PathStep, PathTemplateError } from '../../../../src/proxy/serving/path-template.ts';

const AFTER_SEGMENT = "Expected '/', ':', path literal character, or end of input";
const IN_VARIABLE = 'Unclosed variable or unexpected character';

describe('a path template that breaks the grammar is refused with the place', () => {
  it.each([
    ['foo', 1, "Template must start with a slash at character 1 of 'foo'"],
    ['no/initial/slash', 1, "Template must start with a slash at character 1 of 'no/initial/slash'"],
    ['', 1, "Template must start with a slash at end of input of ''"],
    ['/foo/{bar={baz}}', 11, "Variable segments may not be nested at character 11 of '/foo/{bar={baz}}'"],
    ['/foo/{bar*}', 10, `${IN_VARIABLE} at character 10 of '/foo/{bar*}'`],
    ['/foo/{bar', 10, `${IN_VARIABLE} at end of input of '/foo/{bar'`],
    ['/foo/{bar=ba*}', 13, `${IN_VARIABLE} at character 13 of '/foo/{bar=ba*}'`],
    ['/foo/{bar=a:b}', 12, `${IN_VARIABLE} at character 12 of '/foo/{bar=a:b}'`],
    ['/f*o', 3, `${AFTER_SEGMENT} at character 3 of '/f*o'`],
    ['/{id}.html', 6, `${AFTER_SEGMENT} at character 6 of '/{id}.html'`],
    ['/foo}/b', 5, `${AFTER_SEGMENT} at character 5 of '/foo}/b'`],
    ['/foo\n/b', 5, `${AFTER_SEGMENT} at character 5 of '/foo\n/b'`],
    [
      '/**/foo',
      2,
      "Multi segment matchers (**) may only be in the last position of the template at character 2 of '/**/foo'",
    ],
    [
      '/{a=x/**}/foo',
      7,
      "Multi segment matchers (**) may only be in the last position of the template at character 7 of '/{a=x/**}/foo'",
    ],
    ['/{duplicated}/{duplicated}', 16, "Duplicate path in template at character 16 of '/{duplicated}/{duplicated}'"],
    ['/{a.b}/{a.b}/x', 9, "Duplicate path in template at character 9 of '/{a.b}/{a.b}/x'"],
    ['/{}/foo', 3, "Expected a field name at character 3 of '/{}/foo'"],
    ['/{a.}/foo', 5, "Expected a field name at character 5 of '/{a.}/foo'"],
    ['/{1a}/foo', 3, "Expected a field name at character 3 of '/{1a}/foo'"],
    ['/foo:', 6, "Expected path literal character at end of input of '/foo:'"],
    ['/foo:bar/baz', 9, "Expected path literal character, or end of input at character 9 of '/foo:bar/baz'"],
  ])('%j', (template, column, message) => {
    let thrown: unknown;
    try {
      parsePathTemplate(template);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PathTemplateError);
    expect(thrown).toMatchObject({ column, message });
  });
});

describe('a path template is parsed', () => {
  it('to steps and the steps that each variable takes', () => {
    expect(parsePathTemplate('/v1/{name=shelves/*/books/**}:read')).toEqual({
      steps: [literal('v1'), literal('shelves'), { kind: 'any' }, literal('books'), { kind: 'rest' }],
      variables: [{ fieldPath: 'name', start: 1, end: 5 }],
      verb: 'read',
    });
  });

  it('with empty segments as empty literals', () => {
    expect(parsePathTemplate('//')).toEqual({ steps: [literal(''), literal('')], variables: [] });
  });

  it('so that every template that the grammar makes is what it was made from', () => {
    fc.assert(
      fc.property(template, ({ text, expected }) => {
        expect(parsePathTemplate(text)).toEqual(expected);
      }),
    );
  });

  it('or refused with a column inside of it or just behind, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'/{}*:=.a1_-'.split('')), maxLength: 20 }), (text) => {
        expect(columnOf(text)).toSatisfy(
          (column: number | undefined) => column === undefined || (column > 0 && column <= text.length + 1),
        );
      }),
    );
  });
});

/** Where the template is refused; undefined when it is taken. */
function columnOf(text: string): number | undefined {
  try {
    parsePathTemplate(text);
    return undefined;
  } catch (error) {
    if (error instanceof PathTemplateError) return error.column;
    throw error;
  }
}

function literal(text: string): PathStep {
  return { kind: 'literal', text };
}

const literalText = fc.string({ unit: fc.constantFrom(...'abz09._-~%+@!$&()é '.split('')), maxLength: 5 });
const plain: fc.Arbitrary<{ text: string; step: PathStep }> = fc.oneof(
  literalText.map((text) => ({ text, step: literal(text) })),
  fc.constant({ text: '*', step: { kind: 'any' } as const }),
);
const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,5}(\.[A-Za-z][A-Za-z0-9_]{0,3})?$/), {
  minLength: 8,
  maxLength: 8,
});
const segment = fc.oneof(
  plain.map((one) => ({ variable: false, explicit: true, steps: [one] })),
  fc.array(plain, { minLength: 1, maxLength: 3 }).map((steps) => ({ variable: true, explicit: true, steps })),
  fc.constant({ variable: true, explicit: false, steps: [{ text: '*', step: { kind: 'any' } as const }] }),
);
const ending = fc.constantFrom(undefined, 'plain', 'variable');

/** A template's text, put together from its parts, and what it must be parsed to. */
const template = fc
  .record({
    names,
    segments: fc.array(segment, { minLength: 1, maxLength: 5 }),
    ending,
    verb: fc.option(literalText.filter(Boolean), { nil: undefined }),
  })
  .map((parts) => {
    const rest = { text: '**', step: { kind: 'rest' } as const };
    const last =
      parts.ending === undefined ? [] : [{ variable: parts.ending === 'variable', explicit: true, steps: [rest] }];
    const steps: PathStep[] = [];
    const variables: { fieldPath: string; start: number; end: number }[] = [];
    let text = '';
    for (const [index, { variable, explicit, steps: inner }] of [...parts.segments, ...last].entries()) {
      const source = inner.map((one) => one.text).join('/');
      const fieldPath = parts.names[index] ?? '';
      if (variable) variables.push({ fieldPath, start: steps.length, end: steps.length + inner.length });
      steps.push(...inner.map(({ step }) => step));
      text += variable ? `/{${fieldPath}${explicit ? `=${source}` : ''}}` : `/${source}`;
    }
    const expected = { steps, variables };
    return parts.verb === undefined
      ? { text, expected }
      : { text: `${text}:${parts.verb}`, expected: { ...expected, verb: parts.verb } };
  });
