import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePathTemplate } from '../../../../src/proxy/serving/path-template.ts';
import { RouteTable } from '../../../../src/proxy/serving/route-table.ts';

function tableOf(...routes: readonly (readonly [verb: string, template: string])[]): RouteTable<string> {
  const table = new RouteTable<string>();
  for (const [verb, template] of routes) table.add(verb, parsePathTemplate(template), `${verb} ${template}`);
  return table;
}

describe('a template matches a raw path', () => {
  it.each([
    ['/foo/{bar}/baz', '/foo/blah/baz', ['blah']],
    ['/foo/{bar}/baz', '/foo/bl/ah/baz', undefined],
    ['/foo/{bar=*/a/*}/baz', '/foo/bl/a/h/baz', ['bl/a/h']],
    ['/foo/{bar=**}', '/foo/blah/baz', ['blah/baz']],
    ['/foo/{bar=**}', '/foo/', ['']],
    ['/foo/{bar=**}', '/foo', undefined],
    ['/foo/{bar=**}', '/foo/a:b/c:d', ['a:b/c:d']],
    ['/foo/{bar=x/**}:go', '/foo/x/y:z/w:go', ['x/y:z/w']],
    ['/foo/{bar}:watch', '/foo/blah:watch', ['blah']],
    ['/foo/{bar}:watch', '/foo/blah', undefined],
    ['/foo/{bar}:watch', '/foo/blah:other', undefined],
    ['/foo/{bar}', '/foo/blah:watch', undefined],
    ['/foo/{bar}', '/foo/blah:', undefined],
    ['/foo/{bar}', '/foo/', ['']],
    ['/foo/{bar}', '/foo/blah/', undefined],
    ['/foo/{bar}', '/Foo/blah', undefined],
    ['/foo/{bar}', '/foo/a%2Fb%3Ac+d', ['a%2Fb%3Ac+d']],
    ['/{a}/{b}', '/x/y', ['x', 'y']],
    ['/', '/', []],
    ['/**', '/any/thing', []],
    ['/foo', 'foo', undefined],
  ])('%s against %s', (template, path, variables) => {
    const match = tableOf(['GET', template]).find('GET', path);
    expect(match.found ? match.variables : undefined).toEqual(variables);
  });
});

describe('of several routes', () => {
  const table = tableOf(
    ['GET', '/**'],
    ['GET', '/carts/{id}'],
    ['GET', '/carts/mine'],
    ['*', '/carts/any'],
    ['POST', '/carts/any'],
    ['GET', '/carts/{id}/items/{item}'],
    ['GET', '/carts/{id}/{more=**}'],
    ['GET', '/carts/{id}:open'],
    ['POST', '/{a}/first'],
    ['POST', '/{b}/first'],
  );

  it.each([
    ['GET', '/carts/mine', 'GET /carts/mine'],
    ['GET', '/carts/other', 'GET /carts/{id}'],
    ['POST', '/carts/any', 'POST /carts/any'],
    ['PATCH', '/carts/any', '* /carts/any'],
    ['GET', '/carts/1/items/2', 'GET /carts/{id}/items/{item}'],
    ['GET', '/carts/1/items', 'GET /carts/{id}/{more=**}'],
    ['GET', '/carts/1/items/2/3', 'GET /carts/{id}/{more=**}'],
    ['GET', '/carts/1:open', 'GET /carts/{id}:open'],
    ['GET', '/carts/1:shut', 'GET /**'],
    ['GET', '/else', 'GET /**'],
    ['POST', '/x/first', 'POST /{b}/first'],
  ])('%s %s goes to the most specific, else the last', (verb, path, expected) => {
    const match = table.find(verb, path);
    expect(match.found && match.route).toBe(expected);
  });

  it('those of other verbs are named', () => {
    expect(tableOf(['GET', '/a/{b}'], ['PUT', '/a/b'], ['POST', '/c']).find('DELETE', '/a/b')).toEqual({
      found: false,
      allowed: ['GET', 'PUT'],
    });
    expect(tableOf(['GET', '/a']).find('GET', '/b')).toEqual({ found: false, allowed: [] });
  });
});

it('a table finds a route exactly when the regular expression of one of its templates matches', () => {
  const step = fc.constantFrom('a', 'b', '', '*', '{x}');
  const template = fc
    .record({ steps: fc.array(step, { minLength: 1, maxLength: 3 }), end: fc.constantFrom('', '/**', ':v', '/**:v') })
    .map(({ steps, end }) => `/${steps.map((text, i) => (text === '{x}' ? `{x${i}}` : text)).join('/')}${end}`);
  const path = fc
    .array(fc.constantFrom('a', 'b', 'c', '', 'a:v', ':v', ':'), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(fc.array(template, { minLength: 1, maxLength: 4 }), path, (templates, raw) => {
      const matching = templates.filter((one) => patternOf(one).test(raw)).map((one) => `GET ${one}`);
      const match = tableOf(...templates.map((one) => ['GET', one] as const)).find('GET', raw);
      expect(match.found ? matching : ['none']).toContain(match.found ? match.route : (matching[0] ?? 'none'));
    }),
    { numRuns: 500 },
  );
});

/** The plain meaning of a template, as one regular expression. */
function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\*\*|\*|\{\w+\}/g, (token) => (token === '**' ? '.*' : '[^/:]*'))}$`);
}
