import { expect, test } from 'vitest';
import { openStore, ownServer } from './redis-support.ts';
import { errorOf } from './support.ts';

test('what the server promises follows from its live settings, and less than the disk is told', async (context) => {
  const { server, client } = await ownServer(context);
  const { url } = server;
  const expectDurability = async (durability: string, warnings: number) => {
    const told: string[] = [];
    const driver = await openStore({ url }, { warn: (message) => void told.push(message) });
    expect(driver.capabilities.durability).toBe(durability);
    expect(driver.capabilities.ackLossOnFailover).toBe(true);
    expect(told).toHaveLength(warnings);
  };
  await expectDurability('disk', 0);
  await client.config('SET', 'no-appendfsync-on-rewrite', 'yes');
  await expectDurability('os-buffered', 1);
  await client.config('SET', 'no-appendfsync-on-rewrite', 'no', 'appendfsync', 'everysec');
  await expectDurability('os-buffered', 1);
  const weak = await errorOf(openStore({ url, durability: 'disk' }));
  expect(weak.code).toBe('ConfigError');
  expect(weak.message).toMatch(/os-buffered.*store\.config\.durability.*CONFIG SET.*appendfsync always/);
  await client.config('SET', 'appendonly', 'no');
  await expectDurability('none', 1);
});

test('where the settings are hidden the configuration must say what the server promises', async (context) => {
  const { server, client } = await ownServer(context);
  await client.acl('SETUSER', 'proxy', 'on', '>secret-word', '~*', '+@all', '-config', '-acl');
  const config = { url: server.url, username: 'proxy', password: 'secret-word' };
  const hidden = await errorOf(openStore(config));
  expect([hidden.code, hidden.message]).toEqual(['ConfigError', expect.stringContaining('store.config.durability')]);
  const driver = await openStore({ ...config, durability: 'disk' });
  expect(driver.capabilities.durability).toBe('disk');
});

test('a server that may remove events is refused, with the setting and the way out', async (context) => {
  const { server } = await ownServer(context, { 'maxmemory-policy': 'allkeys-lru' });
  const refused = await errorOf(openStore({ url: server.url }));
  expect(refused.code).toBe('ConfigError');
  expect(refused.message).toMatch(/maxmemory-policy is allkeys-lru.*CONFIG SET maxmemory-policy noeviction/);
});

test('a replica and a node of a cluster are refused; a replica may be looked into', async (context) => {
  const { server, client } = await ownServer(context);
  await client.call('REPLICAOF', '127.0.0.1', '1');
  const replica = await errorOf(openStore({ url: server.url }));
  expect([replica.code, replica.message]).toEqual(['ConfigError', expect.stringContaining('replica of 127.0.0.1:1')]);
  const reader = await openStore({ url: server.url }, { readOnly: true });
  expect((await reader.journal.head({ namespace: 'n', persistenceId: 'p', entityId: 'e' }, {})).exists).toBe(false);

  const cluster = await ownServer(context, { 'cluster-enabled': 'yes' });
  const node = await errorOf(openStore({ url: cluster.server.url }));
  expect([node.code, node.message]).toEqual(['ConfigError', expect.stringContaining('node of a cluster')]);
});

test('Z-15: a wrong password and a wrong address are told by name, and no secret is', async (context) => {
  const { server, client } = await ownServer(context);
  await client.config('SET', 'requirepass', 'right-word');
  const missing = await errorOf(openStore({ url: server.url }));
  expect([missing.code, missing.message]).toEqual(['AuthError', expect.stringContaining('store.config.password')]);
  const secret = server.url.replace('redis://', 'redis://:wrong-word@');
  for (const config of [{ url: server.url, password: 'wrong-word' }, { url: secret }]) {
    const wrong = await errorOf(openStore(config));
    expect(wrong.code).toBe('AuthError');
    expect(`${wrong.message} ${JSON.stringify(wrong)}`).not.toContain('wrong-word');
  }
  const driver = await openStore({ url: server.url.replace('redis://', 'redis://:right-word@') });
  expect(driver.server.location).not.toContain('right-word');

  const started = performance.now();
  const nobody = await errorOf(openStore({ url: 'redis://127.0.0.1:1', connectTimeoutMs: 1000 }));
  expect([nobody.code, nobody.message]).toEqual([
    'StoreUnavailable',
    expect.stringMatching(/127\.0\.0\.1:1 .*store\.config\.url/),
  ]);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('wrong configuration is told with its key', async () => {
  for (const [config, key] of [
    [{ url: 'http://host' }, 'url'],
    [{ url: 'redis://host/db' }, 'url'],
    [{ keyPrefix: 'a{b}' }, 'keyPrefix'],
    [{ durability: 'quorum' }, 'durability'],
    [{ feedMaxAppends: 10 }, 'feedMaxAppends'],
  ] as const) {
    const error = await errorOf(openStore(config));
    expect([error.code, error.message]).toEqual(['ConfigError', expect.stringContaining(`${key}: `)]);
  }
});
