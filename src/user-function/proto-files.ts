import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import protobuf from 'protobufjs';
import { ConfigurationError } from './names.ts';

/** One parsed .proto file. */
export interface ProtoFile {
  /** How other files import it. */
  readonly name: string;
  readonly path: string;
  readonly source: string;
  /** The full name of its package, empty when it has none. */
  readonly package: string;
  readonly imports: string[];
  readonly publicImports: string[];
  /** Only this file: names of other files are not resolved, field names are as written. */
  readonly root: protobuf.Root;
}

/**
 * Reads the files and all that they import, imported files first.
 * @param protos absolute paths, or names below one of the directories or the current one
 * @param bundled says which imports need no file
 */
export function readProtoFiles(
  protos: string[],
  directories: string[],
  bundled: (name: string) => boolean,
): ProtoFile[] {
  const places = [...directories, ...protos.filter((proto) => isAbsolute(proto)).map((proto) => dirname(proto)), '.'];
  const found = new Map<string, ProtoFile>();
  const reading = new Set<string>();

  const read = (name: string, importer?: ProtoFile): void => {
    if (found.has(name) || bundled(name)) return;
    if (reading.has(name)) throw new ConfigurationError(`${importer?.path ?? name}: "${name}" imports itself`);
    const path = places.map((place) => resolve(place, name)).find((candidate) => existsSync(candidate));
    if (path === undefined) {
      const where = importer === undefined ? '' : `${lineOf(importer, name)}: `;
      throw new ConfigurationError(
        `${where}${name} not found in ${places.map((place) => resolve(place)).join(', ')}; add its directory to includeDirs`,
      );
    }
    reading.add(name);
    const file = parse(name, path);
    for (const imported of file.imports) read(imported, file);
    found.set(name, file);
  };
  for (const proto of protos) read(isAbsolute(proto) ? nameOf(proto, directories) : proto);
  return [...found.values()];
}

/** Where the text first occurs in the file: `path:line`. */
export function lineOf(file: ProtoFile, text: string): string {
  const index = file.source.indexOf(text);
  return index < 0 ? file.path : `${file.path}:${file.source.slice(0, index).split('\n').length}`;
}

function nameOf(path: string, directories: string[]): string {
  const names = directories.map((directory) => relative(directory, path)).filter((name) => !name.startsWith('..'));
  return names.toSorted((a, b) => a.length - b.length)[0]?.replaceAll('\\', '/') ?? basename(path);
}

function parse(name: string, path: string): ProtoFile {
  const source = readFileSync(path, 'utf8');
  if (!/^\s*syntax\s*=\s*["']proto3["']/m.test(source)) {
    throw new ConfigurationError(`${path}: only proto3 is read; give other files compiled, as descriptorSet`);
  }
  try {
    Object.assign(protobuf.parse, { filename: path }); // for its messages
    const parsed = protobuf.parse(source, new protobuf.Root(), { keepCase: true, alternateCommentMode: true });
    const imports = [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])];
    const publicImports = [...source.matchAll(/^\s*import\s+public\s+["']([^"']+)/gm)].flatMap(
      ([, file]) => file ?? [],
    );
    return { name, path, source, package: parsed.package ?? '', imports, publicImports, root: parsed.root };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, problem, line] = /^(.*?) \(.*line (\d+)\)$/.exec(message) ?? [];
    throw new ConfigurationError(line === undefined ? `${path}: ${message}` : `${path}:${line}: ${problem}`);
  }
}
