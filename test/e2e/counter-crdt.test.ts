import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { GrpcClient } from '../support/grpc-client.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { freePort } from '../support/ports.ts';
import { loadProto } from '../support/probe.ts';
import { ROOT, startNode, type TestProcess } from '../support/process.ts';

let example: TestProcess;
let proxy: InProcessProxy;
let views: GrpcClient;
let readers: GrpcClient;
beforeAll(async () => {
  const port = await freePort();
  example = startNode([`${ROOT}/examples/counter-crdt/main.ts`], { env: { HOST: '127.0.0.1', PORT: String(port) } });
  proxy = await InProcessProxy.start(port);
  const root = loadProto('examples/counter-crdt', 'counter.proto');
  views = new GrpcClient(proxy.apiPort, root, 'com.example.counter.Views');
  readers = new GrpcClient(proxy.apiPort, root, 'com.example.counter.Readers');
}, 30_000);
afterAll(async () => {
  views[Symbol.dispose]();
  readers[Symbol.dispose]();
  await proxy[Symbol.asyncDispose]();
  await example[Symbol.asyncDispose]();
});

test('views are counted, and whoever watches is told', async () => {
  const watching = views.open('Watch');
  watching.send({ page: 'home' });
  watching.halfClose();
  expect(await watching.next()).toEqual({ views: '0' });
  expect(await views.call('Count', { page: 'home', times: 3 })).toEqual({ views: '3' });
  expect(await watching.next()).toEqual({ views: '3' });
  await expect(views.call('Count', { page: 'home', times: 5_000 })).rejects.toMatchObject({
    details: '5000 views at once are too many',
  });
  const response = await fetch(proxy.url('/pages/home/views'));
  expect(await response.json()).toEqual({ views: '3' });
  watching.cancel();
});

test('a reader is there as long as its stream is open', async () => {
  const read = (name: string) => {
    const stream = readers.open('Read');
    stream.send({ page: 'home', name });
    stream.halfClose();
    return stream;
  };
  const ann = read('Ann');
  expect(await ann.next()).toEqual({ names: ['Ann'] });
  const bob = read('Bob');
  expect(await bob.next()).toEqual({ names: ['Ann', 'Bob'] });
  expect(await ann.next()).toEqual({ names: ['Ann', 'Bob'] });
  bob.cancel();
  expect(await ann.next()).toEqual({ names: ['Ann'] });
  ann.cancel();
  await eventually(async () => ((await readers.call('Get', { page: 'home' }))['names'] as object[]).length === 0);
});
