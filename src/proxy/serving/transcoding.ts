import { create, type Message, type Registry, toBinary } from '@bufbuild/protobuf';
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
  /** Throws `BadRequest`. */
  toPayload(request: HttpRequestParts): Uint8Array;
  /** Throws when the payload is not a message of the method's output type. */
  toBody(payload: Uint8Array): HttpReplyBody;
}

export function createTranscoder(endpoint: HttpEndpoint, registry: Registry): Transcoder {
  return { toPayload: payloadReader(endpoint, registry), toBody: bodyWriter(endpoint, registry) };
}

function payloadReader({ method, body, pathFields }: HttpEndpoint, registry: Registry): Transcoder['toPayload'] {
  const { input } = method.desc;
  const fromBody = (request: HttpRequestParts): Message => {
    if (body === 'none') return create(input);
    checkContentType(request.contentType);
    const json = parseJson(request.body);
    return messageFromJson(input, body === 'message' ? json : { [body.jsonName]: json }, registry);
  };
  return (request) => {
    const message = fromBody(request);
    const takesQuery = request.query !== '' && body !== 'message';
    if (takesQuery || pathFields.length > 0) {
      const fields = reflect(input, message);
      if (takesQuery) setQueryParameters(fields, request.query, body === 'none' ? undefined : body);
      for (const [index, field] of pathFields.entries()) setPathVariable(fields, field, request.variables[index] ?? '');
    }
    return toBinary(input, message);
  };
}

function bodyWriter({ method, responseField }: HttpEndpoint, registry: Registry): Transcoder['toBody'] {
  const { output } = method.desc;
  if (output.typeName === 'google.api.HttpBody' && responseField === undefined) {
    return (payload) => {
      const { contentType, data } = google.api.HttpBody.decode(payload);
      return { contentType, body: data };
    };
  }
  const write = jsonWriter(output, registry, responseField);
  return (payload) => ({ contentType: 'application/json', body: write(payload) });
}

/** `application/json`; a charset can only be UTF-8, other parameters do not matter. */
function checkContentType(contentType: string | undefined): void {
  if (contentType === undefined) throw new BadRequest('the content type is missing: send application/json');
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (type !== 'application/json' || (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset))) {
    throw new BadRequest(`the content type ${JSON.stringify(contentType)} is not understood: send application/json`);
  }
}
