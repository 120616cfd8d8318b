import protobuf from 'protobufjs';
import { ConfigurationError, resolveName, unknownName } from './names.ts';
import { lineOf, type ProtoFile } from './proto-files.ts';

/** Options as the parser leaves them: one object for each statement. */
type Parsed = Record<string, unknown>[] | null | undefined;

interface CustomOption {
  readonly target: { $unknowns?: Uint8Array[] };
  readonly name: string;
  readonly value: unknown;
  readonly scope: string;
  readonly file: ProtoFile;
}

/**
 * Options of descriptors. Those that descriptor.proto declares are read at once. Custom ones are kept until all types
 * are known and are then written, encoded, as the unknown fields that a compiler without the extension would leave.
 */
export class OptionReader {
  readonly #custom: CustomOption[] = [];

  /** What the options add to a descriptor: nothing when none is set. */
  read(type: protobuf.Type, parsed: Parsed, scope: string, file: ProtoFile): { options?: object } {
    const entries = (parsed ?? [])
      .flatMap((statement) => Object.entries(statement))
      .filter(([name]) => !isOfField(name));
    if (entries.length === 0) return {};
    const standard: Record<string, unknown> = {};
    for (const [name, value] of entries.filter(([key]) => !key.startsWith('('))) {
      const field = type.fieldsArray.find((candidate) => (candidate.protoName ?? candidate.name) === name);
      if (field === undefined) throw unknownName(`option in ${lineOf(file, name)}:`, name, Object.keys(type.fields));
      standard[field.name] = value;
    }
    const target = type.fromObject(standard);
    for (const [name, value] of entries.filter(([key]) => key.startsWith('('))) {
      this.#custom.push({ target, name: name.slice(1, -1), value, scope, file });
    }
    return { options: target };
  }

  /** Adds the custom options to the messages that {@link read} has returned. */
  writeCustom(root: protobuf.Root): void {
    const extensions = extensionsOf(root);
    for (const { target, name, value, scope, file } of this.#custom) {
      const full = resolveName(name, scope, (candidate) => extensions.has(candidate));
      const extension = full === undefined ? undefined : extensions.get(full);
      if (extension === undefined) throw unknownName(`option in ${lineOf(file, name)}:`, name, extensions.keys());
      target.$unknowns = [...(target.$unknowns ?? []), encode(extension, value, lineOf(file, name))];
    }
  }
}

/** `json_name` and `optional` have fields of their own in the descriptor. */
function isOfField(name: string): boolean {
  return name === 'json_name' || name === 'proto3_optional';
}

function extensionsOf(root: protobuf.Root): Map<string, protobuf.Field> {
  const extensions = new Map<string, protobuf.Field>();
  const visit = (namespace: protobuf.NamespaceBase): void => {
    for (const child of namespace.nestedArray) {
      if (child instanceof protobuf.Field) {
        extensions.set(`${namespace.fullName}.${child.protoName ?? child.name}`.replace(/^\.+/, ''), child);
      }
      if (child instanceof protobuf.Namespace) visit(child);
    }
  };
  visit(root);
  return extensions;
}

function encode(extension: protobuf.Field, value: unknown, where: string): Uint8Array {
  const holder = new protobuf.Type('Option').add(
    new protobuf.Field('value', extension.id, extension.type, extension.rule),
  );
  const { resolvedType } = extension.resolve();
  const scope = new protobuf.Namespace('$option').add(holder);
  extension.root.add(scope);
  try {
    const one = resolvedType instanceof protobuf.Type ? toObject(resolvedType, value, where) : value;
    checkExact(extension, one, where);
    return holder
      .encode(holder.fromObject({ value: extension.repeated && !Array.isArray(one) ? [one] : one }))
      .finish();
  } finally {
    extension.root.remove(scope);
  }
}

/** From the names in the file to those of the type, and lists where the parser saw only one entry. */
function toObject(type: protobuf.Type, value: unknown, where: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => toObject(type, entry, where));
  if (typeof value !== 'object' || value === null) {
    throw new ConfigurationError(`${where}: the option needs a value like { field: ... }`);
  }
  const object: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const field = type.fieldsArray.find((candidate) => (candidate.protoName ?? candidate.name) === name);
    if (field === undefined) throw unknownName(`field in the option at ${where}:`, name, Object.keys(type.fields));
    const { resolvedType } = field.resolve();
    const one = resolvedType instanceof protobuf.Type ? toObject(resolvedType, member, where) : member;
    checkExact(field, one, where);
    object[field.name] = field.repeated && !Array.isArray(one) ? [one] : one;
  }
  return object;
}

/** The parser reads every number as a double. */
function checkExact(field: protobuf.Field, value: unknown, where: string): void {
  if (field.type.endsWith('64') && typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new ConfigurationError(
      `${where}: ${value} is too large to be read exactly; give the files compiled, as descriptorSet`,
    );
  }
}
