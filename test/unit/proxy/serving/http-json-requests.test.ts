import type { JsonValue } from '@bufbuild/protobuf';
import { afterAll, describe, expect, it } from 'vitest';
import { JSON_TYPE, MAX_BYTES, serveSamples } from './json-exchange.ts';

const { http, exchange } = await serveSamples();
afterAll(() => http[Symbol.asyncDispose]());

describe('a request becomes a command', () => {
  it.each<{ verb: string; path: string; body?: JsonValue; method: string; input: JsonValue }>([
    { verb: 'POST', path: '/tally/t1/plus', body: { amount: 5 }, method: 'Plus', input: { id: 't1', amount: 5 } },
    { verb: 'POST', path: '/tally/t1/plus?amount=9', body: { id: 'other' }, method: 'Plus', input: { id: 't1' } },
    { verb: 'GET', path: '/tally/a%2Fb%20c+d%3Ae', method: 'Get', input: { id: 'a/b c+d:e' } },
    { verb: 'GET', path: '/tally/t1?', method: 'Get', input: { id: 't1' } },
    { verb: 'GET', path: 'http://any.host/tally/t1?', method: 'Get', input: { id: 't1' } },
    {
      verb: 'POST',
      path: '/foreign.tally.Tally/Both',
      body: { id: 'x', other: 'y' },
      method: 'Both',
      input: { id: 'x', other: 'y' },
    },
    {
      verb: 'POST',
      path: '/cart/u/items/add',
      body: { product_id: 'p', name: 'Näme', quantity: '3' },
      method: 'AddItem',
      input: { userId: 'u', productId: 'p', name: 'Näme', quantity: 3 },
    },
    {
      verb: 'POST',
      path: '/cart/u/items/p%201/remove',
      method: 'RemoveItem',
      input: { userId: 'u', productId: 'p 1' },
    },
    { verb: 'GET', path: '/carts/u/items', method: 'GetCart', input: { userId: 'u' } },
  ])('$verb $path $body', async ({ verb, path, body, method, input }) => {
    const { command, answer } = await exchange(
      { reply: {} },
      verb,
      path,
      body === undefined ? {} : JSON_TYPE,
      JSON.stringify(body),
    );
    expect(answer.status).toBe(200);
    expect(command?.method.name).toBe(method);
    expect(command?.input).toEqual(input);
  });

  it.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"; version=1'])(
    'with content type %s',
    async (type) => {
      const { command } = await exchange(
        { reply: {} },
        'POST',
        '/tally/t1/plus',
        { 'content-type': type },
        '{"amount":1}',
      );
      expect(command?.input).toEqual({ id: 't1', amount: 1 });
    },
  );

  it('with every header but the content type as metadata, in order', async () => {
    const headers = { ...JSON_TYPE, 'X-First': 'one', 'x-second': 'two', 'x-bytes-bin': 'AQI=' };
    const { command } = await exchange({ reply: {} }, 'POST', '/tally/t1/plus', headers, '{}');
    const metadata = command?.metadata ?? [];
    expect(metadata.filter(([name]) => name.startsWith('x-'))).toEqual([
      ['x-first', 'one'],
      ['x-second', 'two'],
      ['x-bytes-bin', Buffer.from([1, 2])],
    ]);
    expect(metadata.some(([name]) => name === 'content-type')).toBe(false);
    expect(metadata.some(([name]) => name === 'host')).toBe(true);
  });
});

describe('query parameters and path variables of every type', () => {
  it.each<[path: string, input: JsonValue]>([
    ['/echo?text=a+b%2Bc', { text: 'a b+c' }],
    ['/echo?int=-5&unsigned=4294967295', { int: -5, unsigned: 4294967295 }],
    [
      '/echo?long=-9223372036854775808&unsigned_long=18446744073709551615',
      { long: '-9223372036854775808', unsignedLong: '18446744073709551615' },
    ],
    ['/echo?float=1.5&double=-2e300&bool=TRUE', { float: 1.5, double: -2e300, bool: true }],
    ['/echo?double=NaN', { double: 'NaN' }],
    ['/echo?bytes=AQI%3D', { bytes: 'AQI=' }],
    ['/echo?color=GREEN&colors=RED&colors=1&colors=7', { color: 'GREEN', colors: ['RED', 'GREEN', 7] }],
    ['/echo?numbers=1&numbers=2&numbers=3', { numbers: [1, 2, 3] }],
    [
      '/echo?inner_message.text=x&inner_message.numbers=1&inner_message.inner.text=y',
      { innerMessage: { text: 'x', numbers: ['1'], inner: { text: 'y' } } },
    ],
    ['/echo?maybe=', { maybe: '' }],
    [
      '/echo?at=2020-01-02T03:04:05.5Z&lasts=1.5s&mask=text,innerMessage.text',
      { at: '2020-01-02T03:04:05.500Z', lasts: '1.500s', mask: 'text,innerMessage.text' },
    ],
    ['/echo?at.seconds=1&at.nanos=500000000', { at: '1970-01-01T00:00:01.500Z' }],
    ['/echo?wrapped=-7&wrapped_bool=false', { wrapped: '-7', wrappedBool: false }],
    ['/echo?wrapped.value=8', { wrapped: '8' }],
    [
      '/echo?times=1970-01-01T00:00:01Z&times=1970-01-01T00:00:02Z',
      { times: ['1970-01-01T00:00:01Z', '1970-01-01T00:00:02Z'] },
    ],
    [
      '/nested/a+b/of/shelves/1%2F2/books/x/y:z:read?inner_message.text=t',
      { text: 'shelves/1/2/books/x/y:z', innerMessage: { text: 't', inner: { text: 'a+b' } } },
    ],
    ['/any/', {}],
    ['/any/thing/at:all', { text: 'thing/at:all' }],
    ['/echo?right=5', { right: '5' }],
    ['/paths/1/2/false/.5/AQI', { int: 1, unsignedLong: '2', double: 0.5, bytes: 'AQI=' }],
  ])('%s', async (path, input) => {
    const { command, answer } = await exchange(undefined, 'GET', path);
    expect(answer.status).toBe(200);
    expect(command?.input).toEqual(input);
  });

  it.each<[path: string, text: string]>([
    ['/echo?text=a+b%2Bc&text_unknown_is_not=', 'no field "text_unknown_is_not"'],
    ['/echo?int=2147483648', '"2147483648" is not a value of type int32'],
    ['/echo?unsigned=-1', 'is not a value of type uint32'],
    ['/echo?long=9223372036854775808', 'is not a value of type int64'],
    ['/echo?int=1.0', 'is not a value of type int32'],
    ['/echo?int=', 'is not a value of type int32'],
    ['/echo?float=1e39', 'is not a value of type float'],
    ['/echo?double=0x10', 'is not a value of type double'],
    ['/echo?bool=1', 'is not a value of type bool'],
    ['/echo?bytes=A*', 'is not a value of type bytes'],
    ['/echo?bytes=A', 'is not a value of type bytes'],
    ['/echo?color=BLUE', 'is not a value of type sample.types.Color'],
    ['/echo?int=1&int=2', 'query parameter "int" is given more than once'],
    ['/echo?unsignedLong=1', 'query parameter "unsignedLong": sample.types.Everything has no field "unsignedLong"'],
    ['/echo?inner_message=x', 'query parameter "inner_message"'],
    ['/echo?counts=x', 'query parameter "counts"'],
    ['/echo?at=yesterday', '"yesterday" is not a value of type google.protobuf.Timestamp'],
    ['/echo?lasts=5', '"5" is not a value of type google.protobuf.Duration'],
    ['/echo?wrapped=x', '"x" is not a value of type google.protobuf.Int64Value'],
    ['/echo?times=1970-01-01T00:00:01Z&times=x', 'query parameter "times"'],
    ['/echo?struct=x', 'is a message, which has no text form'],
    ['/echo?value=x', 'is a message, which has no text form'],
    ['/echo?left=a&right=1', 'query parameter "right": only one of "left" and "right" can be given'],
    ['/nested/%zz/of/shelves/1/books/x:read', 'path variable "inner_message.inner.text": "%zz" is not percent-encoded'],
    ['/echo?text.more=x', 'is not a message'],
    ['/echo?inner_message.nope=x', 'sample.types.Inner has no field "nope"'],
    [`/echo?inner_message${'.inner'.repeat(40)}.text=x`, 'fields deep'],
    ['/echo?text=%zz', 'query parameter "text": "%zz" is not percent-encoded UTF-8'],
    ['/tally/%ff', 'path variable "id": "%ff" is not percent-encoded UTF-8'],
    ['/paths/x/2/false/.5/AQI', 'path variable "int": "x" is not a value of type int32'],
  ])('%s is refused: %s', async (path, text) => {
    const { command, answer } = await exchange(undefined, 'GET', path);
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.body)).toEqual({ code: 3, message: expect.stringContaining(text) });
    expect(command).toBeUndefined();
  });
});

describe('a body in one field', () => {
  it('takes the query and the path for the others', async () => {
    const { command } = await exchange(undefined, 'PUT', '/echo/l?int=4', JSON_TYPE, '{"text":"t","numbers":["1"]}');
    expect(command?.input).toEqual({ innerMessage: { text: 't', numbers: ['1'] }, int: 4, left: 'l' });
  });

  it('may be a scalar', async () => {
    const { answer } = await exchange(undefined, 'PUT', '/text/3', JSON_TYPE, '"hello"');
    expect(answer).toMatchObject({ status: 200, body: '"hello"' });
  });

  it('may be the bytes of a google.api.HttpBody, and so may the response', async () => {
    const { command, answer } = await exchange(
      undefined,
      'PUT',
      '/files/f?int=1',
      { 'content-type': 'image/x' },
      '<bytes>',
    );
    const file = { contentType: 'image/x', data: Buffer.from('<bytes>').toString('base64') };
    expect(command?.input).toEqual({ text: 'f', int: 1, file });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'image/x' }, body: '<bytes>' });
  });

  it('is not also taken from the query', async () => {
    const { answer } = await exchange(undefined, 'PUT', '/text/3?text=x', JSON_TYPE, '"hello"');
    expect(answer).toMatchObject({
      status: 400,
      body: '{"code":3,"message":"query parameter \\"text\\" is in the field that the body holds"}',
    });
  });
});

it.each([{}, { 'content-type': 'text/x' }])(
  'a google.api.HttpBody takes any body: %j',
  async (headers: Record<string, string>) => {
    const { command } = await exchange({ reply: {} }, 'POST', '/upload', headers, 'not {json');
    expect(command?.input).toEqual({
      ...(headers['content-type'] && { contentType: headers['content-type'] }),
      data: Buffer.from('not {json').toString('base64'),
    });
  },
);

it('a deadline is given as for gRPC', async () => {
  const before = performance.now();
  const { command } = await exchange({ reply: {} }, 'GET', '/tally/t1', { 'grpc-timeout': '2S' });
  expect(command?.deadline).toBeGreaterThanOrEqual(before + 2_000);
  expect(command?.deadline).toBeLessThan(performance.now() + 2_000);
  const { answer } = await exchange({ reply: {} }, 'GET', '/tally/t1', { 'grpc-timeout': '2s' });
  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('such as 250m for 250 ms') });
});

it('a path variable takes the place of the other member of its oneof', async () => {
  const { command } = await exchange(undefined, 'POST', '/choice/7', JSON_TYPE, '{"left":"l"}');
  expect(command?.input).toEqual({ right: '7' });
});

describe('a body that cannot be understood is refused with a text that names what is wrong', () => {
  it.each([
    ['{"amount":', 'the body is not JSON'],
    ['', 'the body is empty'],
    ['{"amout":1}', 'key "amout" is unknown'],
    ['{"amount":"x"}', 'foreign.tally.Add.amount'],
    ['[]', 'foreign.tally.Add'],
    ['null', 'foreign.tally.Add'],
    [new Uint8Array([0x22, 0xff, 0x22]), 'UTF-8'],
  ])('%j', async (body, text) => {
    const { command, answer } = await exchange(undefined, 'POST', '/tally/t1/plus', JSON_TYPE, body);
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer.body)).toEqual({ code: 3, message: expect.stringContaining(text) });
    expect(command).toBeUndefined();
  });

  it.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'application/jsonx',
  ])('content type %s', async (type) => {
    const { answer } = await exchange(
      undefined,
      'POST',
      '/tally/t1/plus',
      type === undefined ? {} : { 'content-type': type },
      '{}',
    );
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ code: 3, message: expect.stringContaining('send application/json') });
  });

  it('too large', async () => {
    const { answer } = await exchange(
      undefined,
      'POST',
      '/tally/t1/plus',
      JSON_TYPE,
      `{"id":"${'x'.repeat(MAX_BYTES)}"}`,
    );
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toEqual({ code: 8, message: `the request body is larger than ${MAX_BYTES} bytes` });
  });
});
