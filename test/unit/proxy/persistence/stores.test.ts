import type { Driver } from '@stategate/journal-spi';
import { loadDriver } from '@stategate/proxy';
import { loadConfig } from '@stategate/proxy/config';
import { describe, expect, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { entityStores, type OpenStores, openStores } from '../../../../src/proxy/persistence/stores.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const env = { warn: () => undefined, instanceId: 'test', loadDriver };

async function open(yaml: string): Promise<OpenStores> {
  using dir = tempDir();
  const file = dir.file('stategate.yaml');
  writeFileSync(file, yaml);
  const { config } = await loadConfig({ file, env: {} });
  return openStores(config, env);
}

async function closeAll(stores: OpenStores): Promise<void> {
  for (const driver of stores.named.values()) await driver.close();
}

describe('which store keeps what', () => {
  test('everything is in the one store when nothing else is said', async () => {
    const stores = await open('store: inmemory');
    const { journal, snapshots, keyValue } = stores.of('any.Service');
    expect([snapshots, keyValue]).toEqual([journal, journal]);
    expect(stores.named.size).toBe(1);
    await closeAll(stores);
  });

  test('snapshots and values may be elsewhere, and a service may have a store of its own', async () => {
    using dir = tempDir();
    const stores = await open(`
store:
  driver: sqlite
  config: { path: ${dir.file('main.db')} }
  snapshots: quick
  keyValue: quick
stores:
  quick: inmemory
  ledger:
    driver: sqlite
    config: { path: ${dir.file('ledger.db')} }
    services: [bank.Ledger]
`);
    const product = ({ server }: Driver): string => `${server.product} ${server.location.split('/').at(-1)}`;
    const usual = stores.of('shop.Cart');
    expect([usual.journal, usual.snapshots, usual.keyValue].map(product)).toEqual([
      'SQLite main.db',
      'in-memory this process',
      'in-memory this process',
    ]);
    const own = stores.of('bank.Ledger');
    expect(new Set([own.journal, own.snapshots, own.keyValue].map(product))).toEqual(new Set(['SQLite ledger.db']));
    await closeAll(stores);
  });

  test('an entity recovers from a snapshot in one store and the events after it in another', async () => {
    using dir = tempDir();
    const stores = await open(`
store: { driver: sqlite, config: { path: ${dir.file('main.db')} }, snapshots: quick }
stores: { quick: inmemory }
`);
    const fence = { scope: 'all', epoch: 1 };
    const { log } = entityStores(stores, 'default', () => fence, 5_000)('shop.Cart');
    const stream = { namespace: 'default', persistenceId: 'cart', entityId: 'a' };
    await log.recover(stream);
    const event = (n: number) => ({ manifest: 'e', payload: Buffer.from(String(n)) });
    await log.append(stream, 0, [event(1), event(2), event(3)]);
    await log.saveSnapshot(stream, { sequenceNr: 2, manifest: 's', payload: Buffer.from('1+2') });
    const { snapshot, pages, head } = await log.recover(stream);
    expect([snapshot?.sequenceNr, head.head]).toEqual([2, 3]);
    const events = [];
    for await (const page of pages) events.push(...page.events.map(({ sequenceNr }) => sequenceNr));
    expect(events).toEqual([3]);
    // A snapshot that is ahead of the journal is of another one.
    await log.saveSnapshot(stream, { sequenceNr: 9, manifest: 's', payload: Buffer.from('?') });
    await expect(log.recover(stream)).rejects.toMatchObject({ code: 'IntegrityError' });
    await closeAll(stores);
  });

  test.each([
    [
      'store: { driver: inmemory, journal: ledger }\nstores: { quick: inmemory }',
      'store.journal names "ledger", which is not under stores: there is quick',
    ],
    [
      'store: inmemory\nstores: { a: { driver: inmemory, services: [x.Y] }, b: { driver: inmemory, services: [x.Y] } }',
      'the service x.Y is under more than one of stores',
    ],
  ])('%j is refused', async (yaml, message) => {
    await expect(open(yaml)).rejects.toThrow(message);
  });
});
