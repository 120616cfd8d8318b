import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../../src/user-function/messages.ts';
import { loadSchema } from '../../../src/user-function/schema.ts';

const directory = new URL('protos', import.meta.url).pathname;
const { root } = loadSchema({ protos: ['model.proto', 'nasty.proto'], includeDirs: [directory] });
const scalars = root.lookupType('test.model.AllScalars');

describe('decoding', () => {
  test('fills in every default', () => {
    expect(decode(scalars, new Uint8Array())).toEqual({
      signed: 0n,
      unsigned: 0n,
      data: expect.anything() as unknown,
      kind: 'NONE',
      real: 0,
      counts: {},
      nested: null,
      small: 0,
      flag: false,
    });
  });

  test('leaves out what is not set in a oneof, and names what is', () => {
    const step = root.lookupType('test.model.Step');
    expect(decode(step, encode(step, { put: 'x' }).value)).toEqual({ step: 'put', put: 'x' });
  });

  test('what it gives can be encoded again', () => {
    const message = { signed: -1n, kind: 'SOME', counts: { a: 1 }, nested: { value: 'v' } };
    const again = decode(scalars, encode(scalars, message).value);
    expect(encode(scalars, again)).toEqual(encode(scalars, message));
  });
});

describe('encoding refuses', () => {
  test.each<[object, string]>([
    [{ smal: 1 }, 'Unknown field of test.model.AllScalars: "smal". Did you mean "small"?'],
    [{ nested: { valeu: '' } }, 'Unknown field of test.model.AllScalars.nested: "valeu". Did you mean "value"?'],
    [{ small: '1' }, "test.model.AllScalars.small must be an integer (int32), not '1'"],
    [{ small: 1.5 }, 'must be an integer (int32), not 1.5'],
    [{ small: 2 ** 31 }, 'must be an integer (int32), not 2147483648'],
    [{ unsigned: -1 }, 'must be a bigint or safe integer (uint64), not -1'],
    [{ signed: 2 ** 60 }, 'must be a bigint or safe integer (int64)'],
    [{ flag: 1 }, 'must be a boolean, not 1'],
    [{ data: 'text' }, 'must be a Buffer or Uint8Array'],
    [{ kind: 'SOMME' }, 'Unknown value of test.model.AllScalars.kind: "SOMME". Did you mean "SOME"?'],
    [{ counts: { a: 'x' } }, 'test.model.AllScalars.counts["a"] must be an integer'],
    [{ nested: 'x' }, 'test.model.AllScalars.nested must be an object'],
    [[], 'test.model.AllScalars must be an object'],
  ])('%o', (message, problem) => {
    expect(() => encode(scalars, message)).toThrow(problem);
  });

  test('a list that is none', () => {
    const request = root.lookupType('test.model.Request');
    expect(() => encode(request, { steps: {} })).toThrow('test.model.Request.steps must be an array');
    expect(() => encode(request, { steps: [{ put: 1 }] })).toThrow(
      'test.model.Request.steps[0].put must be a string, not 1',
    );
  });
});
