import protobuf from 'protobufjs';

/**
 * A message in the kit's notation: what is at its default is left out, and a `google.protobuf.Any` is an object with one
 * member: the full name of its type and the message, `string` and a text, or its type URL and the bytes in base64.
 */
export type Plain = Readonly<Record<string, unknown>>;

const MESSAGES = 'type.googleapis.com/';
const TEXT = 'p.cloudstate.io/string';
const ANY = '.google.protobuf.Any';

/** Between messages in the kit's notation and their bytes. */
export class Codec {
  readonly root: protobuf.Root;

  constructor(root: protobuf.Root) {
    this.root = root;
  }

  encode(type: protobuf.Type, message: Plain): Buffer {
    return Buffer.from(type.encode(type.fromObject(this.#toWire(type, message))).finish());
  }

  decode(type: protobuf.Type, bytes: Uint8Array): Plain {
    const message = type.toObject(type.decode(bytes), { longs: Number, bytes: String });
    return normal(this.#fromWire(type, message)) as Plain;
  }

  #toWire(type: protobuf.Type, message: Plain): Plain {
    if (type.fullName === ANY) return this.#toAny(message);
    return mapFields(type, message, (of, value) => this.#toWire(of, value));
  }

  #fromWire(type: protobuf.Type, message: Plain): Plain {
    if (type.fullName === ANY) return this.#fromAny(message);
    return mapFields(type, message, (of, value) => this.#fromWire(of, value));
  }

  #toAny(message: Plain): Plain {
    const [[name, value] = ['', undefined]] = Object.entries(message);
    if (name === 'string') return { type_url: TEXT, value: textField().encode({ value }).finish() };
    if (name.includes('/')) return { type_url: name, value: Buffer.from(String(value), 'base64') };
    return { type_url: `${MESSAGES}${name}`, value: this.encode(this.root.lookupType(name), value as Plain) };
  }

  #fromAny({ type_url: url = '', value = '' }: { type_url?: string; value?: string }): Plain {
    const bytes = Buffer.from(value, 'base64');
    try {
      if (url === TEXT) return { string: (textField().decode(bytes) as unknown as { value: string }).value };
      const type = url.startsWith(MESSAGES) ? this.root.lookupType(url.slice(MESSAGES.length)) : undefined;
      if (type !== undefined) return { [url.slice(MESSAGES.length)]: this.decode(type, bytes) };
    } catch {
      // An unknown type, or bytes that are none of it: shown as they are.
    }
    return url === '' && value === '' ? {} : { [url]: value };
  }
}

/** The message of every primitive text. */
function textField(): protobuf.Type {
  return new protobuf.Type('Text').add(new protobuf.Field('value', 1, 'string'));
}

function mapFields(type: protobuf.Type, message: Plain, map: (type: protobuf.Type, value: Plain) => Plain): Plain {
  const entries = Object.entries(message).map(([name, value]) => {
    const field = type.fields[name]?.resolve();
    if (field === undefined) throw new Error(`${type.fullName} has no field ${name}`);
    const { resolvedType } = field;
    if (!(resolvedType instanceof protobuf.Type)) return [name, value] as const;
    const one = (item: unknown): Plain => map(resolvedType, item as Plain);
    return [name, Array.isArray(value) ? value.map(one) : one(value)] as const;
  });
  return Object.fromEntries(entries);
}

/** The order of these says nothing. */
const UNORDERED = new Set(['added', 'removed', 'updated', 'supportedEntityTypes']);

/** Without what is at its default, and sets in one order: two messages that say the same are equal. */
export function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, member]) => {
    if (isDefault(member)) return [];
    const one = normal(member);
    return [[name, UNORDERED.has(name) && Array.isArray(one) ? one.toSorted(byText) : one] as const];
  });
  return Object.fromEntries(entries);
}

function isDefault(value: unknown): boolean {
  return (
    value == null || value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
  );
}

function byText(one: unknown, other: unknown): number {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
  return a < b ? -1 : Number(a > b);
}
