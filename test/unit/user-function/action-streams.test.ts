import { action, type ActionContext, type Reply } from '@stategate/user-function';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { OTHER, other } from './model.ts';
import { any, ProxySide, read } from './proxy-side.ts';

interface Request {
  readonly id: string;
}
type Requests = AsyncIterable<Request>;

let watch: (request: Request, context: ActionContext) => Reply | AsyncIterable<Reply>;
let collect: (requests: Requests, context: ActionContext) => Promise<Reply>;
let chat: (requests: Requests, context: ActionContext) => AsyncIterable<Reply>;

let proxy: ProxySide;
beforeAll(async () => {
  const streamed = action<{ Watch: Request; Collect: Requests; Chat: Requests }>({
    service: 'test.model.Streamed',
    commands: {
      Watch: (request, context) => watch(request, context),
      Collect: (requests, context) => collect(requests, context),
      Chat: (requests, context) => chat(requests, context),
    },
  });
  proxy = await ProxySide.start(streamed, other);
});
afterAll(() => proxy[Symbol.asyncDispose]());
beforeEach(() => proxy.errors.splice(0));

const request = (id: string) => any('Request', { id });
const text = (message: string) => ({ Response: { message } });

test('a handler may stop reading, and answer before the last message', async () => {
  collect = async (requests) => {
    for await (const { id } of requests) return { message: id };
    return {};
  };
  const stream = proxy.action('handleStreamedIn', 'Collect');
  stream.send({ payload: request('first') });
  stream.send({ payload: request('second') });
  expect(read((await stream.next())?.reply?.payload)).toEqual(text('first'));
  expect(await stream.next()).toBeUndefined();
});

test('a handler of a duplex stream may reply before the first message', async () => {
  chat = async function* replies(requests) {
    yield { message: 'welcome' };
    for await (const { id } of requests) yield { message: id };
    yield { message: 'bye' };
  };
  const stream = proxy.action('handleStreamed', 'Chat');
  expect(read((await stream.next())?.reply?.payload)).toEqual(text('welcome'));
  stream.send({ payload: request('x') });
  expect(read((await stream.next())?.reply?.payload)).toEqual(text('x'));
  stream.halfClose();
  expect(read((await stream.next())?.reply?.payload)).toEqual(text('bye'));
  expect(await stream.next()).toBeUndefined();
});

test('metadata go along with a reply, a forward and an effect', async () => {
  const bytes = Uint8Array.of(0, 255);
  watch = async function* replies(_, context) {
    context.replyMetadata('x-one', 'a');
    context.replyMetadata('x-bin', bytes);
    yield { message: '1' };
    context.effect(OTHER, 'Call', { id: 'e' }, { metadata: [{ name: 'x-effect', value: 'b' }] });
    yield context.forward(OTHER, 'Call', { id: 'f' }, { metadata: [{ name: 'x-forward', value: 'c' }] });
    yield { message: '2' };
  };
  const stream = proxy.action('handleStreamedOut', 'Watch', request('a'));
  expect((await stream.next())?.reply?.metadata?.entries).toMatchObject([
    { key: 'x-one', stringValue: 'a' },
    { key: 'x-bin', bytesValue: Buffer.from(bytes) },
  ]);
  const { forward, sideEffects } = (await stream.next()) ?? {};
  expect(forward?.metadata?.entries).toMatchObject([{ key: 'x-forward', stringValue: 'c' }]);
  expect(sideEffects?.[0]?.metadata?.entries).toMatchObject([{ key: 'x-effect', stringValue: 'b' }]);
  expect((await stream.next())?.reply?.metadata).toBeNull();
  expect(await stream.next()).toBeUndefined();
});

test('effects after the last reply are an answer of their own', async () => {
  watch = async function* replies(_, context) {
    yield { message: '1' };
    context.effect(OTHER, 'Call', { id: 'e' });
  };
  const stream = proxy.action('handleStreamedOut', 'Watch', request('a'));
  expect((await stream.next())?.sideEffects).toEqual([]);
  expect(await stream.next()).toMatchObject({ reply: null, sideEffects: [{ commandName: 'Call' }] });
  expect(await stream.next()).toBeUndefined();
});

test.each<[string, typeof watch, string, string | undefined]>([
  [
    'fail',
    async function* replies(_, { fail }) {
      yield { message: '1' };
      fail('enough');
    },
    'enough',
    undefined,
  ],
  [
    'an exception',
    async function* replies() {
      yield { message: '1' };
      throw new Error('secret');
    },
    'Unexpected failure in test.model.Streamed.Watch',
    'secret',
  ],
])('%s ends the stream with a failure', async (_, handler, description, logged) => {
  watch = handler;
  const stream = proxy.action('handleStreamedOut', 'Watch', request('a'));
  expect(read((await stream.next())?.reply?.payload)).toEqual(text('1'));
  expect((await stream.next())?.failure?.description).toBe(description);
  expect(await stream.next()).toBeUndefined();
  if (logged !== undefined) expect(proxy.errors[0]?.message).toContain(logged);
});

test('a handler that gives no stream where there must be one is told so', async () => {
  watch = () => ({ message: 'one' });
  const stream = proxy.action('handleStreamedOut', 'Watch', request('a'));
  expect((await stream.next())?.failure?.description).toBe('Unexpected failure in test.model.Streamed.Watch');
  expect(proxy.errors[0]?.message).toContain('its handler must give an AsyncIterable');
});

test('a method that is called by the wrong rpc fails', async () => {
  const stream = proxy.action('handleStreamedOut', 'Chat', request('a'));
  expect((await stream.next())?.failure?.description).toContain('has other streams than the call');
});

test('cancellation aborts the signal and ends generators', async () => {
  const seen: string[] = [];
  watch = async function* replies(_, { signal }) {
    signal.addEventListener('abort', () => seen.push('aborted'));
    try {
      for (;;) {
        yield { message: 'tick' };
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } finally {
      seen.push('watch ended');
    }
  };
  chat = async function* replies(requests) {
    try {
      for await (const { id } of requests) yield { message: id };
    } finally {
      seen.push('chat ended');
    }
  };
  const watching = proxy.action('handleStreamedOut', 'Watch', request('a'));
  await watching.next();
  watching.cancel();
  await eventually(() => seen.length === 2, 2_000);
  const chatting = proxy.action('handleStreamed', 'Chat');
  chatting.send({ payload: request('x') });
  await chatting.next();
  chatting.cancel();
  await eventually(() => seen.length === 3, 2_000);
  expect(seen).toEqual(['aborted', 'watch ended', 'chat ended']);
  expect(proxy.errors).toEqual([]);
});
