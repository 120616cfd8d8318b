import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killWriter, startWriter } from '../../drivers/writer-process.ts';
import type { Acknowledged } from '../../drivers/writer-process.ts';
import { errorOf, openStore, readAll, temporaryFolder } from './sqlite-support.ts';

test('a second proxy on the same file is refused with a sentence, until the first is gone, however it ends', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const { writer, lines } = startWriter('sqlite', { path });
  expect((await lines.next()).value).toBe('locked');

  const driver = await openStore({ path });
  const refusal = await errorOf(Promise.resolve(driver.lock?.acquire()));
  expect(refusal.code).toBe('StoreUnavailable');
  expect(refusal.message).toBe(
    `another proxy (process ${writer.pid}, instance writer) uses ${path}: stop it, or give this one a file of its own in store.config.path`,
  );

  await killWriter(writer);
  const held = await driver.lock?.acquire();
  const second = await openStore({ path });
  expect((await errorOf(Promise.resolve(second.lock?.acquire()))).message).toContain(`process ${process.pid}`);
  await held?.release();
  await second.lock?.acquire();
});

test('Z-11: a commit that the disk fails is ambiguous for its whole group, and nothing acknowledged is lost', async () => {
  const path = join(temporaryFolder(), 'store.db');
  const { writer, lines } = startWriter('sqlite', { path }, 'ulimit -f 2000');
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
