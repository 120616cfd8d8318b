import { readFile } from 'node:fs/promises';
import type { Node } from 'yaml';
import { ConfigError } from './errors.ts';
import { findKey, isSection } from './keys.ts';
import { isSecretReference } from './secrets.ts';
import { assign, formatOrigin, type Layer, type Origin } from './settings.ts';

/** What a YAML file says, each value with its line. Throws `ConfigError` when it cannot be read. */
export async function readFileLayer(file: string, problems: string[]): Promise<Layer> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ConfigError([`cannot read the configuration file ${file}: ${String(error)}`]);
  });
  const { LineCounter, isMap, isScalar, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const layer: Layer = new Map();

  const originOf = (offset: number): Origin => ({ from: 'file', file, line: lines.linePos(offset).line });
  const refuse = (offset: number, problem: string) => problems.push(`${formatOrigin(originOf(offset))}: ${problem}`);

  for (const error of document.errors) refuse(error.pos[0], error.message);
  visit(document, { Alias: (_, node) => void refuse(node.range?.[0] ?? 0, 'aliases are not allowed here') });
  if (problems.length > 0) return layer;

  const walk = (node: unknown, above: string) => {
    if (!isMap<Node, Node | null>(node)) return;
    for (const { key: name, value: inner } of node.items) {
      const path = above + String(isScalar(name) ? name.value : name);
      const origin = originOf(name.range?.[0] ?? 0);
      const value: unknown = inner?.toJS(document);
      if (isMap(inner) && (isSection(path) || (findKey(path)?.open && !isSecretReference(value))))
        walk(inner, `${path}.`);
      else if (!isSection(path) || typeof value === 'string') assign(layer, { path, value, origin }, problems);
      else if (value !== null && value !== undefined) refuse(name.range?.[0] ?? 0, `"${path}" expects keys below it`);
    }
  };
  if (document.contents !== null && !isMap(document.contents))
    refuse(0, 'expected keys and values, such as "api: {port: 9000}"');
  walk(document.contents, '');
  return layer;
}
