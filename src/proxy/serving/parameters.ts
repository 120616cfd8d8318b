import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { BadRequest } from './bad-request.ts';

type ParameterValue = string | number | bigint | boolean | Uint8Array;

/** How deep a query parameter may reach into a message. */
const MAX_FIELD_PATH = 32;

/** Sets a field from a path variable as it was sent. `+` stands for itself. Throws `BadRequest`. */
export function setPathVariable(message: ReflectMessage, field: DescField, raw: string): void {
  const what = `path variable "${field.name}"`;
  setValue(message, field, percentDecode(raw, what), what);
}

/**
 * Sets the fields that a query string names: by their names in the `.proto` file, dotted into nested messages, repeated fields by
 * repeating the name. `+` is a space. Throws `BadRequest`.
 */
export function setQueryParameters(message: ReflectMessage, query: string, bodyField: DescField | undefined): void {
  const seen = new Set<string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const [rawName, rawValue] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const name = percentDecode(rawName.replaceAll('+', ' '), 'the name of a query parameter');
    const what = `query parameter "${name}"`;
    const { owner, field } = resolve(message, name, what);
    if (owner === message && field === bodyField) throw new BadRequest(`${what} is the field that the body holds`);
    if (field.fieldKind !== 'list' && seen.has(name))
      throw new BadRequest(`${what} is given more than once, but ${field.toString()} is not repeated`);
    seen.add(name);
    setValue(owner, field, percentDecode(rawValue.replaceAll('+', ' '), what), what);
  }
}

/** Walks a dotted name, making the messages on its way. */
function resolve(message: ReflectMessage, name: string, what: string): { owner: ReflectMessage; field: DescField } {
  const path = name.split('.');
  if (path.length > MAX_FIELD_PATH) throw new BadRequest(`${what} reaches more than ${MAX_FIELD_PATH} fields deep`);
  let owner = message;
  let field = fieldOf(owner.desc, path[0] ?? '', what);
  for (const next of path.slice(1)) {
    if (field.fieldKind !== 'message') throw new BadRequest(`${what}: ${field.toString()} is not a message`);
    const inner = owner.isSet(field) ? owner.get(field) : reflect(field.message);
    owner.set(field, inner);
    owner = inner;
    field = fieldOf(owner.desc, next, what);
  }
  return { owner, field };
}

function fieldOf(desc: DescMessage, name: string, what: string): DescField {
  const field = desc.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new BadRequest(`${what}: ${desc.typeName} has no field "${name}"`);
  return field;
}

function setValue(message: ReflectMessage, field: DescField, text: string, what: string): void {
  const isText = field.fieldKind !== 'message' && field.fieldKind !== 'map' && field.message === undefined;
  if (!isText) throw new BadRequest(`${what}: ${field.toString()} is a message or a map, which has no text form`);
  const value = field.enum === undefined ? parseScalar(field.scalar, text) : parseEnum(field.enum, text);
  const expected = field.enum === undefined ? ScalarType[field.scalar].toLowerCase() : field.enum.typeName;
  if (value === undefined) throw new BadRequest(`${what}: ${JSON.stringify(text)} is not a value of type ${expected}`);
  if (field.fieldKind === 'list') message.get(field).add(value);
  else message.set(field, value);
}

/** Bits of the integer types; negative: signed. */
const INTEGER_BITS: Partial<Record<ScalarType, number>> = {
  [ScalarType.INT32]: -32,
  [ScalarType.SINT32]: -32,
  [ScalarType.SFIXED32]: -32,
  [ScalarType.UINT32]: 32,
  [ScalarType.FIXED32]: 32,
  [ScalarType.INT64]: -64,
  [ScalarType.SINT64]: -64,
  [ScalarType.SFIXED64]: -64,
  [ScalarType.UINT64]: 64,
  [ScalarType.FIXED64]: 64,
};
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function parseScalar(type: ScalarType, text: string): ParameterValue | undefined {
  switch (type) {
    case ScalarType.STRING:
      return text;
    case ScalarType.BOOL:
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;
    case ScalarType.BYTES:
      return /^[\w+/-]*={0,2}$/.test(text) ? base64Decode(text) : undefined;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT: {
      const value = /^(NaN|-?Infinity)$/.test(text) || DECIMAL.test(text) ? Number(text) : undefined;
      const overflows =
        type === ScalarType.FLOAT &&
        value !== undefined &&
        Number.isFinite(value) &&
        !Number.isFinite(Math.fround(value));
      return overflows ? undefined : value;
    }
    default:
      return parseInteger(INTEGER_BITS[type] ?? 0, text);
  }
}

function parseInteger(bits: number, text: string): number | bigint | undefined {
  const match = /^\+?(-?\d{1,20})$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const value = BigInt(match[1]);
  const wrapped = bits < 0 ? BigInt.asIntN(-bits, value) : BigInt.asUintN(bits, value);
  if (wrapped !== value) return undefined;
  return Math.abs(bits) === 32 ? Number(value) : value;
}

/** By name or number; numbers without a name only where the enum is open. */
function parseEnum(type: DescEnum, text: string): number | undefined {
  const named = type.values.find(({ name }) => name === text);
  if (named !== undefined) return named.number;
  const number = parseInteger(-32, text);
  return typeof number === 'number' && (type.open || type.value[number] !== undefined) ? number : undefined;
}

function percentDecode(raw: string, what: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    throw new BadRequest(`${what}: ${JSON.stringify(raw)} is not percent-encoded UTF-8`);
  }
}
