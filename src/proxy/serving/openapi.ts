import type { DescField, DescMessage } from '@bufbuild/protobuf';
import type { ServiceModel } from '../protocol/service-model.ts';
import { Comments } from './comments.ts';
import type { HttpEndpoint } from './http-rules.ts';
import { ERROR_SCHEMA, type JsonSchema, SchemaBook } from './json-schemas.ts';
import { type OpenApiPath, openApiPath } from './openapi-path.ts';
import { type FieldPath, fieldPathText, hasTextForm } from './parameters.ts';
import { isHttpBody, isHttpBodyField } from './transcoding.ts';

/** How deep the query parameters that are listed reach into messages, and how many of them an operation lists. */
const MAX_PARAMETER_DEPTH = 4;
const MAX_PARAMETERS = 200;
/** What an endpoint for any verb is listed as. */
const ANY_VERB = ['get', 'put', 'post', 'delete', 'patch'];
const ANY_BYTES = { '*/*': {} };

type JsonObject = Readonly<Record<string, unknown>>;

interface PathItem extends OpenApiPath {
  readonly operations: Record<string, JsonObject>;
}

/** Describes the endpoints as an OpenAPI 3.1 document: what they take, and the JSON that they answer. */
export function openApiDocument(model: ServiceModel, endpoints: readonly HttpEndpoint[]): JsonObject {
  return new DocumentWriter().write(model, endpoints);
}

class DocumentWriter {
  readonly #comments = new Comments();
  readonly #schemas = new SchemaBook(this.#comments);
  /** How many operations each method has so far. */
  readonly #operations = new Map<string, number>();

  write({ about, services }: ServiceModel, endpoints: readonly HttpEndpoint[]): JsonObject {
    const items = new Map<string, PathItem>();
    for (const endpoint of endpoints) {
      const place = openApiPath(endpoint.template);
      const item = items.get(place.shape) ?? { ...place, operations: {} };
      items.set(place.shape, item);
      const verb = endpoint.verb.toLowerCase();
      const verbs = verb === '*' ? ANY_VERB.filter((one) => !(one in item.operations)) : [verb];
      for (const one of verbs) item.operations[one] = this.#operation(endpoint, item.names);
    }
    return {
      openapi: '3.1.0',
      info: { title: about.name || [...services.keys()].join(', '), version: about.version || 'unversioned' },
      tags: [...services.values()].map(({ name, methods }) => {
        const [method] = methods.values();
        return { name, ...described(method && this.#comments.of(method.desc.parent)) };
      }),
      paths: Object.fromEntries([...items.values()].map(({ path, operations }) => [path, operations])),
      components: {
        schemas: this.#schemas.all(),
        responses: {
          Error: {
            description:
              'The failure of a command is a text, unless the request accepts JSON; every other error is a google.rpc.Status.',
            content: { ...json(ERROR_SCHEMA), 'text/plain': { schema: { type: 'string' } } },
          },
        },
      },
    };
  }

  #operation(endpoint: HttpEndpoint, names: readonly string[]): JsonObject {
    const { method, body } = endpoint;
    const comment = this.#comments.of(method.desc);
    const [summary = '', ...more] = comment.split('\n');
    const parameters = [...this.#pathParameters(endpoint, names), ...this.#queryParameters(endpoint)];
    return {
      operationId: this.#operationId(endpoint),
      tags: [method.service.name],
      ...(summary !== '' && { summary }),
      ...(more.length > 0 && { description: comment }),
      ...(method.desc.deprecated && { deprecated: true }),
      ...(parameters.length > 0 && { parameters }),
      ...(body !== 'none' && { requestBody: this.#requestBody(endpoint) }),
      responses: { '200': this.#success(endpoint), default: { $ref: '#/components/responses/Error' } },
    };
  }

  /** `Service_Method`, numbered from the second endpoint on. */
  #operationId({ method: { service, name } }: HttpEndpoint): string {
    const id = `${service.name.slice(service.name.lastIndexOf('.') + 1)}_${name}`;
    const count = (this.#operations.get(id) ?? 0) + 1;
    this.#operations.set(id, count);
    return count === 1 ? id : `${id}_${count}`;
  }

  #pathParameters({ template, pathFields }: HttpEndpoint, names: readonly string[]): readonly JsonObject[] {
    const { steps, variables } = template;
    const wildcards = [...steps.entries()].filter(([, { kind }]) => kind !== 'literal');
    return wildcards.map(([index, { kind }], position) => {
      const at = variables.findIndex(({ start, end }) => start <= index && index < end);
      const variable = variables[at];
      const field = pathFields[at]?.at(-1);
      const isWhole = variable === undefined || variable.end - variable.start === 1;
      const texts = [
        field === undefined ? '' : this.#comments.of(field),
        isWhole ? '' : `Part of \`${variable.fieldPath}\`, which is the text of several segments.`,
        kind === 'rest' ? 'May contain slashes.' : '',
      ];
      return {
        name: names[position],
        in: 'path',
        required: true,
        ...described(texts.filter((text) => text !== '').join(' ')),
        schema: field !== undefined && isWhole ? this.#schemas.ofField(field) : { type: 'string' },
      };
    });
  }

  /** What the query can set: the fields that are neither in the path nor in the body, those of nested messages by dotted names. */
  #queryParameters({ method, body, pathFields }: HttpEndpoint): readonly JsonObject[] {
    const inPath = new Set(pathFields.map(fieldPathText));
    const parameters: JsonObject[] = [];
    const list = (desc: DescMessage, above: readonly DescField[], owners: readonly DescMessage[]): void => {
      for (const field of desc.fields) {
        const path: FieldPath = [above[0] ?? field, ...[...above, field].slice(1)];
        const name = fieldPathText(path);
        if (field === body || inPath.has(name) || parameters.length >= MAX_PARAMETERS) continue;
        if (field.fieldKind === 'message' && !hasTextForm(field.message)) {
          const { message } = field;
          const goesOn = path.length < MAX_PARAMETER_DEPTH && !owners.includes(message);
          if (goesOn && !message.typeName.startsWith('google.protobuf.')) list(message, path, [...owners, message]);
        } else if (field.fieldKind !== 'map' && (field.message === undefined || hasTextForm(field.message))) {
          const schema = this.#schemas.ofField(field);
          const deprecated = field.deprecated && { deprecated: true };
          parameters.push({ name, in: 'query', ...described(this.#comments.of(field)), ...deprecated, schema });
        }
      }
    };
    if (body !== 'message') list(method.desc.input, [], [method.desc.input]);
    return parameters;
  }

  #requestBody({ method, body, pathFields }: HttpEndpoint): JsonObject {
    if (typeof body === 'string') {
      const { input } = method.desc;
      const inPath = new Set(pathFields.flatMap(([first, ...more]) => (more.length === 0 ? [first] : [])));
      return { required: true, content: isHttpBody(input) ? ANY_BYTES : json(this.#schemas.ofMessage(input, inPath)) };
    }
    const content = isHttpBodyField(body) ? ANY_BYTES : json(this.#schemas.ofField(body));
    return { required: true, ...described(this.#comments.of(body)), content };
  }

  #success({ method, responseField }: HttpEndpoint): JsonObject {
    const { output } = method.desc;
    const comment = output.typeName.startsWith('google.') ? '' : this.#comments.of(output);
    const description = comment.split('\n')[0] || 'The reply.';
    if (responseField === undefined ? isHttpBody(output) : isHttpBodyField(responseField)) {
      return { description: method.streamedOut ? 'The bytes of all replies.' : description, content: ANY_BYTES };
    }
    const schema = responseField === undefined ? this.#schemas.ofMessage(output) : this.#schemas.ofField(responseField);
    if (!method.streamedOut) return { description, content: json(schema) };
    return {
      description: 'A stream: each line, or the data of each event, is a reply.',
      content: { ...json(schema), 'application/x-ndjson': { schema }, 'text/event-stream': { schema } },
    };
  }
}

function json(schema: JsonSchema): JsonObject {
  return { 'application/json': { schema } };
}

function described(description: string | undefined): JsonObject {
  return description ? { description } : {};
}
