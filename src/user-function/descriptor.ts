import protobuf from 'protobufjs';
import descriptor, {
  type IDescriptorProto,
  type IEnumDescriptorProto,
  type IFieldDescriptorProto,
  type IFileDescriptorProto,
  type IServiceDescriptorProto,
} from 'protobufjs/ext/descriptor.js';
import { describeComments } from './comments.ts';
import { resolveName, unknownName } from './names.ts';
import type { OptionReader } from './options.ts';
import { lineOf, type ProtoFile } from './proto-files.ts';

/** Full names of messages and enums, and which of the two they are. */
export type TypeNames = Map<string, 'message' | 'enum'>;

// The numbers of google.protobuf.FieldDescriptorProto.Type.
const scalars = new Map(
  Object.entries({
    double: 1,
    float: 2,
    int64: 3,
    uint64: 4,
    int32: 5,
    fixed64: 6,
    fixed32: 7,
    bool: 8,
    string: 9,
    bytes: 12,
    uint32: 13,
    sfixed32: 15,
    sfixed64: 16,
    sint32: 17,
    sint64: 18,
  }),
);
const MESSAGE = 11;
const ENUM = 14;
const OPTIONAL = 1;
const REPEATED = 3;

export function typeNamesOf(files: IFileDescriptorProto[]): TypeNames {
  const names: TypeNames = new Map();
  const add = (scope: string, messages: IDescriptorProto[] = [], enums: IEnumDescriptorProto[] = []): void => {
    for (const { name } of enums) names.set(join(scope, name), 'enum');
    for (const message of messages) {
      const full = join(scope, message.name);
      names.set(full, 'message');
      add(full, message.nestedType, message.enumType);
    }
  };
  for (const file of files) add(file.package ?? '', file.messageType, file.enumType);
  return names;
}

/** Adds the names that a parsed file declares. */
export function addTypeNames(names: TypeNames, file: ProtoFile): void {
  const add = (namespace: protobuf.NamespaceBase): void => {
    for (const child of namespace.nestedArray) {
      if (child instanceof protobuf.Enum) names.set(child.fullName.slice(1), 'enum');
      if (child instanceof protobuf.Type) names.set(child.fullName.slice(1), 'message');
      if (child instanceof protobuf.Namespace) add(child);
    }
  };
  add(file.root);
}

/** The descriptor of one parsed file, as a protobuf compiler would write it, with comments but without source positions. */
export function describeFile(file: ProtoFile, names: TypeNames, options: OptionReader): IFileDescriptorProto {
  const { FileOptions, MessageOptions, FieldOptions, OneofOptions, EnumOptions, EnumValueOptions } = descriptor;

  const typeRef = (name: string, scope: string): { type: number; typeName: string } => {
    const full = resolveName(name, scope, (candidate) => names.has(candidate));
    if (full === undefined) throw unknownName(`type in ${lineOf(file, name)}:`, name, names.keys());
    return { type: names.get(full) === 'enum' ? ENUM : MESSAGE, typeName: `.${full}` };
  };

  const fieldType = (name: string, scope: string): { type: number; typeName?: string } => {
    const type = scalars.get(name);
    return type === undefined ? typeRef(name, scope) : { type };
  };

  const field = (source: protobuf.FieldBase, oneofs: protobuf.OneOf[], scope: string): IFieldDescriptorProto => {
    const oneofIndex = oneofs.findIndex((oneof) => oneof.oneof.includes(source.name));
    const jsonName: unknown = source.options?.['json_name'];
    return {
      name: source.name,
      number: source.id,
      label: source.repeated || source.map ? REPEATED : OPTIONAL,
      jsonName: typeof jsonName === 'string' ? jsonName : protobuf.util.jsonName(source.name),
      ...(source.map ? { type: MESSAGE, typeName: `.${scope}.${entryName(source)}` } : fieldType(source.type, scope)),
      ...(source instanceof protobuf.Field && source.extend !== undefined
        ? { extendee: typeRef(source.extend, scope).typeName }
        : {}),
      ...(oneofIndex < 0 ? {} : { oneofIndex }),
      ...(source.options?.['proto3_optional'] === true ? { proto3Optional: true } : {}),
      ...options.read(FieldOptions, source.parsedOptions, scope, file),
    };
  };

  const mapEntry = (source: protobuf.MapField, scope: string): IDescriptorProto => ({
    name: entryName(source),
    field: [
      { name: 'key', number: 1, label: OPTIONAL, jsonName: 'key', ...fieldType(source.keyType, scope) },
      { name: 'value', number: 2, label: OPTIONAL, jsonName: 'value', ...fieldType(source.type, scope) },
    ],
    options: { mapEntry: true },
  });

  const enumeration = (source: protobuf.Enum): IEnumDescriptorProto => {
    const scope = source.fullName.slice(1);
    const value = Object.entries(source.values).map(([name, number]) => {
      const set = source.valuesOptions?.[name];
      return { name, number, ...options.read(EnumValueOptions, set === undefined ? undefined : [set], scope, file) };
    });
    // Unlike those of messages, reserved ranges of enums include their end.
    return {
      name: source.name,
      value,
      ...reserved(source, 0),
      ...options.read(EnumOptions, source.parsedOptions, scope, file),
    };
  };

  const message = (source: protobuf.Type): IDescriptorProto => {
    const scope = source.fullName.slice(1);
    // Those made up for `optional` come last.
    const oneofs = source.oneofsArray.toSorted((a, b) => Number(isMadeUp(a)) - Number(isMadeUp(b)));
    const maps = source.fieldsArray.filter((entry) => entry instanceof protobuf.MapField);
    const nested = declared(source, scope);
    return {
      name: source.name,
      field: source.fieldsArray.map((entry) => field(entry, oneofs, scope)),
      nestedType: [...maps.map((entry) => mapEntry(entry, scope)), ...nested.messageType],
      enumType: nested.enumType,
      extension: nested.extension,
      oneofDecl: oneofs.map((oneof) => {
        return { name: oneof.name, ...options.read(OneofOptions, oneof.parsedOptions, scope, file) };
      }),
      ...reserved(source, 1),
      ...options.read(MessageOptions, source.parsedOptions, scope, file),
    };
  };

  const service = (source: protobuf.Service): IServiceDescriptorProto => {
    const scope = source.fullName.slice(1);
    const method = source.methodsArray.map((entry) => {
      return {
        name: entry.name,
        inputType: typeRef(entry.requestType, scope).typeName,
        outputType: typeRef(entry.responseType, scope).typeName,
        ...(entry.requestStream === true ? { clientStreaming: true } : {}),
        ...(entry.responseStream === true ? { serverStreaming: true } : {}),
        ...options.read(descriptor.MethodOptions, entry.parsedOptions, scope, file),
      };
    });
    return { name: source.name, method, ...options.read(descriptor.ServiceOptions, source.parsedOptions, scope, file) };
  };

  const declared = (source: protobuf.NamespaceBase, scope: string) => {
    const children = source.nestedArray;
    return {
      messageType: children.filter((child) => child instanceof protobuf.Type).map(message),
      enumType: children.filter((child) => child instanceof protobuf.Enum).map(enumeration),
      extension: children.filter((child) => child instanceof protobuf.Field).map((child) => field(child, [], scope)),
      service: children.filter((child) => child instanceof protobuf.Service).map(service),
    };
  };

  const space = file.package === '' ? file.root : file.root.lookup(file.package);
  const declaring = space instanceof protobuf.Namespace ? space : file.root;
  const content = declared(declaring, file.package);
  const set = [...(file.root.parsedOptions ?? []), ...(space === file.root ? [] : (space?.parsedOptions ?? []))];
  return {
    name: file.name,
    package: file.package,
    dependency: file.imports,
    publicDependency: file.publicImports.map((name) => file.imports.indexOf(name)),
    ...content,
    ...options.read(FileOptions, set, file.package, file),
    sourceCodeInfo: { location: describeComments(content, declaring) },
    syntax: 'proto3',
  };
}

function join(scope: string, name = ''): string {
  return scope === '' ? name : `${scope}.${name}`;
}

function entryName(map: protobuf.FieldBase): string {
  return `${map.name.replaceAll(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Entry`;
}

function isMadeUp(oneof: protobuf.OneOf): boolean {
  return oneof.fieldsArray.some((field) => field.options?.['proto3_optional'] === true);
}

function reserved(source: protobuf.Type | protobuf.Enum, afterEnd: 0 | 1) {
  const all = source.reserved ?? [];
  const ranges = all.filter((entry) => typeof entry !== 'string');
  return {
    reservedRange: ranges.map(([start = 0, end = start]) => ({ start, end: end + afterEnd })),
    reservedName: all.filter((entry) => typeof entry === 'string'),
  };
}
