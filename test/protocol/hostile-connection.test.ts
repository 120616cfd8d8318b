// What a user function may do to its streams and its connection beneath gRPC, and exactly what becomes of it.
import { constants } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startWithoutServing } from '../support/in-process-proxy.ts';
import { type Ordeal, type Outcome, suffer } from '../support/ordeal.ts';
import { crashed, crashedAfter, fine, timedOut } from '../support/outcomes.ts';
import { framed, type RawTurn, rawFunction } from '../support/raw-function.ts';

type Row = readonly [what: string, does: (turn: RawTurn) => void, expected: Outcome & Partial<Ordeal>];

/** The stream ends with the command; grpc-js says how. */
const broken = (details: string, code: string): Outcome => ({
  ...crashed('Unexpected entity termination', details),
  counted: ['calls UNKNOWN', 'failed_commands', 'failed_entities', `user_function_calls ${code}`],
});
const headers =
  (more: Record<string, string | number>, endStream = false) =>
  ({ stream }: RawTurn): void => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto', ...more }, { endStream });
    if (!endStream) stream.end('<html>');
  };
const trailersOnly = (status: string) => headers({ 'grpc-status': status, 'grpc-message': 'as%20told' }, true);
const sends = (bytes: (turn: RawTurn) => Buffer) => (turn: RawTurn) => {
  turn.respond();
  turn.stream.write(bytes(turn));
};
const UNREADABLE = 'a message cannot be decompressed';
const NO_GZIP = 'Failed to decompress gzip-encoded message';
const BOMB = 'Received message that decompresses to a size larger than 12582912';
const marksAsCompressed = sends(({ answer }) => Buffer.concat([Buffer.from([1]), answer.subarray(1)]));
const GONE = 'The user function is gone';
/** Every stream ends with the connection. */
const lost = (details: string, code = 'UNAVAILABLE'): Outcome & Partial<Ordeal> => ({
  ...broken(details, code),
  log: [GONE, `Unexpected entity termination: ${details}`],
  counted: ['calls UNKNOWN', 'failed_commands', 'failed_entities 2', `user_function_calls ${code} 2`],
  reconnects: true,
});
const tooLarge = (bytes: number): string => `Received message larger than max (${bytes} vs 12582912)`;
const compressed = (bytes: Buffer) => (turn: RawTurn) => {
  turn.respond(undefined, { 'grpc-encoding': 'gzip' });
  const frame = framed(bytes);
  frame[0] = 1;
  turn.stream.write(frame);
};

const ROWS: readonly Row[] = [
  ['answers with HTML', headers({ 'content-type': 'text/html' }), broken(tooLarge(0x68746d6c), 'RESOURCE_EXHAUSTED')],
  ['answers with HTTP 404', headers({ ':status': 404 }), broken('Received HTTP status code 404', 'UNIMPLEMENTED')],
  ['answers with HTTP 503', headers({ ':status': 503 }), broken('Received HTTP status code 503', 'UNAVAILABLE')],
  [
    'answers with HTTP 204 and nothing',
    headers({ ':status': 204 }, true),
    broken('Received HTTP status code 204', 'UNKNOWN'),
  ],
  ['ends with nothing but trailers', trailersOnly('0'), crashed('Unexpected entity termination', 'as told')],
  ['ends with nothing but trailers that are an error', trailersOnly('13'), broken('as told', 'INTERNAL')],
  ['ends with a status that is no number', trailersOnly('fine'), broken('as told', 'UNKNOWN')],
  ['ends with a status that nobody knows', trailersOnly('99'), broken('as told', 'UNKNOWN')],
  [
    'ends without a status',
    (turn) => {
      turn.respond('none');
      turn.stream.end(turn.answer);
    },
    // Nothing tells the proxy before the next command waits in vain; the one after it has a new stream.
    { ...timedOut, caller: 'reply', next: timedOut.caller, on: 'the same stream' },
  ],
  [
    'sends a frame of 4 GiB',
    sends(() => Buffer.from([0, 255, 255, 255, 255, 1])),
    broken(tooLarge(2 ** 32 - 1), 'RESOURCE_EXHAUSTED'),
  ],
  ['sends a frame that says it is compressed', marksAsCompressed, broken(UNREADABLE, 'UNKNOWN')],
  [
    'sends a frame with a flag that nobody knows',
    sends(({ answer }) => Buffer.concat([Buffer.from([0x42]), answer.subarray(1)])),
    fine(),
  ],
  ['sends what says it is gzip and is not', compressed(Buffer.from('no')), broken(NO_GZIP, 'INTERNAL')],
  ['sends a bomb', compressed(gzipSync(Buffer.alloc(64 << 20))), broken(BOMB, 'RESOURCE_EXHAUSTED')],
  ['sends half a frame, and nothing more', sends(({ answer }) => answer.subarray(0, 9)), timedOut],
  [
    'sends half a frame, and ends',
    (turn) => {
      turn.respond();
      turn.stream.end(turn.answer.subarray(0, 9));
    },
    crashed('Unexpected entity termination', ''),
  ],
  [
    'sends its answer byte by byte',
    (turn) => {
      turn.respond();
      for (const byte of turn.answer) turn.stream.write(Buffer.from([byte]));
    },
    fine(),
  ],
  ...(
    [
      ['NO_ERROR', 'INTERNAL', 'Received RST_STREAM with code 0 (Call ended without gRPC status)'],
      ['CANCEL', 'CANCELLED', 'Call cancelled'],
      ['REFUSED_STREAM', 'UNAVAILABLE', 'Stream refused by server'],
      ['INTERNAL_ERROR', 'INTERNAL', 'Received RST_STREAM with code 2 (Internal server error)'],
      ['ENHANCE_YOUR_CALM', 'RESOURCE_EXHAUSTED', 'Bandwidth exhausted or memory limit exceeded'],
      ['FLOW_CONTROL_ERROR', 'INTERNAL', 'Received RST_STREAM with code 3'],
    ] as const
  ).map(([name, code, details]): Row => {
    const reset = constants[`NGHTTP2_${name}`];
    return [`resets its stream with ${name}`, ({ stream }) => stream.close(reset), broken(details, code)];
  }),
  [
    'says goodbye, and answers',
    (turn) => {
      turn.stream.session?.close();
      turn.respond();
      turn.stream.end(turn.answer);
    },
    {
      ...crashedAfter('Unexpected entity termination', ''),
      log: [GONE, 'Unexpected entity termination'],
      reconnects: true,
    },
  ],
  [
    'says goodbye, and never answers',
    (turn) => turn.stream.session?.goaway(),
    { ...timedOut, log: [GONE, ...timedOut.log], reconnects: true },
  ],
  [
    'says goodbye with an error',
    (turn) => turn.stream.session?.goaway(11),
    lost('Bandwidth exhausted or memory limit exceeded', 'RESOURCE_EXHAUSTED'),
  ],
  [
    'says goodbye with another error',
    (turn) => turn.stream.session?.goaway(2),
    lost('the connection was lost: Session closed with error code 2'),
  ],
  ['cuts the connection', (turn) => turn.socket.destroy(), lost('Connection dropped')],
  ['resets the connection', (turn) => turn.socket.resetAndDestroy(), lost('read ECONNRESET')],
];

describe('a user function that', () => {
  test.each(ROWS)('%s', async (_, does, expected) => {
    await using tormentor = await rawFunction(does);
    const { caller, next, on, log, told, counted, ...ordeal } = expected;
    await suffer(tormentor, { ...ordeal, service: 'Probe' }, { caller, next, on, log, told, counted });
  });

  test.each<readonly [string, (turn: RawTurn) => void, code: string, details: string]>([
    ['answers with HTTP 404', headers({ ':status': 404 }), 'UNIMPLEMENTED', 'Received HTTP status code 404'],
    ['sends what says it is gzip and is not', compressed(Buffer.from('no')), 'INTERNAL', NO_GZIP],
    ['sends a frame that says it is compressed', marksAsCompressed, 'UNKNOWN', UNREADABLE],
    ['ends with a status that is no number', trailersOnly('fine'), 'UNKNOWN', 'as told'],
    [
      'resets its call',
      ({ stream }) => stream.close(2),
      'INTERNAL',
      'Received RST_STREAM with code 2 (Internal server error)',
    ],
    [
      'answers twice',
      (turn) => {
        turn.respond();
        turn.stream.end(Buffer.concat([turn.answer, framed(Buffer.from([0xff]))]));
      },
      'OK',
      '',
    ],
  ])('%s as an action', async (_, does, code, details) => {
    await using tormentor = await rawFunction(does);
    const expected =
      code === 'OK'
        ? fine('x')
        : { ...fine(`${code} ${details}`), counted: [`calls ${code}`, `user_function_calls ${code}`] };
    await suffer(tormentor, { service: 'ProbeAction' }, expected);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => undefined],
    ['speaks HTTP/1.1', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')],
    ['speaks no language', (socket) => socket.write(Buffer.alloc(1_000, 0xa5))],
    ['hangs up', (socket) => socket.destroy()],
  ])('%s when it is connected to is waited for', async (_, greet) => {
    const sockets: Socket[] = [];
    const listener = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      greet(socket);
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const proxy = await startWithoutServing(port, {});
    try {
      await eventually(() => sockets.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const [ready, alive] = await Promise.all(
        ['ready', 'alive'].map((path) => fetch(`http://127.0.0.1:${proxy.admin.port}/${path}`)),
      );
      expect([ready?.status, await ready?.text(), alive?.status]).toEqual([
        503,
        `not ready: no user function answers at 127.0.0.1:${port}\n`,
        200,
      ]);
    } finally {
      await proxy.drain();
      for (const socket of sockets) socket.destroy();
      listener.close();
    }
  });
});
