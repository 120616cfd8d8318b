import fc from 'fast-check';
import protobufjs from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { readDescriptors } from '../../../../src/proxy/protocol/descriptors.ts';
import { isEntityKey } from '../../../../src/proxy/protocol/method-options.ts';
import { entityKeyReader } from '../../../../src/proxy/routing/entity-key.ts';
import { compileProtos } from '../../../support/proto-model.ts';

const SOURCE = `
syntax = "proto3";
package t;
import "cloudstate/entity_key.proto";
import "cloudstate/legacy_entity_key.proto";
enum Colour { RED = 0; GREEN = 1; }
message One { string other = 1; string id = 2 [(cloudstate.entity_key) = true]; }
message Legacy { string id = 1 [(cloudstate.legacy_entity_key) = true]; }
message Many { int64 second = 9 [(cloudstate.entity_key) = true]; string text = 3; sint32 first = 1 [(cloudstate.entity_key) = true]; bool flag = 2 [(cloudstate.entity_key) = true]; Colour colour = 4 [(cloudstate.entity_key) = true]; }
message Wrong { double id = 1 [(cloudstate.entity_key) = true]; }
message Repeated { repeated string id = 1 [(cloudstate.entity_key) = true]; }
`;

const { registry } = readDescriptors(compileProtos({ 't.proto': SOURCE }));
const root = protobufjs.parse(SOURCE.replaceAll(/import .*\n/g, '').replaceAll(/ \[[^\]]*\]/g, '')).root.resolveAll();

function reader(name: string): (payload: Uint8Array) => string {
  const message = registry.getMessage(`t.${name}`);
  if (message === undefined) throw new Error(name);
  return entityKeyReader(message, message.fields.filter(isEntityKey));
}

function encode(name: string, value: object): Uint8Array {
  const type = root.lookupType(`t.${name}`);
  return type.encode(type.fromObject(value)).finish();
}

describe('the entity key', () => {
  test('is the marked field, whatever surrounds it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string(), (id, other) => {
        expect(reader('One')(encode('One', { id, other }))).toBe(id);
      }),
    );
  });

  test('is read from the older number of the option too', () => {
    expect(reader('Legacy')(encode('Legacy', { id: 'x' }))).toBe('x');
  });

  test('joins several fields in the order of their declaration, with defaults for what is unset', () => {
    expect(reader('Many')(encode('Many', { second: '-9007199254740993', first: -5, flag: true, colour: 1 }))).toBe(
      '-9007199254740993--5-true-GREEN',
    );
    expect(reader('Many')(new Uint8Array(0))).toBe('0-0-false-RED');
  });

  test('the last of repeated occurrences counts, unknown fields do not', () => {
    const twice = Buffer.concat([
      encode('One', { id: 'first' }),
      Buffer.from([0xf8, 0x07, 0x01]),
      encode('One', { id: 'last' }),
    ]);
    expect(reader('One')(twice)).toBe('last');
  });

  test('must not be empty, and must be readable', () => {
    expect(() => reader('One')(encode('One', { other: 'x' }))).toThrow('id of t.One is empty: an entity needs an id');
    expect(() => reader('One')(Buffer.from([0x12, 0xff]))).toThrow('the t.One cannot be read');
  });

  test.each(['Wrong', 'Repeated'])('a %s field makes no key', (name) => {
    expect(() => reader(name)).toThrow('only single strings, integers, booleans and enums make a key');
  });

  test('never reads past its bytes, whatever they are', () => {
    const read = reader('Many');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(typeof read(bytes)).toBe('string');
        } catch (error) {
          expect(String(error)).toMatch(/cannot be read|is empty/);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
