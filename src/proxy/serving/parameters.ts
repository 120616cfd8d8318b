import { type DescEnum, type DescField, type DescMessage, fromJson, ScalarType } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { BadRequest } from './bad-request.ts';

/** From a message to a field inside of it: all but the last are singular messages. */
export type FieldPath = readonly [DescField, ...DescField[]];

/** The names of the path, dotted. */
export function fieldPathText(path: FieldPath): string {
  return path.map(({ name }) => name).join('.');
}

type ParameterValue = string | number | bigint | boolean | Uint8Array;

/** How deep a query parameter may reach into a message. */
const MAX_FIELD_PATH = 32;
const TEXT_FORMS = new Set(['google.protobuf.Timestamp', 'google.protobuf.Duration', 'google.protobuf.FieldMask']);

/** Sets a field from a path variable as it was sent. `+` stands for itself. Throws `BadRequest`. */
export function setPathVariable(message: ReflectMessage, path: FieldPath, raw: string): void {
  const what = `path variable "${fieldPathText(path)}"`;
  const text = percentDecode(raw, what);
  atField(message, path, (owner, field) => setValue(owner, field, text, what));
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
    const text = percentDecode(rawValue.replaceAll('+', ' '), what);
    const path = fieldPath(message.desc, name, what);
    if (path[0] === bodyField) throw new BadRequest(`${what} is in the field that the body holds`);
    atField(message, path, (owner, field) => {
      const taken = field.oneof && owner.oneofCase(field.oneof);
      if (taken !== undefined && taken !== field)
        throw new BadRequest(`${what}: only one of "${taken.name}" and "${field.name}" can be given`);
      if (field.fieldKind !== 'list' && seen.has(name))
        throw new BadRequest(`${what} is given more than once, but ${field.toString()} is not repeated`);
      setValue(owner, field, text, what);
    });
    seen.add(name);
  }
}

/** The fields that a dotted name goes through. */
function fieldPath(desc: DescMessage, name: string, what: string): FieldPath {
  const names = name.split('.');
  if (names.length > MAX_FIELD_PATH) throw new BadRequest(`${what} reaches more than ${MAX_FIELD_PATH} fields deep`);
  const fieldOf = (owner: DescMessage, one: string): DescField => {
    const field = owner.fields.find((candidate) => candidate.name === one);
    if (field === undefined) throw new BadRequest(`${what}: ${owner.typeName} has no field "${one}"`);
    return field;
  };
  const path: [DescField, ...DescField[]] = [fieldOf(desc, names[0] ?? '')];
  for (const next of names.slice(1)) {
    const owner = path.at(-1);
    if (owner?.fieldKind !== 'message') throw new BadRequest(`${what}: ${String(owner)} is not a message`);
    path.push(fieldOf(owner.message, next));
  }
  return path;
}

/** Lets `act` change the message that has the path's last field, making the messages on the way there. */
function atField(
  message: ReflectMessage,
  [first, second, ...more]: FieldPath,
  act: (owner: ReflectMessage, field: DescField) => void,
): void {
  if (second === undefined || first.fieldKind !== 'message') return act(message, first);
  const inner = message.get(first);
  atField(inner, [second, ...more], act);
  return message.set(first, inner);
}

function setValue(message: ReflectMessage, field: DescField, text: string, what: string): void {
  const value = field.fieldKind === 'map' ? undefined : parseValue(field, text, what);
  if (value === undefined)
    throw new BadRequest(`${what}: ${JSON.stringify(text)} is not a value of type ${typeOf(field)}`);
  if (field.fieldKind === 'list') message.get(field).add(value);
  else message.set(field, value);
}

function parseValue(
  field: DescField & { readonly fieldKind: 'scalar' | 'enum' | 'message' | 'list' },
  text: string,
  what: string,
): ParameterValue | ReflectMessage | undefined {
  if (field.enum !== undefined) return parseEnum(field.enum, text);
  if (field.message === undefined) return parseScalar(field.scalar, text);
  if (!hasTextForm(field.message))
    throw new BadRequest(`${what}: ${field.toString()} is a message, which has no text form`);
  return parseMessage(field.message, text);
}

function typeOf(field: DescField): string {
  if (field.fieldKind === 'map') return 'map, which has no text form';
  if (field.message !== undefined) return field.message.typeName;
  return field.enum === undefined ? ScalarType[field.scalar].toLowerCase() : field.enum.typeName;
}

/** Whether a message is written as one text: times, durations, field masks and wrapped scalars. */
export function hasTextForm(desc: DescMessage): boolean {
  return TEXT_FORMS.has(desc.typeName) || isWrapperDesc(desc);
}

function parseMessage(desc: DescMessage, text: string): ReflectMessage | undefined {
  if (isWrapperDesc(desc)) {
    const [field] = desc.fields;
    const value = parseScalar(field.scalar, text);
    if (value === undefined) return undefined;
    const wrapper = reflect(desc);
    wrapper.set(field, value);
    return wrapper;
  }
  try {
    return reflect(desc, fromJson(desc, text));
  } catch {
    return undefined;
  }
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
      return parseBytes(text);
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

/** Base64 of either alphabet, padded or not. */
function parseBytes(text: string): Uint8Array | undefined {
  const digits = /^([\w+/-]*)={0,2}$/.exec(text)?.[1];
  return digits === undefined || digits.length % 4 === 1 ? undefined : base64Decode(text);
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
