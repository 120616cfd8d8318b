import protobuf from 'protobufjs';
import type { Payload } from '../messages.ts';

/** How elements, keys and values are written. The same value must always have the same bytes: they decide what is equal. */
export interface Element<T> {
  readonly toPayload: (value: T) => Payload;
  readonly fromPayload: (payload: { typeUrl?: string | null; value?: Uint8Array | null }) => T;
}

const TEXT = 'p.cloudstate.io/string';

export const text: Element<string> = {
  toPayload: (value) => ({ typeUrl: TEXT, value: value === '' ? EMPTY : field(value) }),
  fromPayload: (payload) => stringOf(expect(payload, TEXT)),
};

export function json<T>(name: string): Element<T> {
  const typeUrl = `json.cloudstate.io/${name}`;
  return {
    toPayload: (value) => ({ typeUrl, value: field(JSON.stringify(sorted(value))) }),
    fromPayload: (payload) => JSON.parse(stringOf(expect(payload, typeUrl))) as T,
  };
}

/** One text for each payload: a key for maps. */
export function identity({ typeUrl, value }: { typeUrl?: string | null; value?: Uint8Array | null }): string {
  return `${typeUrl} ${Buffer.from(value ?? EMPTY).toString('latin1')}`;
}

export function expect(payload: { typeUrl?: string | null; value?: Uint8Array | null }, typeUrl: string): Uint8Array {
  if (payload.typeUrl === typeUrl) return payload.value ?? EMPTY;
  throw new Error(`Cannot read an element of type ${payload.typeUrl}; the entity says ${typeUrl}`);
}

const EMPTY = new Uint8Array(0);

/** The primitives of the protocol, and JSON, are messages with one field of number 1. */
function field(value: string): Uint8Array {
  return protobuf.Writer.create().uint32(10).string(value).finish();
}

function stringOf(bytes: Uint8Array): string {
  const reader = protobuf.Reader.create(bytes);
  let found = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 10) found = reader.string();
    else reader.skipType(tag & 7);
  }
  return found;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
