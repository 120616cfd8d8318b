import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { appendRequest, errorOf, openStore, readAll, temporaryFolder } from './sqlite-support.ts';

type Acknowledged = readonly (readonly [entityId: string, first: number, last: number])[];

interface Writer {
  readonly writer: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

/** `setup` is shell, run before it in its process. */
function startWriter(path: string, setup = 'true'): Writer {
  const script = join(import.meta.dirname, 'sqlite-writer.ts');
  const command = [process.execPath, '--conditions=source', script, path];
  const writer = spawn('sh', ['-c', `${setup}; exec "$@"`, 'sh', ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  return { writer, lines: createInterface({ input: writer.stdout })[Symbol.asyncIterator]() };
}

async function kill(writer: ChildProcess): Promise<void> {
  writer.kill('SIGKILL');
  await once(writer, 'exit');
}

test('after kill -9 in the middle of a load every acknowledged event is there, none twice, and only whole appends', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const { writer, lines } = startWriter(path);
  expect((await lines.next()).value).toBe('locked');
  const acknowledged = new Map<string, number>();
  const note = (line: string) => {
    for (const [entityId, , last] of JSON.parse(line) as Acknowledged) acknowledged.set(entityId, last);
  };
  for (let group = 0; group < 50; group++) note(String((await lines.next()).value));
  await kill(writer);
  for (let line = await lines.next(); !line.done; line = await lines.next()) note(line.value);

  const driver = await openStore({ path });
  expect(acknowledged.size).toBe(40);
  for (const [entityId, last] of acknowledged) {
    const events = await readAll(driver, entityId);
    expect(events.length).toBeGreaterThanOrEqual(last);
    const appends = Map.groupBy(events, ({ payload }) => String(JSON.parse(Buffer.from(payload).toString())[0]));
    for (const append of appends.values()) {
      const places = append.map(({ payload }) => JSON.parse(Buffer.from(payload).toString()).slice(1));
      expect(places).toEqual(append.map((_, index) => [index, append.length]));
    }
    const next = await driver.journal.append(appendRequest(entityId, events.length, 'after the crash'), {});
    expect(next.lastSequenceNr).toBe(events.length + 1);
  }
});

test('a second proxy on the same file is refused with a sentence, until the first is gone, however it ends', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const { writer, lines } = startWriter(path);
  expect((await lines.next()).value).toBe('locked');

  const driver = await openStore({ path });
  const refusal = await errorOf(Promise.resolve(driver.lock?.acquire()));
  expect(refusal.code).toBe('StoreUnavailable');
  expect(refusal.message).toBe(
    `another proxy (process ${writer.pid}, instance writer) uses ${path}: stop it, or give this one a file of its own in store.config.path`,
  );

  await kill(writer);
  const held = await driver.lock?.acquire();
  const second = await openStore({ path });
  expect((await errorOf(Promise.resolve(second.lock?.acquire()))).message).toContain(`process ${process.pid}`);
  await held?.release();
  await second.lock?.acquire();
});

test('a commit that the disk fails is ambiguous for its whole group, and nothing acknowledged is lost', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const { writer, lines } = startWriter(path, 'ulimit -f 2000');
  expect((await lines.next()).value).toBe('locked');
  const exited = once(writer, 'exit');
  const groups: unknown[][] = [];
  for (let line = await lines.next(); !line.done; line = await lines.next()) groups.push(JSON.parse(line.value));
  await exited;
  expect(groups.pop()).toEqual(Array.from({ length: 40 }, () => 'AmbiguousWrite'));
  expect(groups.length).toBeGreaterThan(0);

  const driver = await openStore({ path });
  for (const [entityId, , last] of groups.at(-1) as unknown as Acknowledged) {
    expect((await readAll(driver, entityId)).length).toBeGreaterThanOrEqual(last);
  }
});
