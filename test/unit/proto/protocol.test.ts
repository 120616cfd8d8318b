import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cloudstate, google } from '@stategate/protocol';
import { describe, expect, test } from 'vitest';
import { EXPECTED_EXTENSIONS, EXPECTED_MESSAGES, EXPECTED_METHODS } from './expected.ts';

interface Field {
  name: string;
  number: number;
  type: string;
  typeName?: string;
  label: string;
  oneofIndex?: number;
  extendee?: string;
}
interface File {
  package: string;
  messageType?: { name: string; field?: Field[]; oneofDecl?: { name: string }[] }[];
  service?: { name: string; method: Method[] }[];
  extension?: Field[];
}
interface Method {
  name: string;
  inputType: string;
  outputType: string;
  clientStreaming?: boolean;
  serverStreaming?: boolean;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const proto = `${root}proto`;
const built = execFileSync(`${root}node_modules/.bin/buf`, ['build', proto, '-o', '-#format=json'], {
  encoding: 'utf8',
});
const files = (JSON.parse(built) as { file: File[] }).file.filter((file) => file.package !== 'google.protobuf');

const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);

function fieldType(field: Field): string {
  const base = field.typeName === undefined ? field.type.replace('TYPE_', '').toLowerCase() : last(field.typeName);
  return field.label === 'LABEL_REPEATED' ? `repeated ${base}` : base;
}

const messages = new Map(
  files.flatMap((file) =>
    (file.messageType ?? []).map((message) => {
      const fields = (message.field ?? []).map((field) => {
        const oneof = field.oneofIndex === undefined ? undefined : message.oneofDecl?.[field.oneofIndex]?.name;
        return `${field.name} ${field.number} ${fieldType(field)}${oneof === undefined ? '' : `? ${oneof}`}`;
      });
      return [`${file.package}.${message.name}`, fields.join(', ')] as [string, string];
    }),
  ),
);

describe('the .proto files', () => {
  test.each(Object.entries(EXPECTED_MESSAGES))('%s has its fields', (name, fields) => {
    expect(messages.get(name)).toBe(fields);
  });

  test('services have their methods', () => {
    const methods = files.flatMap((file) =>
      (file.service ?? []).flatMap((service) =>
        service.method.map((method) => {
          const input = `${method.clientStreaming === true ? 'stream ' : ''}${last(method.inputType)}`;
          const output = `${method.serverStreaming === true ? 'stream ' : ''}${last(method.outputType)}`;
          return `${file.package}.${service.name}/${method.name} ${input} ${output}`;
        }),
      ),
    );
    expect(methods).toEqual(expect.arrayContaining(EXPECTED_METHODS));
  });

  test('custom options have their numbers', () => {
    const extensions = files.flatMap((file) =>
      (file.extension ?? []).map(
        (field) => `${file.package}.${field.name} ${field.extendee?.slice(1)} ${field.number} ${fieldType(field)}`,
      ),
    );
    expect(extensions.toSorted()).toEqual(EXPECTED_EXTENSIONS.toSorted());
  });

  test('other packages find them by name', () => {
    const file = fileURLToPath(import.meta.resolve('@stategate/protocol/cloudstate/entity_key.proto'));
    expect(readFileSync(file, 'utf8')).toContain('entity_key = 1080');
  });
});

describe('the generated codec', () => {
  test('writes the bytes of the wire format', () => {
    const command = { entityId: 'e', id: 1, name: 'N', payload: { typeUrl: 't', value: Uint8Array.of(7) } };
    const bytes = Buffer.from(cloudstate.Command.encode(command).finish()).toString('hex');
    expect(bytes).toBe('0a016510011a014e22060a0174120107');
  });

  test('reads 64-bit counters as numbers and refuses what a number cannot hold', () => {
    const largest = cloudstate.Command.encode({ id: Number.MAX_SAFE_INTEGER }).finish();
    expect(cloudstate.Command.decode(largest).id).toBe(Number.MAX_SAFE_INTEGER);
    expect(cloudstate.Command.decode(new Uint8Array()).id).toBe(0);
    expect(() => cloudstate.Command.decode(Buffer.from('10ffffffffffffffff7f', 'hex'))).toThrow(/not a safe integer/);
  });

  test.each([0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)])('keeps all bits of a CRDT counter: %s', (change) => {
    const { PNCounterDelta } = cloudstate.crdt;
    expect(PNCounterDelta.decode(PNCounterDelta.encode({ change }).finish()).change).toBe(change);
  });

  test('names the member of a oneof that is set', () => {
    const { EventSourcedStreamOut } = cloudstate.eventsourced;
    const out = EventSourcedStreamOut.decode(EventSourcedStreamOut.encode({ reply: { commandId: 3 } }).finish());
    expect(out.message).toBe('reply');
    expect(out.failure).toBeNull();
  });

  test('skips fields it does not know', () => {
    const later = Buffer.from('f2b50402686912022f61', 'hex');
    expect(google.api.HttpRule.decode(later).get).toBe('/a');
  });
});
