// Runs in a browser: calls the service at `?api=` in every way that a page has, and posts what came back to `/outcome`.
import { create, createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-web';

const baseUrl = new URLSearchParams(location.search).get('api');
const descriptors = new Uint8Array(await (await fetch('/ways.binpb')).arrayBuffer());
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
const service = registry.getService('ways.Ways');
const [Ask, Answer] = [registry.getMessage('ways.Ask'), registry.getMessage('ways.Answer')];

async function byConnect(transport, streams) {
  const client = createClient(service, transport);
  let header;
  const onHeader = (headers) => (header = headers.get('x-echo'));
  const { text, number } = await client.echo({ text: 'hi' }, { headers: { 'x-echo': 'a' }, onHeader });
  const { code, rawMessage } = await client.echo({ text: 'größer', code: 3 }).catch((error) => error);
  const numbers = [];
  if (streams) for await (const answer of client.count({ text: 'n', count: 20 })) numbers.push(answer.number);
  return { echo: { text, number }, header, error: [code, rawMessage], numbers };
}

async function byGoogle(format) {
  const { GrpcWebClientBase, MethodDescriptor, MethodType } = globalThis.module.exports;
  const client = new GrpcWebClientBase({ format });
  const encode = (ask) => toBinary(Ask, create(Ask, ask));
  const decode = (bytes) => fromBinary(Answer, bytes);
  const method = (name, type) => new MethodDescriptor(`/ways.Ways/${name}`, type, Object, Object, encode, decode);
  let header;
  const echo = (ask) =>
    new Promise((resolve, reject) => {
      const done = (error, answer) => (error ? reject(error) : resolve(answer));
      client
        .rpcCall(`${baseUrl}/ways.Ways/Echo`, ask, { 'x-echo': 'a' }, method('Echo', MethodType.UNARY), done)
        .on('metadata', (metadata) => (header ??= metadata['x-echo']));
    });
  const { text, number } = await echo({ text: 'hi' });
  const { code, message } = await echo({ text: 'größer', code: 3 }).catch((error) => error);
  const numbers = [];
  if (format === 'text')
    await new Promise((resolve, reject) => {
      const count = method('Count', MethodType.SERVER_STREAMING);
      const call = client.serverStreaming(`${baseUrl}/ways.Ways/Count`, { text: 'n', count: 20 }, {}, count);
      call.on('data', (answer) => numbers.push(answer.number));
      call.on('error', reject);
      call.on('end', resolve);
    });
  return { echo: { text, number }, header, error: [code, message], numbers };
}

const ways = {
  'connect-web, Connect in JSON': () => byConnect(createConnectTransport({ baseUrl }), false),
  'connect-web, Connect in bytes': () => byConnect(createConnectTransport({ baseUrl, useBinaryFormat: true }), false),
  'connect-web, gRPC-Web': () => byConnect(createGrpcWebTransport({ baseUrl }), true),
  'grpc-web, binary': () => byGoogle('binary'),
  'grpc-web, text': () => byGoogle('text'),
};
const outcome = {};
for (const [name, run] of Object.entries(ways)) outcome[name] = await run().catch((error) => String(error));
await fetch('/outcome', { method: 'POST', body: JSON.stringify(outcome) });
