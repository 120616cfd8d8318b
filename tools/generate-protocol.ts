// Makes proto/generated from the .proto files: the codec of the wire protocol, without reflection and without eval,
// and the descriptors of these files and of google/protobuf/*.proto, for whoever must report them.
// Running it twice changes nothing. A directory as argument gets the files instead of proto/generated.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import descriptor, { type IFileDescriptorSet } from 'protobufjs/ext/descriptor.js';
import { main as pbjs } from 'protobufjs-cli/pbjs.js';

const proto = fileURLToPath(new URL('../proto/', import.meta.url));
const buf = fileURLToPath(new URL('../node_modules/.bin/buf', import.meta.url));
const descriptorProto = fileURLToPath(import.meta.resolve('protobufjs/google/protobuf/descriptor.proto'));

const banner = '// Generated from the .proto files by `npm run generate`. Do not edit.\n';

// The values and clocks of CRDTs need all 64 bits. Every other 64-bit field counts something: a checked safe integer.
const bigFields = 'increment|change|customClockValue|amount|clockTime';

const integers = `
function $safe(long) {
    const number = typeof long === "number" ? long : long.toNumber();
    if (!Number.isSafeInteger(number)) throw new $RangeError("a 64-bit field holds " + long + ", which is not a safe integer");
    return number;
}
function $big(long) { return typeof long === "number" ? BigInt(long) : long.toBigInt(); }
function $long(value) { return $util.Long.fromBigInt(BigInt(value)); }
`;

/** All messages. Without the extensions: only they need descriptor.proto, which is larger than all the rest. */
function messages(): protobuf.INamespace {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, file) =>
    file === 'google/protobuf/descriptor.proto' ? descriptorProto : join(proto, file);
  const files = readdirSync(proto, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.proto'));
  root.loadSync(files.toSorted(), { alternateCommentMode: true });
  removeExtensions(root);
  // The only field that the library's own copy of a well-known file does not spell in camel case.
  const any = root.lookupType('google.protobuf.Any');
  for (const field of any.fieldsArray) if (field.name === 'type_url') any.remove(field);
  any.add(new protobuf.Field('typeUrl', 1, 'string'));
  return root.toJSON({ keepComments: true });
}

function removeExtensions(namespace: protobuf.NamespaceBase): void {
  for (const child of namespace.nestedArray) {
    if (child instanceof protobuf.Field || child.filename === descriptorProto) namespace.remove(child);
    else if (child instanceof protobuf.Namespace) removeExtensions(child);
  }
}

async function staticModule(input: string, output: string, option: string): Promise<string> {
  const form = ['-t', 'static-module', '-w', 'esm', '--dependency', 'protobufjs/minimal.js', '--force-number'];
  const parts = ['--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'];
  await new Promise<void>((resolve, reject) => {
    pbjs([...form, ...parts, option, '-o', output, input], (error) => (error === null ? resolve() : reject(error)));
  });
  return readFileSync(output, 'utf8');
}

function finishCode(code: string): string {
  const zero = String.raw`\$util\.Long \? \$util\.Long\.fromBits\(0,0,(?:true|false)\) : 0`;
  const read = String.raw`typeof \(value = (reader\.[su]?int64\(\))\) === "object" \? value\.low \|\| value\.high : value !== 0`;
  return code
    .replace(/^\/\*eslint.*\n/, banner)
    .replace(/\$protobuf\.roots\["default"\].*;/, () => `{};\n${integers.trimEnd()}`)
    .replace(new RegExp(`(prototype\\.(?:${bigFields}) = )${zero}`, 'g'), '$10n')
    .replace(new RegExp(zero, 'g'), '0')
    .replace(new RegExp(`${read}\\)(\\s+message\\.(?:${bigFields}) =)`, 'g'), '(value = $$big($1)) !== 0n)$2')
    .replace(new RegExp(read, 'g'), '(value = $$safe($1)) !== 0')
    .replace(/\(typeof (message\.\w+) === "object" \? [^:]+ : \1 !== 0\)/g, '$1 != 0')
    .replace(new RegExp(`int64\\((message\\.(?:${bigFields}))\\)`, 'g'), 'int64($$long($1))');
}

function finishTypes(types: string): string {
  return types
    .replace(/^import Long = .*\n/m, '')
    .replace(/ *\/\*\*\s+\* Properties of an? \w+\.\s+\* @deprecated [^{]*\{\s*\}\n\n/g, '')
    .replace(new RegExp(`((?:${bigFields})\\??: \\(?)number`, 'g'), '$1bigint')
    .replace(/^/, banner);
}

/** A serialized FileDescriptorSet. A file that imports all of google/protobuf makes buf add them; it is left out again. */
function descriptors(directory: string): Uint8Array {
  const known = ['any', 'descriptor', 'duration', 'empty', 'field_mask', 'struct', 'timestamp', 'wrappers'];
  const imports = known.map((name) => `import "google/protobuf/${name}.proto";`).join('\n');
  cpSync(proto, directory, { recursive: true, filter: (file) => !file.includes('node_modules') });
  writeFileSync(join(directory, 'everything.proto'), `syntax = "proto3";\n${imports}\n`);
  const output = join(directory, 'descriptors.binpb');
  execFileSync(buf, ['build', directory, '--as-file-descriptor-set', '--exclude-source-info', '-o', output]);
  const reader = protobuf.Reader.create(readFileSync(output));
  reader.discardUnknown = false; // custom options are unknown to descriptor.proto
  const set = descriptor.FileDescriptorSet.decode(reader) as unknown as IFileDescriptorSet;
  const file = set.file.filter((entry) => entry.name !== 'everything.proto');
  return descriptor.FileDescriptorSet.encode({ file }).finish();
}

const generated = process.argv[2] ?? join(proto, 'generated');
const scratch = mkdtempSync(join(tmpdir(), 'stategate-protocol-'));
try {
  const input = join(scratch, 'messages.json');
  writeFileSync(input, JSON.stringify(messages()));
  mkdirSync(generated, { recursive: true });
  // The types are read from comments that the code does not need.
  await staticModule(input, join(scratch, 'types.js'), '-d');
  writeFileSync(join(generated, 'protocol.d.ts'), finishTypes(readFileSync(join(scratch, 'types.d.ts'), 'utf8')));
  const code = await staticModule(input, join(scratch, 'code.js'), '--no-comments');
  writeFileSync(join(generated, 'protocol.js'), finishCode(code));
  writeFileSync(join(generated, 'descriptors.binpb'), descriptors(join(scratch, 'proto')));
} finally {
  rmSync(scratch, { recursive: true });
}
