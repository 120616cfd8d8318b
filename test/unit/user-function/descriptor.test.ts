import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cloudstate, google } from '@stategate/protocol';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { afterAll, expect, test } from 'vitest';
import { loadSchema } from '../../../src/user-function/schema.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'descriptor-test-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What the protobuf compiler of buf makes of a directory together with the protocol's files. */
function compiled(directory: string, files: string[], form = ['--exclude-source-info']): Uint8Array {
  const workspace = mkdtempSync(join(scratch, 'workspace-'));
  for (const folder of ['cloudstate', 'google'])
    cpSync(join(root, 'proto', folder), join(workspace, folder), { recursive: true });
  for (const file of files) cpSync(join(directory, file), join(workspace, file));
  const output = join(workspace, 'out.binpb');
  const wanted = files.flatMap((file) => ['--path', join(workspace, file)]);
  const options = ['--as-file-descriptor-set', ...form, '-o', output];
  execFileSync(join(root, 'node_modules/.bin/buf'), ['build', workspace, ...wanted, ...options]);
  return execFileSync('cat', [output]);
}

interface Plain {
  [key: string]: unknown;
}

/** Custom options by their numbers, so that they compare whatever the order of their fields. */
const customOptions: Record<number, (bytes: Uint8Array) => unknown> = {
  1080: (bytes) => ({ entityKey: bytes[0] === 1 }),
  50002: (bytes) => ({ legacyEntityKey: bytes[0] === 1 }),
  1081: (bytes) => cloudstate.Eventing.decode(bytes.subarray(1)),
  72295728: (bytes) => google.api.HttpRule.decode(bytes.subarray(1)),
};

/** Every file as a plain object without comments, custom options decoded, nested types in the order of their names. */
function readable(bytes: Uint8Array): Record<string, unknown> {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  const set = descriptor.FileDescriptorSet.decode(reader) as unknown as { file: { name: string }[] };
  return Object.fromEntries(set.file.map((file) => [file.name, plain({ ...file, sourceCodeInfo: undefined })]));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const object: Plain = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
  const nested = object['nestedType'];
  if (Array.isArray(nested))
    object['nestedType'] = nested.toSorted((a: Plain, b: Plain) => String(a['name']).localeCompare(String(b['name'])));
  for (const field of (value as { $unknowns?: Uint8Array[] }).$unknowns ?? []) {
    const reader = protobuf.Reader.create(field);
    const number = reader.uint32() >>> 3;
    const content = field.subarray(reader.pos);
    object[`option ${number}`] = customOptions[number]?.(content) ?? Buffer.from(content).toString('hex');
  }
  return object;
}

test.each([
  ['the shopping cart', 'examples/shopping-cart', ['shopping-cart.proto']],
  ['the foreign tally', 'test/foreign/js/proto', ['tally.proto']],
  ['a nasty pair', 'test/unit/user-function/protos', ['nasty.proto', 'common.proto']],
])('describes %s as buf does', (_, folder, files) => {
  const directory = join(root, folder);
  const { descriptorSet } = loadSchema({ protos: files.slice(0, 1), includeDirs: [directory] });
  const ours = readable(descriptorSet);
  const theirs = readable(compiled(directory, files));
  expect(ours).toEqual(theirs);
});

/** Comments by their paths, without what is around their lines: white space, the second star of a beginning. */
function commentsOf(bytes: Uint8Array, wanted: 'leadingComments' | 'trailingComments'): Record<string, string> {
  const { file } = fromBinary(FileDescriptorSetSchema, bytes);
  const locations = file.find(({ name }) => name === 'commented.proto')?.sourceCodeInfo?.location ?? [];
  const texts = locations.map((location) => {
    expect(location.span.length).toBeGreaterThanOrEqual(3);
    const lines = location[wanted].split('\n').map((line) => line.replace(/^\s*\*/, '').trim());
    return [location.path.join(), lines.join('\n').trim()] as const;
  });
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

test('comments stand where buf has them', () => {
  const directory = join(root, 'test/unit/user-function/protos');
  const theirs = compiled(directory, ['commented.proto'], []);
  // Of what is announced: the syntax, the package, choices and the values of enums are not.
  const isAnnounced = ([path]: readonly [string, string]): boolean => !/^(12|2|5,\d+,2,.*|.*,8,\d+)$/.test(path);
  const above = Object.entries(commentsOf(theirs, 'leadingComments')).filter(isAnnounced);
  const behind = Object.entries(commentsOf(theirs, 'trailingComments'));
  expect(above).toHaveLength(11);
  expect(behind).toContainEqual(['4,0,2,0', 'at the end of the line']);
  const { descriptorSet } = loadSchema({ protos: [join(directory, 'commented.proto')] });
  expect(commentsOf(descriptorSet, 'leadingComments')).toEqual(Object.fromEntries([...behind, ...above]));
});

test('the options of the protocol are really in there', () => {
  const { descriptorSet } = loadSchema({ protos: [join(root, 'test/unit/user-function/protos/nasty.proto')] });
  const text = JSON.stringify(readable(descriptorSet)['nasty.proto']);
  expect(text).toContain('"option 1080":{"entityKey":true}');
  expect(text).toContain('"option 50002":{"legacyEntityKey":true}');
  expect(text).toContain('"in":{"consumerGroup":"g","topic":"a"},"out":{"topic":"b"}');
  expect(text).toContain('"additionalBindings":[{"additionalBindings":[],"custom":{"kind":"HEAD"');
});

test('a compiled descriptor set is taken as it is', () => {
  const bytes = compiled(join(root, 'examples/shopping-cart'), ['shopping-cart.proto']);
  const schema = loadSchema({ descriptorSet: bytes });
  expect(schema.descriptorSet).toBe(bytes);
  expect(schema.root.lookupType('com.example.shoppingcart.AddLineItem').fields['userId']?.id).toBe(1);
});
