import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { explainConfig, type LoadedConfig, loadConfig, printConfig } from '@stategate/proxy/config';

const STORE =
  '{driver: postgres, config: {url: "postgres://shop:secret-1@db/shop", password: secret-2, tls: {key: secret-3}, token: {fromEnv: TOKEN}, pool: 3}}';

let folder: string;
let loaded: LoadedConfig;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stategate-explain-'));
  await writeFile(join(folder, 'a.yaml'), `entities:\n  relayTimeout: 5s\nstore: ${STORE}\n`);
  loaded = await loadConfig({ file: join(folder, 'a.yaml'), env: { HTTP_PORT: '9001', TOKEN: 'secret-4' } });
});
afterAll(() => rm(folder, { recursive: true }));

test('each value is printed with its origin, in columns', () => {
  const lines = explainConfig(loaded, ['password', 'tls']).replaceAll(`${folder}/`, '').trimEnd().split('\n');
  expect(new Set(lines.map((line) => line.lastIndexOf('   ('))).size).toBe(1);
  expect(lines.map((line) => line.replace(/ +\(/, ' ('))).toEqual(
    expect.arrayContaining([
      'api.port = 9001 (env HTTP_PORT)',
      'entities.relayTimeout = 5s (file a.yaml:2)',
      'log.level = info (default)',
      'store.config.url = postgres://shop:***@db/shop (file a.yaml:3)',
      'store.config.token = {"fromEnv":"TOKEN"} (file a.yaml:3)',
      'store.config.tls.key = *** (file a.yaml:3)',
    ]),
  );
});

test('no secret is printed', async () => {
  for (const secrets of [['password', 'tls'], ['password', 'tls.key', 'url'], 'all'] as const) {
    expect(explainConfig(loaded, secrets)).not.toContain('secret-');
    expect(await printConfig(loaded, secrets)).not.toContain('secret-');
  }
});

test('without its driver no setting of a store is printed', () => {
  expect(explainConfig(loaded, 'all')).toContain('store.config.pool = ***');
});

test('what is printed as YAML gives the same configuration', async () => {
  const { config } = loaded;
  await writeFile(join(folder, 'b.yaml'), await printConfig(loaded, []));
  const again = await loadConfig({ file: join(folder, 'b.yaml'), env: { TOKEN: 'secret-4' } });
  expect({ ...again.config, store: { ...again.config.store, config: undefined } }).toEqual({
    ...config,
    store: { ...config.store, config: undefined },
  });
  expect(again.config.store.config).toEqual({ ...config.store.config, url: 'postgres://shop:***@db/shop' });
});
