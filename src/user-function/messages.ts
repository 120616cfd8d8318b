import { inspect } from 'node:util';
import protobuf from 'protobufjs';
import { unknownName } from './names.ts';

/** A google.protobuf.Any. */
export interface Payload {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

// What handlers see: every field set to its default, 64-bit integers as bigint, enums by name, bytes as Buffer.
const plainObjects = { longs: BigInt, enums: String, defaults: true, oneofs: true };

/** @throws Error naming the field when the object does not fit the message */
export function encode(type: protobuf.Type, message: unknown): Payload {
  const name = type.fullName.slice(1);
  checkMessage(type, message, name);
  const value = type.encode(type.fromObject(message as Record<string, unknown>)).finish();
  return { typeUrl: `type.googleapis.com/${name}`, value };
}

export function decode(type: protobuf.Type, value: Uint8Array): object {
  return type.toObject(type.decode(value), plainObjects);
}

/** The full name of the message in an Any. */
export function nameOfPayload(payload: { typeUrl?: string | null }): string {
  const url = payload.typeUrl ?? '';
  return url.slice(url.lastIndexOf('/') + 1);
}

function checkMessage(type: protobuf.Type, message: unknown, path: string): void {
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw wrong(path, 'an object', message);
  for (const [name, value] of Object.entries(message)) {
    if (value === undefined || value === null || Object.hasOwn(type.oneofs ?? {}, name)) continue;
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (field === undefined) throw unknownName(`field of ${path}:`, name, Object.keys(type.fields));
    const where = `${path}.${name}`;
    if (field.map) {
      if (typeof value !== 'object') throw wrong(where, 'an object', value);
      for (const [key, entry] of Object.entries(value as object)) checkValue(field, entry, `${where}["${key}"]`);
    } else if (field.repeated) {
      if (!Array.isArray(value)) throw wrong(where, 'an array', value);
      for (const [index, entry] of value.entries()) checkValue(field, entry, `${where}[${index}]`);
    } else {
      checkValue(field, value, where);
    }
  }
}

function checkValue(field: protobuf.Field, value: unknown, path: string): void {
  const { resolvedType } = field.resolve();
  if (resolvedType instanceof protobuf.Type) {
    checkMessage(resolvedType, value, path);
  } else if (resolvedType instanceof protobuf.Enum) {
    if (typeof value === 'string' && !Object.hasOwn(resolvedType.values, value)) {
      throw unknownName(`value of ${path}:`, value, Object.keys(resolvedType.values));
    }
    if (typeof value !== 'string' && !Number.isInteger(value)) throw wrong(path, 'the name of an enum value', value);
  } else {
    const [expected, fits] = scalarRule(field.type);
    if (!fits(value)) throw wrong(path, expected, value);
  }
}

function scalarRule(type: string): [expected: string, fits: (value: unknown) => boolean] {
  switch (type) {
    case 'string':
      return ['a string', (value) => typeof value === 'string'];
    case 'bool':
      return ['a boolean', (value) => typeof value === 'boolean'];
    case 'bytes':
      return ['a Buffer or Uint8Array', (value) => value instanceof Uint8Array];
    case 'double':
    case 'float':
      return ['a number', (value) => typeof value === 'number'];
    default: {
      const [low, high] = integerRange(type);
      const what = type.endsWith('64') ? `a bigint or safe integer (${type})` : `an integer (${type})`;
      return [what, (value) => isInteger(value) && value >= low && value <= high];
    }
  }
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function integerRange(type: string): [low: bigint, high: bigint] {
  const bits = type.endsWith('64') ? 64n : 32n;
  const unsigned = type.startsWith('u') || type.startsWith('fixed');
  return unsigned ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

function wrong(path: string, expected: string, value: unknown): TypeError {
  const found = inspect(value, { depth: 0, maxStringLength: 60 });
  return new TypeError(`${path} must be ${expected}, not ${found}`);
}
