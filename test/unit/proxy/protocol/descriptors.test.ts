import { create, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDescriptors } from '../../../../src/proxy/protocol/descriptors.ts';

function descriptorSet(...files: readonly { name: string; dependency?: string[]; field?: string }[]): Uint8Array {
  return toBinary(
    FileDescriptorSetSchema,
    create(FileDescriptorSetSchema, {
      file: files.map(({ name, dependency = [], field }) =>
        create(FileDescriptorProtoSchema, {
          name,
          dependency,
          package: name.replace('.proto', ''),
          syntax: 'proto3',
          messageType:
            field === undefined ? [] : [{ name: 'M', field: [{ name: field, number: 1, type: 9, label: 1 }] }],
        }),
      ),
    }),
  );
}

const CHAIN = [
  { name: 'a.proto', dependency: ['b.proto', 'c.proto'] },
  { name: 'b.proto', dependency: ['c.proto'] },
  { name: 'c.proto' },
  { name: 'd.proto', dependency: ['a.proto'] },
];

test('files may come in any order', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(CHAIN, { minLength: 4 }), (files) => {
      const names = [...readDescriptors(descriptorSet(...files)).files.keys()];
      expect(names.toSorted()).toEqual(['a.proto', 'b.proto', 'c.proto', 'd.proto']);
      expect(names.indexOf('c.proto')).toBeLessThan(names.indexOf('b.proto'));
      expect(names.indexOf('b.proto')).toBeLessThan(names.indexOf('a.proto'));
    }),
  );
});

test('a circle is told with its path, the innermost file first', () => {
  const files = [
    { name: 'a.proto', dependency: ['b.proto'] },
    { name: 'b.proto', dependency: ['a.proto'] },
  ];
  expect(() => readDescriptors(descriptorSet(...files))).toThrow(
    'Circular dependency detected in entity spec descriptor: [a.proto] -> [b.proto] -> [a.proto]',
  );
});

test('a missing import is told with its path', () => {
  const files = [
    { name: 'a.proto', dependency: ['b.proto'] },
    { name: 'b.proto', dependency: ['gone.proto'] },
  ];
  expect(() => readDescriptors(descriptorSet(...files))).toThrow(
    'Descriptor dependency [gone.proto] not found, dependency path: [b.proto] -> [a.proto]',
  );
});

test('JSON names that were left out follow from the names of the fields', () => {
  const { registry } = readDescriptors(descriptorSet({ name: 'j.proto', field: 'some_long_name' }));
  expect(registry.getMessage('j.M')?.fields.map(({ jsonName }) => jsonName)).toEqual(['someLongName']);
});
