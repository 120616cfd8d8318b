import { status as grpcStatus } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Order } from '../support/model-function.ts';
import { expected, type ProbeService, ProtocolWorld } from '../support/protocol-world.ts';

const TEXTS: readonly (readonly [ProbeService, Readonly<Record<'failure' | 'termination' | 'stashed', string>>])[] = [
  [
    'Probe',
    {
      failure: 'Unexpected entity failure',
      termination: 'Unexpected entity termination',
      stashed: 'Entity terminated',
    },
  ],
  [
    'ProbeValue',
    {
      failure: 'Unexpected Value entity failure',
      termination: 'Unexpected Value entity termination',
      stashed: 'Value entity terminated',
    },
  ],
];

let world: ProtocolWorld;
beforeAll(async () => {
  world = await ProtocolWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe.each(TEXTS)('%s', (service, texts) => {
  const ways = [
    [
      'gRPC',
      (id: string, order: Order): Promise<unknown> => world.run(service, id, order).catch((error: unknown) => error),
      (text: string) => expect.objectContaining({ code: grpcStatus.UNKNOWN, details: text }) as unknown,
    ],
    [
      'HTTP',
      async (id: string, order: Order): Promise<unknown> => {
        const response = await world.post(service, id, order);
        return [response.status, response.headers.get('content-type'), await response.text()];
      },
      (text: string) => [500, 'text/plain; charset=UTF-8', text],
    ],
  ] as const;

  describe.each(ways)('over %s', (way, send, failure) => {
    const entity = (what: string): string => `${service} ${way} ${what}`;

    test.each(['description goes here', 'grüße \u{1f6d2} 100 %\nsecond line'])(
      'a command that fails says %j, and its entity lives on',
      async (fail) => {
        const id = entity(fail);
        expect(await send(id, { fail })).toEqual(failure(fail));
        expect(await world.run(service, id, { reply: 'on' })).toBe('on');
        const [life, ...others] = world.lives(id);
        expect(others).toEqual([]);
        expect(life?.at(-1)).toEqual(expected.command(2, id, { reply: 'on' }));
      },
    );

    test.each(['failure', 'error', 'end'] as const)(
      'a stream that breaks off with %s gives the fixed text, and the next command a new life',
      async (stream) => {
        const id = entity(stream);
        expect(await send(id, { stream })).toEqual(failure(stream === 'failure' ? texts.failure : texts.termination));
        expect(await world.run(service, id, { reply: 'again' })).toBe('again');
        const [first, second] = world.lives(id);
        // Closed in good order, not reset.
        if (stream === 'failure') expect(first?.at(-1)).toBe('half-close');
        expect(first).not.toContain('cancelled');
        const init = service === 'Probe' ? expected.init(id) : expected.valueInit(id);
        expect(second).toEqual([init, expected.command(1, id, { reply: 'again' })]);
      },
    );
  });

  test('commands behind one that broke the stream get a text of their own', async () => {
    const id = `${service} behind`;
    const orders: readonly Order[] = [{ stream: 'failure', afterMs: 150 }, {}, {}];
    const errors = orders.map((order) => world.run(service, id, order).catch((error: unknown) => error));
    expect(await Promise.all(errors)).toMatchObject([
      { code: grpcStatus.UNKNOWN, details: texts.failure },
      { code: grpcStatus.UNKNOWN, details: texts.stashed },
      { code: grpcStatus.UNKNOWN, details: texts.stashed },
    ]);
    await eventually(() => world.lives(id)[0]?.at(-1) === 'half-close');
    expect(world.lives(id)).toHaveLength(1);
  });
});
