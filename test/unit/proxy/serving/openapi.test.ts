import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { fromJson, type JsonValue, toJson } from '@bufbuild/protobuf';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { httpEndpoints } from '../../../../src/proxy/serving/http-rules.ts';
import { openApiDocument } from '../../../../src/proxy/serving/openapi.ts';
import { modelOf } from '../../../support/proto-model.ts';
import { samples } from './samples.ts';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query';
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> };
  readonly responses: {
    readonly 200: { readonly description: string; readonly content: Readonly<Record<string, { schema?: object }>> };
  };
}
interface Document {
  readonly info: object;
  readonly tags: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
}

/** What a client of the document gets: through JSON and back. */
function documentOf(model: typeof samples): Document {
  return JSON.parse(JSON.stringify(openApiDocument(model, httpEndpoints(model.methods.values())))) as Document;
}

const document = documentOf(samples);

function operation(path: string, verb: string): Operation {
  const found = document.paths[path]?.[verb];
  if (found === undefined) throw new Error(`${verb} ${path} is not in ${Object.keys(document.paths).join(', ')}`);
  return found;
}

function parametersOf(path: string, verb: string): readonly string[] {
  return (operation(path, verb).parameters ?? []).map(({ name, in: place }) => `${place} ${name}`);
}

const shop = modelOf(
  { 'shop.proto': readFileSync('examples/shopping-cart/shopping-cart.proto', 'utf8') },
  Object.fromEntries(
    ['ShoppingCart', 'Favourites', 'Checkout'].map((name) => [`com.example.shoppingcart.${name}`, 'action']),
  ),
);

it.each([
  ['the samples', samples],
  ['the shopping cart', shop],
])('the document of %s is OpenAPI 3.1, and its references lead somewhere', async (_, model) => {
  const validator = new Validator();
  expect(await validator.validate({ ...documentOf(model) })).toMatchObject({ valid: true });
  expect(validator.version).toBe('3.1');
  expect(() => validator.resolveRefs()).not.toThrow();
});

it('the validator sees what is wrong with a document', async () => {
  const { info: _, ...rest } = documentOf(shop);
  expect(await new Validator().validate({ ...rest })).toMatchObject({ valid: false });
});

it('every parameter of a path is declared, and every operation has an id of its own', () => {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.values(item).map((one) => ({ path, ...one })),
  );
  for (const { path, parameters = [] } of operations) {
    const declared = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    expect([...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)).toEqual(declared);
  }
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain('ShoppingCart_GetCart_2');
});

describe('an operation', () => {
  it('has what its rule takes from the path, the query and the body', () => {
    expect(parametersOf('/cart/{user_id}/items/{product_id}/remove', 'post')).toEqual([
      'path user_id',
      'path product_id',
    ]);
    const { content } = operation('/cart/{user_id}/items/add', 'post').requestBody ?? { content: {} };
    expect(content['application/json']?.schema).toMatchObject({
      properties: { productId: { type: 'string' }, name: {}, quantity: { type: 'integer' } },
    });
    expect(content['application/json']?.schema).not.toHaveProperty('properties.userId');
    const query = parametersOf('/echo', 'get');
    for (const name of ['inner_message.text', 'inner_message.numbers', 'at', 'wrapped', 'times', 'colors'])
      expect(query).toContain(`query ${name}`);
    for (const none of ['counts', 'struct', 'value', 'any', 'inner_message'])
      expect(query).not.toContain(`query ${none}`);
  });

  it('has a parameter for each wildcard', () => {
    const path = '/nested/{inner_message.inner.text}/of/shelves/{text_1}/books/{text_2}:read';
    expect(parametersOf(path, 'get').filter((name) => name.startsWith('path'))).toEqual([
      'path inner_message.inner.text',
      'path text_1',
      'path text_2',
    ]);
    const [, first, second] = operation(path, 'get').parameters ?? [];
    expect(first?.description).toBe('Whatever was said. Part of `text`, which is the text of several segments.');
    expect(second?.description).toContain('May contain slashes.');
  });

  it('for any verb is listed for those that are free', () => {
    expect(Object.keys(document.paths['/any/{text}'] ?? {})).toEqual(['get', 'put', 'post', 'delete', 'patch']);
  });

  it('says what its comments say', () => {
    expect(operation('/echo', 'post')).toMatchObject({
      summary: 'Says it once.',
      description: 'Says it once.\nThe same that came.',
    });
    expect(document.tags).toContainEqual({ name: 'sample.types.Types', description: 'Says back what it hears.' });
    expect(document.components.schemas['sample.types.Everything']).toMatchObject({
      description: 'A field of every type.\nAnd of every shape.',
      properties: { text: { description: 'Whatever was said.' }, old: { deprecated: true } },
    });
    expect(document.components.schemas['sample.types.Color']).toEqual({
      type: 'string',
      enum: ['RED', 'GREEN'],
      description: 'Of what can be chosen.',
    });
  });

  it('that streams has lines and events', () => {
    const schema = { $ref: '#/components/schemas/sample.types.Inner' };
    expect(operation('/watch/{text}', 'get').responses[200].content).toEqual({
      'application/json': { schema },
      'application/x-ndjson': { schema },
      'text/event-stream': { schema },
    });
    expect(operation('/texts/{text}', 'get').responses[200].content['application/json']).toEqual({
      schema: { type: 'string' },
    });
  });

  it('with google.api.HttpBody has any bytes', () => {
    expect(operation('/download/{text}', 'get').responses[200].content).toEqual({ '*/*': {} });
    expect(operation('/upload', 'post').requestBody?.content).toEqual({ '*/*': {} });
    expect(operation('/files/{text}', 'put').requestBody?.content).toEqual({ '*/*': {} });
  });
});

it('paths that differ only in the names of their parameters are one', () => {
  const proto = `syntax = "proto3";
package same;
import "google/api/annotations.proto";
message In { string a = 1; int32 b = 2; }
service S {
  rpc One(In) returns (In) { option (google.api.http) = { get: "/x/{a}" additional_bindings { get: "/**" } }; }
  rpc Two(In) returns (In) { option (google.api.http) = { put: "/x/{b}" additional_bindings { post: "/x/{b}" } }; }
}`;
  const { paths } = documentOf(modelOf({ 'same.proto': proto }, { 'same.S': 'action' }));
  expect(Object.keys(paths)).toEqual(['/x/{a}', '/{wildcard}']);
  expect(paths['/x/{a}']?.['get']?.operationId).toBe('S_One');
  expect(paths['/x/{a}']?.['post']?.operationId).toBe('S_Two_2');
  expect(paths['/x/{a}']?.['put']?.parameters?.[0]).toMatchObject({ name: 'a', schema: { type: 'integer' } });
});

describe('the schema of a message', () => {
  const validate = schemaOf('sample.types.Everything');
  const { registry } = samples;
  const everything = registry.getMessage('sample.types.Everything');
  if (everything === undefined) throw new Error('the sample is gone');

  it('holds for the canonical JSON of any message', () => {
    fc.assert(
      fc.property(everyField, (json) => {
        const canonical = toJson(everything, fromJson(everything, json, { registry }), {
          registry,
          alwaysEmitImplicit: true,
        });
        validate(canonical);
        expect(validate.errors).toBeNull();
      }),
    );
  });

  it.each<JsonValue>([
    { long: 5 },
    { unsignedLong: '-5' },
    { unsigned: -1 },
    { double: 'many' },
    { color: 'BLUE' },
    { left: 'a', right: '1' },
    { lasts: '5' },
    { counts: { a: 'x' } },
    { colors: 'RED' },
    { innerMessage: { inner: { text: 1 } } },
    [],
  ])('does not hold for %j', (json) => {
    expect(validate(json)).toBe(false);
  });
});

function schemaOf(name: string): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
  return ajv.compile({ $ref: `document#/components/schemas/${name}` });
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const time = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const inner = fc.letrec<{ inner: JsonValue }>((tie) => ({
  inner: fc.record(
    { text: fc.string(), numbers: fc.array(int64, { maxLength: 3 }), inner: tie('inner') },
    { requiredKeys: [] },
  ),
})).inner;
const shared = {
  text: fc.string(),
  int: fc.integer(),
  unsigned: fc.nat(),
  long: int64,
  unsignedLong: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  float: fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom('NaN', 'Infinity', '-Infinity')),
  double: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom('NaN', '-Infinity')),
  bool: fc.boolean(),
  bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
  color: fc.constantFrom('RED', 'GREEN'),
  innerMessage: inner,
  numbers: fc.array(fc.integer()),
  counts: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.integer(),
  ),
  maybe: fc.string(),
  any: fc.constant({ '@type': 'type.googleapis.com/foreign.tally.Total', total: 1 }),
  at: time,
  colors: fc.array(fc.constantFrom('RED', 'GREEN')),
  lasts: fc.integer({ min: -1_000, max: 1_000 }).map((seconds) => `${seconds}.25s`),
  mask: fc.constantFrom('', 'text', 'text,innerMessage.text'),
  wrapped: int64,
  wrappedBool: fc.boolean(),
  times: fc.array(time, { maxLength: 2 }),
  struct: fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue({ maxDepth: 2 })),
  value: fc.jsonValue({ maxDepth: 2 }),
  file: fc.record({ contentType: fc.string(), data: fc.constant('AQI=') }),
};
const everyField = fc.oneof(
  fc.record({ ...shared, left: fc.string() }, { requiredKeys: [] }),
  fc.record({ ...shared, right: int64 }, { requiredKeys: [] }),
) as fc.Arbitrary<JsonValue>;
