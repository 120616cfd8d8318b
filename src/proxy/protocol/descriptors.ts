import { create, createFileRegistry, type DescFile, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import { type DescriptorProto, type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** What the user function declared cannot be served: it is told so, and nothing is retried until it connects anew. */
export class DiscoveryError extends Error {}

export interface Descriptors {
  readonly registry: FileRegistry;
  readonly files: ReadonlyMap<string, DescFile>;
}

/** Reads a serialized `FileDescriptorSet` whose files may come in any order. Throws `DiscoveryError` (texts: protocol-spec §2.4). */
export function readDescriptors(bytes: Uint8Array): Descriptors {
  try {
    const files = new Map(fromBinary(FileDescriptorSetSchema, bytes).file.map((file) => [file.name, file]));
    for (const file of files.values()) file.messageType.forEach(nameJsonFields);
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: importsFirst(files) }));
    return { registry, files: new Map([...registry.files].map((file) => [file.proto.name, file])) };
  } catch (error) {
    if (error instanceof DiscoveryError) throw error;
    throw new DiscoveryError(
      `The descriptor set of the user function cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Some libraries leave out the JSON names, which follow from the fields' own. */
function nameJsonFields(message: DescriptorProto): void {
  for (const field of message.field) field.jsonName ||= protoCamelCase(field.name);
  message.nestedType.forEach(nameJsonFields);
}

function importsFirst(files: ReadonlyMap<string, FileDescriptorProto>): FileDescriptorProto[] {
  const sorted = new Set<FileDescriptorProto>();
  /** `path`: the files that are being built, the innermost first. */
  const visit = (name: string, path: readonly string[]): void => {
    const file = files.get(name);
    if (file === undefined) {
      throw new DiscoveryError(`Descriptor dependency [${name}] not found, dependency path: ${chain(path)}`);
    }
    if (sorted.has(file)) return;
    if (path.includes(name)) {
      throw new DiscoveryError(`Circular dependency detected in entity spec descriptor: ${chain([name, ...path])}`);
    }
    for (const dependency of file.dependency) visit(dependency, [name, ...path]);
    sorted.add(file);
  };
  for (const name of files.keys()) visit(name, []);
  return [...sorted];
}

function chain(names: readonly string[]): string {
  return names.map((name) => `[${name}]`).join(' -> ');
}
