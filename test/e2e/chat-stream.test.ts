import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { freePort } from '../support/ports.ts';
import { loadProto } from '../support/probe.ts';
import { ROOT, startNode, type TestProcess } from '../support/process.ts';

let example: TestProcess;
let proxy: InProcessProxy;
let room: GrpcClient;
let chat: GrpcClient;
beforeAll(async () => {
  const port = await freePort();
  example = startNode([`${ROOT}/examples/chat-stream/main.ts`], { env: { HOST: '127.0.0.1', PORT: String(port) } });
  proxy = await InProcessProxy.start(port);
  const root = loadProto('examples/chat-stream', 'chat.proto');
  room = new GrpcClient(proxy.apiPort, root, 'com.example.chat.Room');
  chat = new GrpcClient(proxy.apiPort, root, 'com.example.chat.Chat');
}, 30_000);
afterAll(async () => {
  room[Symbol.dispose]();
  chat[Symbol.dispose]();
  await proxy[Symbol.asyncDispose]();
  await example[Symbol.asyncDispose]();
});

const line = (text: string, author = 'Ann') => ({ room: 'lobby', author, text });
const history = async () => (await room.call('History', { room: 'lobby' }))['lines'];

test('what is said comes back in order, is stored, and is seen by those who watch', async () => {
  const watching = chat.open('Watch');
  watching.send({ room: 'lobby' });
  watching.halfClose();
  // Nothing tells that the watcher is there: the first line that it sees does.
  const first = watching.next();
  let seen = false;
  void first.then(() => (seen = true));
  await eventually(async () => {
    await room.call('Say', line('is anybody here?'));
    return seen;
  });
  const before = (await history()) as readonly { number: number }[];
  const number = before.length;

  const talking = chat.open('Talk');
  for (const text of ['one', 'two']) talking.send(line(text));
  talking.halfClose();
  const said = [
    { ...line('one'), number: number + 1 },
    { ...line('two'), number: number + 2 },
  ];
  expect(await talking.rest()).toEqual(said);

  const importing = chat.open('Import');
  for (const text of ['three', 'four']) importing.send(line(text, 'Bob'));
  importing.halfClose();
  expect(await importing.rest()).toEqual([{ lines: 2 }]);
  const all = [
    ...said,
    { ...line('three', 'Bob'), number: number + 3 },
    { ...line('four', 'Bob'), number: number + 4 },
  ];
  expect(await history()).toEqual([...before, ...all]);

  // Effects that nobody waits for may overtake each other.
  const live: { readonly number: number }[] = [];
  while (live.length < 4) {
    const next = (await watching.next()) as { readonly number: number };
    if (next.number > number) live.push(next);
  }
  expect(live.toSorted((a, b) => a.number - b.number)).toEqual(all);
  watching.cancel();
});

test('the documentation shows what the example has', () => {
  const page = readFileSync(`${ROOT}/docs/reference/actions.md`, 'utf8');
  const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, block = '']) => block);
  expect(blocks).toHaveLength(2);
  const source = readFileSync(`${ROOT}/examples/chat-stream/chat.ts`, 'utf8');
  for (const block of blocks) expect(source).toContain(block);
});

test('a line that is refused ends the talk', async () => {
  const talking = chat.open('Talk');
  talking.send(line('fine'));
  talking.send(line(' '));
  talking.send(line('never said'));
  expect(await talking.rest()).toMatchObject([{ text: 'fine' }]);
  expect(await talking.status).toMatchObject({ code: 2, details: 'There is nothing to say.' });
  expect(JSON.stringify(await history())).not.toContain('never said');
});
