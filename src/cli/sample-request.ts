import type { EntityService, ServiceMethod, ServiceModel } from '@stategate/proxy';

type Message = ServiceMethod['desc']['input'];
type Field = Message['fields'][number];

/** What every text is in a sample request, so that two of them speak of the same entity. */
const SAMPLE_TEXT = 'demo';
/** From `descriptor.proto`: FieldDescriptorProto.Type. */
const TYPE_BOOL = 8;
const TYPE_STRING = 9;
const TYPE_BYTES = 12;

/**
 * Commands to paste into a shell: for the first service with HTTP rules one that writes, when there is one, and one that
 * reads; a word on gRPC when no method has a rule.
 */
export function sampleRequests(model: ServiceModel, origin: string): readonly string[] {
  for (const service of model.services.values()) {
    const requests = requestsOf(service, origin);
    if (requests.length > 0) return requests;
  }
  return [`grpcurl -plaintext ${new URL(origin).host} list`];
}

function requestsOf(service: EntityService, origin: string): readonly string[] {
  const rules = [...service.methods.values()].flatMap((method) => toRule(method) ?? []);
  const writes = rules.find(
    ({ verb, method }) => verb !== 'GET' && verb !== 'DELETE' && !method.desc.input.typeName.startsWith('google.'),
  );
  const reads = rules.find(({ verb }) => verb === 'GET');
  const chosen = [writes, reads].filter((rule) => rule !== undefined);
  return (chosen.length > 0 ? chosen : rules.slice(0, 1)).map((rule) => toCurl(rule, origin));
}

interface Rule {
  readonly method: ServiceMethod;
  readonly verb: string;
  readonly path: string;
  readonly body: string;
}

function toRule(method: ServiceMethod): Rule | undefined {
  const rule = method.httpRule;
  if (rule === undefined) return undefined;
  const body = rule.body ?? '';
  for (const verb of ['get', 'put', 'post', 'delete', 'patch'] as const) {
    const path = rule[verb];
    if (path) return { method, verb: verb.toUpperCase(), path, body };
  }
  return undefined;
}

function toCurl({ method, verb, path, body }: Rule, origin: string): string {
  const input = method.desc.input;
  const inPath = new Set<string>();
  const target = path.replaceAll(/\{([^}=]+)(?:=([^}]+))?\}/g, (_, name: string, pattern = '*') => {
    inPath.add(name);
    const field = input.fields.find((one) => one.name === name);
    return String(pattern).replaceAll(/\*+/g, String(field === undefined ? SAMPLE_TEXT : sampleOf(field, 0)));
  });
  const url = `${origin}${target}`;
  if (verb === 'GET') return `curl ${url}`;
  if (body === '') return `curl -X ${verb} ${url}`;
  const content =
    body === '*'
      ? sampleMessage(input, 0, inPath)
      : sampleMessage(input, 0, inPath)[input.fields.find((one) => one.name === body)?.jsonName ?? ''];
  return `curl -X ${verb} ${url} -H 'Content-Type: application/json' -d '${JSON.stringify(content ?? {})}'`;
}

function sampleMessage(
  message: Message,
  depth: number,
  without: ReadonlySet<string> = new Set(),
): Record<string, unknown> {
  const entries = message.fields
    .filter((field) => !without.has(field.name) && field.oneof === undefined)
    .map((field) => [field.jsonName, sampleOf(field, depth)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Undefined for what is better left out: lists, maps, well-known types, deep nesting. */
function sampleOf(field: Field, depth: number): unknown {
  switch (field.fieldKind) {
    case 'scalar':
      return sampleScalar(field.scalar);
    case 'enum':
      return field.enum.values.at(-1)?.name;
    case 'message':
      return depth > 2 || field.message.typeName.startsWith('google.')
        ? undefined
        : sampleMessage(field.message, depth + 1);
    default:
      return undefined;
  }
}

function sampleScalar(type: number): unknown {
  switch (type) {
    case TYPE_STRING:
      return SAMPLE_TEXT;
    case TYPE_BYTES:
      return undefined;
    default:
      return type === TYPE_BOOL ? true : 1;
  }
}
