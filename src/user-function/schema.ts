import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import descriptor, { type IFileDescriptorProto, type IFileDescriptorSet } from 'protobufjs/ext/descriptor.js';
import { addTypeNames, describeFile, typeNamesOf } from './descriptor.ts';
import { ConfigurationError } from './names.ts';
import { OptionReader } from './options.ts';
import { readProtoFiles } from './proto-files.ts';

/** What the user function's services and messages are. */
export interface Schema {
  /** A serialized google.protobuf.FileDescriptorSet with all imports, custom options included. */
  readonly descriptorSet: Uint8Array;
  readonly root: protobuf.Root;
}

/** Where the schema comes from: .proto files, or what a protobuf compiler made of them. */
export type SchemaSource =
  | {
      /** Absolute paths, or names below one of `includeDirs` or the current directory. */
      readonly protos: string[];
      /** Where imports are searched first; cloudstate/*, google/api/* and google/protobuf/* are always found. */
      readonly includeDirs?: string[];
    }
  | {
      /** A serialized google.protobuf.FileDescriptorSet with all imports. */
      readonly descriptorSet: Uint8Array;
    };

/** @throws ConfigurationError naming file and line */
export function loadSchema(source: SchemaSource): Schema {
  if ('descriptorSet' in source) {
    const { descriptorSet } = source;
    try {
      return { descriptorSet, root: protobuf.Root.fromDescriptor(descriptorSet) };
    } catch (cause) {
      throw new ConfigurationError('descriptorSet is not a FileDescriptorSet with all its imports', { cause });
    }
  }
  const bundled = bundledFiles();
  const files = readProtoFiles(source.protos, source.includeDirs ?? [], (name) => bundled.has(name));
  const imported = new Map<string, IFileDescriptorProto>();
  for (const name of files.flatMap((file) => file.imports)) addBundled(name, bundled, imported);

  const names = typeNamesOf([...imported.values()]);
  for (const file of files) addTypeNames(names, file);
  const options = new OptionReader();
  const set = { file: [...imported.values(), ...files.map((file) => describeFile(file, names, options))] };
  const root = protobuf.Root.fromDescriptor(set);
  options.writeCustom(root);
  return { descriptorSet: descriptor.FileDescriptorSet.encode(set).finish(), root };
}

function bundledFiles(): Map<string, IFileDescriptorProto> {
  const path = fileURLToPath(import.meta.resolve('@stategate/protocol/descriptors.binpb'));
  const reader = protobuf.Reader.create(readFileSync(path));
  reader.discardUnknown = false; // they are custom options
  const set = descriptor.FileDescriptorSet.decode(reader) as unknown as IFileDescriptorSet;
  return new Map(set.file.map((file) => [file.name ?? '', file]));
}

function addBundled(
  name: string,
  bundled: Map<string, IFileDescriptorProto>,
  imported: Map<string, IFileDescriptorProto>,
): void {
  const file = bundled.get(name);
  if (file === undefined || imported.has(name)) return;
  for (const dependency of (file.dependency ?? []) as string[]) addBundled(dependency, bundled, imported);
  imported.set(name, file);
}
