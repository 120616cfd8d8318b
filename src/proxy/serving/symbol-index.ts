import type { AnyDesc, DescFile } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';

/** Where the files of a descriptor set declare what. */
export interface SymbolIndex {
  readonly fileByName: ReadonlyMap<string, DescFile>;
  /** By full name: types, services, methods, fields, oneofs, enum values, extensions. */
  readonly fileBySymbol: ReadonlyMap<string, DescFile>;
  /** By the extended type's name and the extension's number. */
  readonly fileByExtension: ReadonlyMap<string, ReadonlyMap<number, DescFile>>;
}

export function indexSymbols(files: Iterable<DescFile>): SymbolIndex {
  const fileByName = new Map<string, DescFile>();
  const fileBySymbol = new Map<string, DescFile>();
  const fileByExtension = new Map<string, Map<number, DescFile>>();
  for (const file of files) {
    fileByName.set(file.proto.name, file);
    for (const type of nestedTypes(file)) {
      for (const symbol of symbolsOf(type)) fileBySymbol.set(symbol, file);
      if (type.kind === 'extension') {
        const { typeName } = type.extendee;
        const numbers = fileByExtension.get(typeName) ?? new Map<number, DescFile>();
        fileByExtension.set(typeName, numbers.set(type.number, file));
      }
    }
  }
  return { fileByName, fileBySymbol, fileByExtension };
}

function symbolsOf(type: AnyDesc): readonly string[] {
  switch (type.kind) {
    case 'message':
      return [type.typeName, ...[...type.fields, ...type.oneofs].map(({ name }) => `${type.typeName}.${name}`)];
    case 'service':
      return [type.typeName, ...type.methods.map(({ name }) => `${type.typeName}.${name}`)];
    case 'enum': {
      // A value's name stands beside the enum's, not inside it.
      const scope = type.typeName.slice(0, type.typeName.length - type.name.length);
      return [type.typeName, ...type.values.map(({ name }) => `${scope}${name}`)];
    }
    case 'extension':
      return [type.typeName];
    default:
      return [];
  }
}
