import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type JsonValue,
  type Message,
  type Registry,
  toBinary,
} from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { google } from '@stategate/protocol';
import { BadRequest } from './bad-request.ts';
import type { HttpEndpoint } from './http-rules.ts';
import { jsonWriter, messageFromJson, parseJson } from './json-codec.ts';
import { setPathVariable, setQueryParameters } from './parameters.ts';

/** The parts of a request that make a message. */
export interface HttpRequestParts {
  /** Raw, in the order of the template's variables. */
  readonly variables: readonly string[];
  /** Raw, without the question mark. */
  readonly query: string;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

export interface HttpReplyBody {
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** Turns the requests of one endpoint into messages and its replies into bodies. */
export interface Transcoder {
  /** Replies are `google.api.HttpBody`, whose bytes go out as they are; all others are JSON, as texts. */
  readonly writesBytes: boolean;
  /** Throws `BadRequest`. */
  toPayload(request: HttpRequestParts): Uint8Array;
  /** Keeps nothing of the payload. Throws when it is not a message of the method's output type. */
  toBody(payload: Uint8Array): HttpReplyBody;
}

export function createTranscoder(endpoint: HttpEndpoint, registry: Registry): Transcoder {
  const { method, responseField } = endpoint;
  const { output } = method.desc;
  const toPayload = payloadReader(endpoint, registry);
  if (responseField === undefined ? isHttpBody(output) : isHttpBodyField(responseField)) {
    return { writesBytes: true, toPayload, toBody: bytesWriter(output, responseField) };
  }
  const write = jsonWriter(output, registry, responseField);
  return {
    writesBytes: false,
    toPayload,
    toBody: (payload) => ({ contentType: 'application/json', body: write(payload) }),
  };
}

export function isHttpBody(desc: DescMessage): boolean {
  return desc.typeName === 'google.api.HttpBody';
}

export function isHttpBodyField(field: DescField): boolean {
  return field.fieldKind === 'message' && isHttpBody(field.message);
}

function bytesWriter(output: DescMessage, field: DescField | undefined): Transcoder['toBody'] {
  const fieldOf = (payload: Uint8Array): Uint8Array => {
    if (field?.fieldKind !== 'message') return payload;
    return toBinary(field.message, reflect(output, fromBinary(output, payload)).get(field).message);
  };
  return (payload) => {
    const { contentType, data } = google.api.HttpBody.decode(fieldOf(payload));
    return { contentType, body: new Uint8Array(data) };
  };
}

function payloadReader({ method, body, pathFields }: HttpEndpoint, registry: Registry): Transcoder['toPayload'] {
  const { input } = method.desc;
  const takesBytes = body === 'message' ? isHttpBody(input) : body !== 'none' && isHttpBodyField(body);
  const readJson = ({ contentType = '', body: bytes }: HttpRequestParts): JsonValue => {
    if (takesBytes) return { contentType, data: Buffer.from(bytes).toString('base64') };
    checkContentType(contentType);
    return parseJson(bytes);
  };
  const fromBody = (request: HttpRequestParts): Message => {
    if (body === 'none') return create(input);
    const json = readJson(request);
    return messageFromJson(input, body === 'message' ? json : { [body.jsonName]: json }, registry);
  };
  return (request) => {
    const message = fromBody(request);
    const takesQuery = request.query !== '' && body !== 'message';
    if (takesQuery || pathFields.length > 0) {
      const fields = reflect(input, message);
      if (takesQuery) setQueryParameters(fields, request.query, body === 'none' ? undefined : body);
      for (const [index, path] of pathFields.entries()) setPathVariable(fields, path, request.variables[index] ?? '');
    }
    return toBinary(input, message);
  };
}

/** `application/json`; a charset can only be UTF-8, other parameters do not matter. */
function checkContentType(contentType: string): void {
  if (contentType === '') throw new BadRequest('the content type is missing: send application/json');
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (type !== 'application/json' || (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset))) {
    throw new BadRequest(`the content type ${JSON.stringify(contentType)} is not understood: send application/json`);
  }
}
