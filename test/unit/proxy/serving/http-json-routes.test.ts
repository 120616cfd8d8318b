import { afterAll, describe, expect, it } from 'vitest';
import { JSON_TYPE, serveSamples } from './json-exchange.ts';

const { http } = await serveSamples();
afterAll(() => http[Symbol.asyncDispose]());

describe('a path that has no route', () => {
  it.each(['/nothing', '/tally', '/tally/t1/', '/foreign.tally.Tally/Nope', '/foreign.tally.Tally/Plus'])(
    '%s is 404',
    async (path) => {
      const answer = await http.send('POST', path, JSON_TYPE, '{}');
      expect(answer).toMatchObject({
        status: 404,
        body: JSON.stringify({ code: 5, message: `nothing is served at POST ${path}` }),
      });
    },
  );

  it('does not cost the connection', async () => {
    expect(await http.send('GET', '/nothing')).toMatchObject({ status: 404, headers: { connection: 'keep-alive' } });
  });

  it('for this verb is 405 and names the others', async () => {
    const answer = await http.send('DELETE', '/echo');
    expect(answer).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS, POST' },
      body: '{"code":12,"message":"/echo is not served for DELETE, only for GET, HEAD, OPTIONS, POST"}',
    });
  });

  it.each([
    ['/echo', 'GET, HEAD, OPTIONS, POST'],
    ['/upload', 'OPTIONS, POST'],
  ])('but has others says which when it is asked by OPTIONS %s', async (path, allow) => {
    expect(await http.send('OPTIONS', path)).toMatchObject({ status: 200, headers: { allow }, body: '' });
  });

  it('answers a network probe', async () => {
    expect(await http.send('GET', '/', { 'K-Network-Probe': 'queue' })).toMatchObject({ status: 200, body: 'queue' });
    expect(await http.send('GET', '/', { 'k-network-probe': 'x' })).toMatchObject({
      status: 400,
      body: 'unexpected probe header value: x',
    });
  });
});
