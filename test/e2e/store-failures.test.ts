import { writeFileSync } from 'node:fs';
import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { GrpcClient } from '../support/grpc-client.ts';
import { probeRoot } from '../support/probe.ts';
import { type ProxyProcess, startProxy } from '../support/proxy-process.ts';
import { echo, ScriptedFunction } from '../support/scripted-function.ts';
import { tempDir } from '../support/temp-dir.ts';

const root = probeRoot();

test('a file that is no database is refused, with its path and the way out', async () => {
  using dir = tempDir();
  const path = dir.file('letter.db');
  writeFileSync(path, 'Dear Sir or Madam, '.repeat(500));
  await using proxy = await startProxy({ userFunctionPort: 1, store: `sqlite:${path}` });
  expect(await proxy.process.exited).toBe(1);
  expect(proxy.process.output).toContain(path);
  expect(proxy.process.output).toMatch(
    /^stategate: .*letter\.db is not a SQLite database; name another file in store\.config\.path/,
  );
});

test('a second proxy on the same file is refused with a sentence, and the first serves on', async () => {
  using dir = tempDir();
  const store = `sqlite:${dir.file('one.db')}`;
  await using userFunction = await ScriptedFunction.start({ eventSourced: echo });
  await using first = await startProxy({ userFunctionPort: userFunction.port, store });
  await first.ready();
  await using second = await startProxy({ userFunctionPort: userFunction.port, store });
  expect(await second.process.exited).toBe(1);
  expect(second.process.output).toMatch(
    /^stategate: another proxy \(process \d+.*one\.db: stop it, or give this one a file of its own/m,
  );
  expect(await run(first, 'a', 'still here')).toEqual({ text: 'still here' });
});

test('a full store refuses what it cannot keep, keeps what it acknowledged, and takes more when it may grow', async () => {
  using dir = tempDir();
  const store = `sqlite:${dir.file('small.db')}`;
  const kept: string[] = [];
  await using userFunction = await ScriptedFunction.start({
    // Keeps its texts as events and answers with how many there are.
    eventSourced(stream) {
      let events = 0;
      stream.onMessage(({ event, command }) => {
        if (event != null) events += 1;
        if (command == null) return;
        const payload = { typeUrl: 'type.googleapis.com/stategate.test.Answer', value: answer(String(events)) };
        const emits = command.name === 'Run';
        if (emits) events += 1;
        const event20k = { typeUrl: 'type.googleapis.com/stategate.test.Kept', value: Buffer.alloc(20_000, 7) };
        stream.send({
          reply: { commandId: command.id ?? 0, clientAction: { reply: { payload } }, events: emits ? [event20k] : [] },
        });
      });
      stream.raw.on('end', () => stream.raw.end());
    },
  });
  {
    await using proxy = await startProxy({
      userFunctionPort: userFunction.port,
      store,
      settings: { 'store.config.maxBytes': 1_100_000 },
    });
    await proxy.ready();
    let refusal: ServiceError | undefined;
    for (let i = 0; i < 100 && refusal === undefined; i += 1) {
      await run(proxy, 'a', 'x').then(
        () => kept.push('x'),
        (error: ServiceError) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({
      code: grpcStatus.RESOURCE_EXHAUSTED,
      details: expect.stringMatching(/small\.db.*maxBytes/s),
    });
    expect(await run(proxy, 'a', '', 'Other')).toEqual({ text: String(kept.length) });
    await proxy.process.kill('SIGTERM');
  }
  expect(kept.length).toBeGreaterThan(10);
  await using proxy = await startProxy({
    userFunctionPort: userFunction.port,
    store,
    settings: { 'store.config.maxBytes': 4_000_000 },
  });
  await proxy.ready();
  expect(await run(proxy, 'a', '', 'Other')).toEqual({ text: String(kept.length) });
  expect(await run(proxy, 'a', 'one more')).toEqual({ text: String(kept.length) });
});

function answer(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);
}

async function run(proxy: ProxyProcess, id: string, text: string, method = 'Run'): Promise<unknown> {
  using client = new GrpcClient(proxy.apiPort, root, 'stategate.test.Probe');
  return await client.call(method, { id, text });
}
