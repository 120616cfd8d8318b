import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { google } from '@stategate/protocol';
import type { ServiceMethod } from '../protocol/service-model.ts';
import type { FieldPath } from './parameters.ts';
import { HttpRuleError, parsePathTemplate, type PathTemplate } from './path-template.ts';

export { HttpRuleError } from './path-template.ts';

type HttpRule = google.api.HttpRule.$Properties;
export type SingularField = DescField & { readonly fieldKind: 'scalar' | 'enum' | 'message' };

/** One way to call a method by HTTP. */
export interface HttpEndpoint {
  readonly method: ServiceMethod;
  /** In capitals; `*` is any. */
  readonly verb: string;
  readonly template: PathTemplate;
  /** In the order of the template's variables. */
  readonly pathFields: readonly FieldPath[];
  /** What the request's body is: nothing, the whole message, or one field of it. */
  readonly body: 'none' | 'message' | SingularField;
  /** The field of the reply that is the response's body; absent: the whole reply. */
  readonly responseField?: DescField;
}

const VERBS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/**
 * The endpoints of every method: those of its `google.api.http` option, else `POST /<service>/<Method>` with the whole message as body.
 * Throws `HttpRuleError`, also when two methods have the same route.
 */
export function httpEndpoints(methods: Iterable<ServiceMethod>): readonly HttpEndpoint[] {
  const endpoints = [...methods].flatMap((method) => rulesOf(method).map((rule) => endpointOf(method, rule)));
  const owners = new Map<string, ServiceMethod>();
  for (const { method, verb, template } of endpoints) {
    const route = `${verb} ${routeText(template)}`;
    const owner = owners.get(route) ?? method;
    if (owner !== method)
      throw configError(
        `Methods [${methodName(owner)}] and [${methodName(method)}] have the same route [${route}], by which only one of them could be called: give one of them another path or verb`,
      );
    owners.set(route, owner);
  }
  return endpoints;
}

/** The same for templates that match the same paths, whatever they call their variables. */
function routeText({ steps, verb }: PathTemplate): string {
  const segments = steps.map((step) => (step.kind === 'literal' ? step.text : step.kind === 'any' ? '*' : '**'));
  return `/${segments.join('/')}${verb === undefined ? '' : `:${verb}`}`;
}

function rulesOf(method: ServiceMethod): readonly HttpRule[] {
  if (method.httpRule === undefined) return [{ post: method.path, body: '*' }];
  const more = method.httpRule.additionalBindings ?? [];
  for (const rule of more) {
    if ((rule.additionalBindings ?? []).length > 0) {
      throw configError(`Only one level of additionalBindings supported, but [${ruleText(rule)}] has more than one!`);
    }
  }
  return [method.httpRule, ...more];
}

function endpointOf(method: ServiceMethod, rule: HttpRule): HttpEndpoint {
  const fullName = methodName(method);
  if (rule.selector != null && rule.selector !== '' && rule.selector !== fullName) {
    throw configError(`Rule selector [${rule.selector}] must be empty or [${fullName}]`);
  }
  const { verb, path } = patternOf(rule);
  const template = parsePathTemplate(path);
  const pathFields = template.variables.map(({ fieldPath }) => pathField(method, fieldPath));
  const body = bodyOf(method, rule.body ?? '');
  const endpoint = { method, verb, template, pathFields, body };
  const responseField = responseFieldOf(method, rule.responseBody ?? '');
  return responseField === undefined ? endpoint : { ...endpoint, responseField };
}

function methodName({ service, name }: ServiceMethod): string {
  return `${service.name}.${name}`;
}

function patternOf(rule: HttpRule): { readonly verb: string; readonly path: string } {
  for (const verb of VERBS) {
    const path = rule[verb];
    if (path != null) return { verb: verb.toUpperCase(), path };
  }
  if (rule.custom == null) throw configError(`Pattern missing for rule [${ruleText(rule)}]!`);
  const kind = rule.custom.kind ?? '';
  if (kind !== '*') throw configError(`Only Custom patterns with [*] kind supported but [${kind}] found!`);
  return { verb: '*', path: rule.custom.path ?? '' };
}

function pathField({ service, name, desc: { input } }: ServiceMethod, fieldPath: string): FieldPath {
  const fieldOf = (owner: DescMessage, fieldName: string): DescField => {
    const field = owner.fields.find((candidate) => candidate.name === fieldName);
    if (field !== undefined) return field;
    throw configError(
      `Unknown field name [${fieldName}] in type [${owner.typeName}] reference in path template for method [${service.name}.${name}]`,
    );
  };
  const [first = '', ...more] = fieldPath.split('.');
  const path: [DescField, ...DescField[]] = [fieldOf(input, first)];
  let last = path[0];
  for (const next of more) {
    if (last.fieldKind !== 'message')
      throw configError(`Field [${fullNameOf(last)}] in path variable [${fieldPath}] is not a message`);
    last = fieldOf(last.message, next);
    path.push(last);
  }
  switch (last.fieldKind) {
    case 'scalar':
      return path;
    case 'list':
      throw configError(`Repeated parameters [${fullNameOf(last)}] are not allowed as path variables`);
    case 'map':
      throw configError(`Map parameters [${fullNameOf(last)}] are not allowed as path variables`);
    case 'enum':
      throw configError('Enum path parameters not supported!');
    case 'message':
      throw configError('Message path parameters not supported!');
    default:
      return last satisfies never;
  }
}

function fullNameOf(field: DescField): string {
  return `${field.parent.typeName}.${field.name}`;
}

function bodyOf({ desc: { input } }: ServiceMethod, name: string): HttpEndpoint['body'] {
  if (name === '') return 'none';
  if (name === '*') return 'message';
  const field = input.fields.find((candidate) => candidate.name === name);
  if (field === undefined)
    throw configError(`Body configured to [${name}] but that field does not exist on input type.`);
  if (field.fieldKind === 'list' || field.fieldKind === 'map') {
    throw configError(`Body configured to [${name}] but that field is a repeated field.`);
  }
  return field;
}

function responseFieldOf({ desc: { output } }: ServiceMethod, name: string): DescField | undefined {
  if (name === '') return undefined;
  const field = output.fields.find((candidate) => candidate.name === name);
  if (field === undefined)
    throw configError(`Response body field [${name}] does not exist on type [${output.typeName}]`);
  return field;
}

function ruleText(rule: HttpRule): string {
  return JSON.stringify(rule, (_name, value: unknown) =>
    Array.isArray(value) && value.length === 0 ? undefined : value,
  );
}

function configError(text: string): HttpRuleError {
  return new HttpRuleError(`HTTP API Config: ${text}`);
}
