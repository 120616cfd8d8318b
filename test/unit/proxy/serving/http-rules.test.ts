import { describe, expect, it } from 'vitest';
import { httpEndpoints, HttpRuleError } from '../../../../src/proxy/serving/http-rules.ts';
import { fieldPathText } from '../../../../src/proxy/serving/parameters.ts';
import { modelOf } from '../../../support/proto-model.ts';

const RULES: readonly (readonly [rule: string, message: string])[] = [
  ['', 'HTTP API Config: Pattern missing for rule [{}]!'],
  ['body: "*"', 'HTTP API Config: Pattern missing for rule [{"body":"*"}]!'],
  ['selector: "wrongSelector"', 'HTTP API Config: Rule selector [wrongSelector] must be empty or [rules.T2.Call]'],
  ['post: "no/initial/slash"', "Template must start with a slash at character 1 of 'no/initial/slash'"],
  ['get: "/{many}"', 'HTTP API Config: Repeated parameters [rules.Input.many] are not allowed as path variables'],
  ['post: "/{text}/{text}"', "Duplicate path in template at character 10 of '/{text}/{text}'"],
  [
    'custom: { kind: "not currently supported" path: "/x" }',
    'HTTP API Config: Only Custom patterns with [*] kind supported but [not currently supported] found!',
  ],
  [
    'get: "/foo" body: "not-available"',
    'HTTP API Config: Body configured to [not-available] but that field does not exist on input type.',
  ],
  ['post: "/foo" body: "many"', 'HTTP API Config: Body configured to [many] but that field is a repeated field.'],
  ['post: "/foo" body: "labels"', 'HTTP API Config: Body configured to [labels] but that field is a repeated field.'],
  [
    'get: "/foo" response_body: "not-available"',
    'HTTP API Config: Response body field [not-available] does not exist on type [google.protobuf.Empty]',
  ],
  [
    'get: "/foo" additional_bindings { get: "/a" additional_bindings { get: "/b" } }',
    'HTTP API Config: Only one level of additionalBindings supported, but [{"additionalBindings":[{"get":"/b"}],"get":"/a"}] has more than one!',
  ],
  ['get: "/foo" additional_bindings { get: "bar" }', "Template must start with a slash at character 1 of 'bar'"],
  ['get: "/{labels}"', 'HTTP API Config: Map parameters [rules.Input.labels] are not allowed as path variables'],
  ['get: "/{color}"', 'HTTP API Config: Enum path parameters not supported!'],
  ['get: "/{inner}"', 'HTTP API Config: Message path parameters not supported!'],
  [
    'get: "/{nope}"',
    'HTTP API Config: Unknown field name [nope] in type [rules.Input] reference in path template for method [rules.T16.Call]',
  ],
  [
    'get: "/{inner.nope}"',
    'HTTP API Config: Unknown field name [nope] in type [rules.Inner] reference in path template for method [rules.T17.Call]',
  ],
  ['get: "/{text.nope}"', 'HTTP API Config: Field [rules.Input.text] in path variable [text.nope] is not a message'],
  ['get: "/{many.text}"', 'HTTP API Config: Field [rules.Input.many] in path variable [many.text] is not a message'],
];

/** Rules of two methods with the same route, and what the error says of it. */
const CLASHES: readonly (readonly [one: string, other: string, route: string, methods?: readonly [string, string]])[] =
  [
    ['get: "/same"', 'get: "/same"', 'GET /same'],
    ['get: "/a/{text}/b:go"', 'get: "/a/{number}/b:go"', 'GET /a/*/b:go'],
    ['get: "/x" additional_bindings { put: "/y/{text=**}" }', 'put: "/y/**"', 'PUT /y/**'],
    ['custom: { kind: "*" path: "/any" }', 'custom: { kind: "*" path: "/any" }', '* /any'],
    ['post: "/rules.Clash4/Generated"', 'get: "/z"', 'POST /rules.Clash4/Generated', ['One', 'Generated']],
  ];

const PROTO = `syntax = "proto3";
package rules;
import "google/api/annotations.proto";
import "google/protobuf/empty.proto";
message Inner { string text = 1; }
enum Color { RED = 0; }
message Input { string text = 1; repeated string many = 2; map<string, string> labels = 3; Color color = 4; Inner inner = 5; int32 number = 6; }
${RULES.map(([rule], i) => `service T${i} { rpc Call(Input) returns (google.protobuf.Empty) { option (google.api.http) = { ${rule} }; } }`).join('\n')}
service Streamed { rpc Call(Input) returns (stream Inner) { option (google.api.http) = { get: "nonsense" }; } }
service Good {
  rpc Generated(Input) returns (Inner);
  rpc Named(Input) returns (Inner) { option (google.api.http) = { selector: "rules.Good.Named" delete: "/named/{number}/{text}" }; }
  rpc Many(Input) returns (Inner) {
    option (google.api.http) = {
      get: "/many" body: "inner" response_body: "text"
      additional_bindings { put: "/many" body: "number" }
      additional_bindings { patch: "/many" }
      additional_bindings { custom: { kind: "*" path: "/many/{inner.text=**}:any" } }
    };
  }
  rpc Down(Input) returns (stream Inner) { option (google.api.http) = { get: "/down" }; }
  rpc Up(stream Input) returns (Inner);
}
${CLASHES.map(
  ([one, other], i) => `service Clash${i} {
  rpc One(Input) returns (Inner) { option (google.api.http) = { ${one} }; }
  rpc Other(Input) returns (Inner) { option (google.api.http) = { ${other} }; }
  rpc Generated(Input) returns (Inner);
}`,
).join('\n')}
service Near {
  rpc A(Input) returns (Inner) { option (google.api.http) = { get: "/near/*" additional_bindings { get: "/near/{text}" } }; }
  rpc B(Input) returns (Inner) { option (google.api.http) = { get: "/near/**" }; }
  rpc C(Input) returns (Inner) { option (google.api.http) = { put: "/near/*" }; }
  rpc D(Input) returns (Inner) { option (google.api.http) = { get: "/near/*:go" }; }
  rpc E(Input) returns (Inner) { option (google.api.http) = { custom: { kind: "*" path: "/near/*" } }; }
  rpc F(Input) returns (Inner) { option (google.api.http) = { get: "/near/x" }; }
}
`;
const model = modelOf(
  { 'rules.proto': PROTO },
  Object.fromEntries(
    ['Good', 'Streamed', 'Near', ...RULES.map((_, i) => `T${i}`), ...CLASHES.map((_, i) => `Clash${i}`)].map((name) => [
      `rules.${name}`,
      'action',
    ]),
  ),
);

function endpointsOf(service: string) {
  const found = model.services.get(`rules.${service}`);
  if (found === undefined) throw new Error(`no service ${service}`);
  return httpEndpoints(found.methods.values());
}

describe('a rule that cannot be served is an error of discovery', () => {
  it.each(RULES.map(([rule, message], index) => ({ rule, message, service: `T${index}` })))(
    '$rule',
    ({ service, message }) => {
      const refused = errorOf(() => endpointsOf(service));
      expect(refused).toBeInstanceOf(HttpRuleError);
      expect(refused).toMatchObject({ message });
    },
  );

  it('also on a streamed method', () => {
    expect(() => endpointsOf('Streamed')).toThrow(HttpRuleError);
  });
});

describe('a route that two methods have is an error of discovery', () => {
  it.each(CLASHES.map(([, , route, methods = ['One', 'Other']], index) => ({ route, methods, name: `Clash${index}` })))(
    '$route',
    ({ route, methods: [one, other], name }) => {
      expect(errorOf(() => endpointsOf(name))).toMatchObject({
        message: `HTTP API Config: Methods [rules.${name}.${one}] and [rules.${name}.${other}] have the same route [${route}], by which only one of them could be called: give one of them another path or verb`,
      });
    },
  );

  it('routes that only resemble each other are served', () => {
    expect(endpointsOf('Near')).toHaveLength(7);
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

it('every method has the endpoints of its rule, or the generated one', () => {
  const endpoints = endpointsOf('Good').map(({ method, verb, template, pathFields, body, responseField }) => ({
    route: `${method.name}: ${verb} ${template.steps.map((step) => (step.kind === 'literal' ? step.text : step.kind)).join('/')}`,
    variables: pathFields.map(fieldPathText),
    body: typeof body === 'string' ? body : `field ${body.name}`,
    response: responseField?.name,
  }));
  expect(endpoints).toEqual([
    { route: 'Generated: POST rules.Good/Generated', variables: [], body: 'message', response: undefined },
    { route: 'Named: DELETE named/any/any', variables: ['number', 'text'], body: 'none', response: undefined },
    { route: 'Many: GET many', variables: [], body: 'field inner', response: 'text' },
    { route: 'Many: PUT many', variables: [], body: 'field number', response: undefined },
    { route: 'Many: PATCH many', variables: [], body: 'none', response: undefined },
    { route: 'Many: * many/rest', variables: ['inner.text'], body: 'none', response: undefined },
    { route: 'Down: GET down', variables: [], body: 'none', response: undefined },
    { route: 'Up: POST rules.Good/Up', variables: [], body: 'message', response: undefined },
  ]);
});
