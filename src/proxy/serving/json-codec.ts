import {
  type DescField,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  toJson,
} from '@bufbuild/protobuf';
import { BadRequest, errorText } from './bad-request.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Parses a request body. Throws `BadRequest`. */
export function parseJson(body: Uint8Array): JsonValue {
  if (body.length === 0) throw new BadRequest('the body is empty: send a JSON object, {} for one without values');
  try {
    return JSON.parse(UTF8.decode(body));
  } catch (error) {
    throw new BadRequest(`the body is not JSON in UTF-8: ${errorText(error)}`);
  }
}

/** Reads the canonical JSON of a message; unknown fields are refused. Throws `BadRequest`. */
export function messageFromJson(desc: DescMessage, json: JsonValue, registry: Registry): Message {
  try {
    return fromJson(desc, json, { registry });
  } catch (error) {
    throw new BadRequest(errorText(error));
  }
}

/**
 * Makes the writer of a message type's canonical JSON, default values included, from its bytes; with `field`, of that field alone
 * (`null` when it is not set). It throws when the bytes are no such message.
 */
export function jsonWriter(
  desc: DescMessage,
  registry: Registry,
  field: DescField | undefined,
): (payload: Uint8Array) => string {
  const options = { registry, alwaysEmitImplicit: true };
  const write = (payload: Uint8Array): JsonValue => toJson(desc, fromBinary(desc, payload), options);
  if (field === undefined) return (payload) => JSON.stringify(write(payload));
  return (payload) => {
    const json = write(payload);
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
    return JSON.stringify((isObject ? json[field.jsonName] : undefined) ?? null);
  };
}
