import { cloudEventOf, jsonOf } from '@stategate/user-function';
import { describe, expect, test } from 'vitest';
import { encodeJson } from '../../../src/user-function/json-payload.ts';

describe('a JSON payload', () => {
  test.each([[{ a: [1, 'ü', null] }], ['text'], [0], [null], [false]])('%j', (value) => {
    const payload = encodeJson('json.cloudstate.io/Thing', value);
    expect(jsonOf(payload)).toEqual(value);
    const text = Buffer.from(JSON.stringify(value));
    // Field 1, its length, the text: what other libraries write.
    expect(Buffer.from(payload.value)).toEqual(Buffer.concat([Buffer.from([10, text.length]), text]));
  });

  test('is no undefined, no other type, and JSON', () => {
    expect(() => encodeJson('json.cloudstate.io/Thing', undefined)).toThrow('must be a JSON value, not undefined');
    expect(() => jsonOf({ typeUrl: 'type.googleapis.com/Thing' })).toThrow('type.googleapis.com/Thing is not JSON');
    expect(() => jsonOf({ typeUrl: 'json.cloudstate.io/Thing', value: Buffer.from([10, 1, 0x7b]) })).toThrow(
      'json.cloudstate.io/Thing does not hold JSON',
    );
  });
});

test('what comes with an event', () => {
  const metadata = [
    { name: 'ce-id', value: 'a/1' },
    { name: 'ce-source', value: 'carts' },
    { name: 'CE-Type', value: 'type.googleapis.com/Added' },
    { name: 'ce-subject', value: 'a' },
  ];
  const event = { id: 'a/1', source: 'carts', type: 'type.googleapis.com/Added', subject: 'a' };
  expect(cloudEventOf(metadata)).toEqual(event);
  expect(cloudEventOf([{ name: 'ce-source', value: 'carts' }])).toBeUndefined();
});
