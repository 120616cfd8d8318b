import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A payload from which no entity id can be read: INVALID_ARGUMENT. */
export class InvalidKey extends Error {}

/** A key field of a type that makes no key: refused at discovery. */
export class UnusableKeyField extends Error {}

/**
 * Makes the reader of a message type's entity key: the values of `fields` (in declaration order) as text, joined by `-`
 * (protocol-spec §8.6). It walks the raw bytes once and decodes nothing else. Throws `UnusableKeyField`.
 */
export function entityKeyReader(message: DescMessage, fields: readonly DescField[]): (payload: Uint8Array) => string {
  const readers = fields.map((field) => valueReader(message, field));
  const indexByNumber = new Map(fields.map((field, index) => [field.number, index]));
  const defaults = fields.map(defaultText);
  return (payload) => {
    const values = [...defaults];
    try {
      const reader = new BinaryReader(payload);
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag();
        const index = indexByNumber.get(number);
        const read = index === undefined ? undefined : readers[index];
        if (index === undefined || read?.wireType !== wireType) reader.skip(wireType, number);
        else values[index] = read.toText(reader);
      }
    } catch (error) {
      throw new InvalidKey(`the ${message.typeName} cannot be read: ${String(error)}`);
    }
    const key = values.join('-');
    if (values.every((value) => value === ''))
      throw new InvalidKey(`${names(fields)} of ${message.typeName} is empty: an entity needs an id`);
    return key;
  };
}

interface ValueReader {
  readonly wireType: WireType;
  toText(reader: BinaryReader): string;
}

function valueReader(message: DescMessage, field: DescField): ValueReader {
  if (field.fieldKind === 'enum') {
    const { enum: type } = field;
    return { wireType: WireType.Varint, toText: (reader) => enumName(type.value, reader.int32()) };
  }
  if (field.fieldKind === 'scalar') {
    const reader = SCALARS[field.scalar];
    if (reader !== undefined) return reader;
  }
  throw new UnusableKeyField(
    `${message.typeName}.${field.name} is marked as entity_key, but only single strings, integers, booleans and enums make a key`,
  );
}

const SCALARS: Partial<Record<ScalarType, ValueReader>> = {
  [ScalarType.STRING]: { wireType: WireType.LengthDelimited, toText: (reader) => reader.string() },
  [ScalarType.BOOL]: { wireType: WireType.Varint, toText: (reader) => String(reader.bool()) },
  [ScalarType.INT32]: { wireType: WireType.Varint, toText: (reader) => String(reader.int32()) },
  [ScalarType.UINT32]: { wireType: WireType.Varint, toText: (reader) => String(reader.uint32()) },
  [ScalarType.SINT32]: { wireType: WireType.Varint, toText: (reader) => String(reader.sint32()) },
  [ScalarType.INT64]: { wireType: WireType.Varint, toText: (reader) => String(reader.int64()) },
  [ScalarType.UINT64]: { wireType: WireType.Varint, toText: (reader) => String(reader.uint64()) },
  [ScalarType.SINT64]: { wireType: WireType.Varint, toText: (reader) => String(reader.sint64()) },
  [ScalarType.FIXED32]: { wireType: WireType.Bit32, toText: (reader) => String(reader.fixed32()) },
  [ScalarType.SFIXED32]: { wireType: WireType.Bit32, toText: (reader) => String(reader.sfixed32()) },
  [ScalarType.FIXED64]: { wireType: WireType.Bit64, toText: (reader) => String(reader.fixed64()) },
  [ScalarType.SFIXED64]: { wireType: WireType.Bit64, toText: (reader) => String(reader.sfixed64()) },
};

function defaultText(field: DescField): string {
  if (field.fieldKind === 'enum') return enumName(field.enum.value, 0);
  if (field.fieldKind !== 'scalar' || field.scalar === ScalarType.STRING) return '';
  return field.scalar === ScalarType.BOOL ? 'false' : '0';
}

function enumName(values: Readonly<Record<number, { readonly name: string }>>, number: number): string {
  return values[number]?.name ?? String(number);
}

function names(fields: readonly DescField[]): string {
  return fields.map(({ name }) => name).join(', ');
}
