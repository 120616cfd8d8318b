import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { crdt, type CrdtEntity, type CrdtOptions, type GCounter, serve } from '@stategate/user-function';
import { GrpcClient } from '../test/support/grpc-client.ts';
import { loadProto } from '../test/support/probe.ts';
import { tempDir } from '../test/support/temp-dir.ts';
import type { LiveProxyMessage } from './live-proxy.ts';

// What live CRDT entities hold of the compiled proxy's memory: without and with a streamed caller, and after they have left it.
// Arguments: how many stay, how many come and go. `npm run bench:crdts` builds it first.

const [live = 10_000, passing = 100_000] = process.argv.slice(2).map(Number);
const PASSIVATION_MS = 1_000;
const PATIENCE_MS = 600_000;
const AT_ONCE = 64;
const STREAMS_PER_CONNECTION = 90;
const ROOT = loadProto('bench', 'counters.proto');

type Options = CrdtOptions<GCounter, Record<string, object>>;

const counter = (name: string, commands: Options['commands'], more: Partial<Options> = {}): CrdtEntity =>
  crdt<GCounter, Record<string, object>>({
    service: `stategate.bench.${name}`,
    persistenceId: name,
    create: (make) => make.gCounter(),
    commands,
    ...more,
  });

const add = (command: object, value: GCounter): object => {
  value.increment();
  return command;
};

async function next(child: ChildProcess): Promise<LiveProxyMessage> {
  const [message] = (await once(child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) })) as [LiveProxyMessage];
  return message;
}

async function memory(child: ChildProcess): Promise<number> {
  child.send('measure');
  const message = await next(child);
  return message.type === 'memory' ? message.heapBytes : Number.NaN;
}

async function addTo(client: GrpcClient, name: string, count: number): Promise<void> {
  let done = 0;
  const worker = async (): Promise<void> => {
    while (done < count) {
      done += 1;
      await client.call('Add', { id: `${name}-${done}` }, { deadlineMs: PATIENCE_MS });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function watch(port: number, count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += STREAMS_PER_CONNECTION) {
    const client = new GrpcClient(port, ROOT, 'stategate.bench.Lasting');
    const here = Math.min(STREAMS_PER_CONNECTION, count - opened);
    const streams = Array.from({ length: here }, (_, n) => {
      const stream = client.open('Watch', { deadlineMs: PATIENCE_MS });
      stream.send({ id: `watched-${opened + n}` });
      stream.halfClose();
      return stream.next();
    });
    await Promise.all(streams);
  }
}

await using userFunction = await serve({
  protos: ['counters.proto'],
  includeDirs: [import.meta.dirname],
  entities: [
    counter('Lasting', {
      Add: add,
      Watch(command, _value, context) {
        context.onChange(() => command);
        return command;
      },
    }),
    counter('Brief', { Add: add }, { passivationTimeoutMs: PASSIVATION_MS }),
  ],
  host: '127.0.0.1',
  port: 0,
});
using directory = tempDir();
const child = fork(`${import.meta.dirname}/live-proxy.ts`, [String(userFunction.port), directory.file('live.db')], {
  execArgv: ['--expose-gc'],
});
try {
  const serving = await next(child);
  if (serving.type !== 'serving') throw new Error('the proxy does not serve');
  const [lasting, brief] = ['Lasting', 'Brief'].map(
    (name) => new GrpcClient(serving.port, ROOT, `stategate.bench.${name}`),
  );
  if (lasting === undefined || brief === undefined) throw new Error('no clients');
  await addTo(lasting, 'first', 1_000);
  await addTo(brief, 'first', 1_000);
  await delay(2 * PASSIVATION_MS);
  const empty = await memory(child);
  await addTo(brief, 'passing', passing);
  await delay(3 * PASSIVATION_MS);
  const afterwards = await memory(child);
  await addTo(lasting, 'live', live);
  const alone = await memory(child);
  await watch(serving.port, live);
  const watched = await memory(child);
  const kib = (bytes: number, of: number): string => `${(bytes / of / 1024).toFixed(1)} KiB each`;
  console.log(
    `${passing} entities that have passivated: heap ${(100 * (afterwards / empty - 1)).toFixed(1)} % above the heap before`,
  );
  console.log(`${live} live entities: ${kib(alone - afterwards, live)} (goal: 25)`);
  console.log(`${live} live entities with a streamed caller: ${kib(watched - alone, live)} (goal: 45)`);
} finally {
  child.kill('SIGKILL');
}
process.exit(0);
