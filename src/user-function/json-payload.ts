import protobuf from 'protobufjs';
import type { Payload } from './messages.ts';

const PREFIX = 'json.cloudstate.io/';
/** Field 1, length-delimited. */
const FIELD = 10;

/** Whether the type of a payload, or a name among `events`, stands for JSON: `json.cloudstate.io/<name>`. */
export function isJsonType(typeUrl: string): boolean {
  return typeUrl.startsWith(PREFIX);
}

/** @throws TypeError for what JSON cannot hold */
export function encodeJson(typeUrl: string, value: unknown): Payload {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${typeUrl} must be a JSON value, not ${typeof value}`);
  return { typeUrl, value: protobuf.Writer.create().uint32(FIELD).string(text).finish() };
}

/**
 * The JSON value in a `google.protobuf.Any` such as a consumed event.
 * @throws TypeError when it is of another type than `json.cloudstate.io/…`, or is not JSON
 */
export function jsonOf(payload: { readonly typeUrl?: string | null; readonly value?: Uint8Array | null }): unknown {
  const { typeUrl, value } = payload;
  if (!isJsonType(typeUrl ?? '')) throw new TypeError(`${typeUrl} is not JSON: only ${PREFIX}… is`);
  const reader = protobuf.Reader.create(value ?? new Uint8Array());
  let text = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === FIELD) text = reader.string();
    else reader.skipType(tag & 7);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`${typeUrl} does not hold JSON`, { cause });
  }
}
