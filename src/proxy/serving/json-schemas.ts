import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import type { Comments } from './comments.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** JSON Schemas (2020-12) of messages in their canonical JSON, those of named types kept together for `components.schemas`. */
export class SchemaBook {
  readonly #comments: Comments;
  readonly #schemas = new Map<string, JsonSchema>();

  constructor(comments: Comments) {
    this.#comments = comments;
    this.#schemas.set(STATUS, {
      type: 'object',
      description: 'An error, by its google.rpc.Code.',
      properties: { code: { type: 'integer', format: 'int32' }, message: { type: 'string' } },
    });
  }

  /** Every named type that was used, by its full name. */
  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#schemas].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** `without`: fields of the message that are left out. */
  ofMessage(desc: DescMessage, without: ReadonlySet<DescField> = NONE): JsonSchema {
    if (isWrapperDesc(desc)) return SCALARS[desc.fields[0].scalar];
    const wellKnown = WELL_KNOWN[desc.typeName];
    if (wellKnown !== undefined) return wellKnown;
    return without.size > 0
      ? this.#ofObject(desc, without)
      : this.#named(desc.typeName, () => this.#ofObject(desc, NONE));
  }

  /** Without what its comment says. */
  ofField(field: DescField): JsonSchema {
    switch (field.fieldKind) {
      case 'list':
        return { type: 'array', items: this.#ofValue(field) };
      case 'map':
        return { type: 'object', additionalProperties: this.#ofValue(field) };
      default:
        return this.#ofValue(field);
    }
  }

  /** Of the field, or of one element of it. */
  #ofValue(field: DescField): JsonSchema {
    if (field.message !== undefined) return this.ofMessage(field.message);
    return field.enum === undefined ? SCALARS[field.scalar] : this.#ofEnum(field.enum);
  }

  #ofObject(desc: DescMessage, without: ReadonlySet<DescField>): JsonSchema {
    const comment = this.#comments.of(desc);
    const given = desc.fields.filter((field) => !without.has(field));
    const choices = desc.oneofs.map(({ fields }) => fields.filter((field) => !without.has(field)));
    const exclusive = choices.filter(({ length }) => length > 1).map(atMostOne);
    const properties = given.map((field) => {
      const text = this.#comments.of(field);
      const extra = { ...(text !== '' && { description: text }), ...(field.deprecated && { deprecated: true }) };
      return [field.jsonName, { ...this.ofField(field), ...extra }] as const;
    });
    return {
      type: 'object',
      ...(comment !== '' && { description: comment }),
      ...(desc.deprecated && { deprecated: true }),
      properties: Object.fromEntries(properties),
      ...(exclusive.length > 0 && { allOf: exclusive }),
    };
  }

  #ofEnum(desc: DescEnum): JsonSchema {
    if (desc.typeName === 'google.protobuf.NullValue') return { type: 'null' };
    return this.#named(desc.typeName, () => {
      const comment = this.#comments.of(desc);
      const names = { type: 'string', enum: desc.values.map(({ name }) => name) };
      return { ...names, ...(comment !== '' && { description: comment }) };
    });
  }

  #named(name: string, make: () => JsonSchema): JsonSchema {
    if (!this.#schemas.has(name)) {
      // First of all, because a type may hold itself.
      this.#schemas.set(name, {});
      this.#schemas.set(name, make());
    }
    return { $ref: `#/components/schemas/${name}` };
  }
}

const NONE: ReadonlySet<DescField> = new Set();
const STATUS = 'google.rpc.Status';
/** Every error's. */
export const ERROR_SCHEMA: JsonSchema = { $ref: `#/components/schemas/${STATUS}` };

/** Of the members of a oneof. */
function atMostOne(fields: readonly DescField[]): JsonSchema {
  const given = fields.map(({ jsonName }) => ({ required: [jsonName] }));
  return { oneOf: [...given, { not: { anyOf: given } }] };
}

const INT32 = { type: 'integer', format: 'int32' };
const UINT32 = { type: 'integer', format: 'int64', minimum: 0, maximum: 4_294_967_295 };
const INT64 = { type: 'string', format: 'int64', pattern: '^-?[0-9]+$' };
const UINT64 = { type: 'string', format: 'uint64', pattern: '^[0-9]+$' };
const NOT_FINITE = { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] };

const SCALARS: Readonly<Record<ScalarType, JsonSchema>> = {
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
  [ScalarType.DOUBLE]: { oneOf: [{ type: 'number', format: 'double' }, NOT_FINITE] },
  [ScalarType.FLOAT]: { oneOf: [{ type: 'number', format: 'float' }, NOT_FINITE] },
  [ScalarType.INT32]: INT32,
  [ScalarType.SINT32]: INT32,
  [ScalarType.SFIXED32]: INT32,
  [ScalarType.UINT32]: UINT32,
  [ScalarType.FIXED32]: UINT32,
  [ScalarType.INT64]: INT64,
  [ScalarType.SINT64]: INT64,
  [ScalarType.SFIXED64]: INT64,
  [ScalarType.UINT64]: UINT64,
  [ScalarType.FIXED64]: UINT64,
};

/** The types that have a JSON of their own. */
const WELL_KNOWN: Readonly<Record<string, JsonSchema>> = {
  'google.protobuf.Any': {
    type: 'object',
    description: 'A message of any type that the service knows: its fields, or its JSON as `value`, beside `@type`.',
    properties: { '@type': { type: 'string' } },
    additionalProperties: true,
  },
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]{1,9})?s$' },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array', items: {} },
  'google.protobuf.Empty': { type: 'object', additionalProperties: false },
};
