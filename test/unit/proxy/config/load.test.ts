import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONFIG_KEYS, ConfigError, type ConfigSources, formatOrigin, loadConfig } from '@stategate/proxy/config';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stategate-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function yaml(text: string): Promise<string> {
  const file = join(folder, 'stategate.yaml');
  await writeFile(file, text);
  return file;
}

/** The problems of a configuration that must be refused, with the file's path left out. */
async function problemsOf(sources: ConfigSources): Promise<readonly string[]> {
  const error: unknown = await loadConfig(sources).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConfigError)) throw new Error(`expected a ConfigError, got ${String(error)}`);
  return error.problems.map((problem) => problem.replaceAll(`${folder}/`, ''));
}

describe('the defaults', () => {
  test('are a complete configuration', async () => {
    const { config, warnings } = await loadConfig({ env: {} });
    expect(config).toEqual({
      api: {
        host: '0.0.0.0',
        port: 9000,
        maxMessageBytes: 12 * 2 ** 20,
        compression: 'auto',
        tls: {},
        cors: { origins: [], credentials: false },
      },
      userFunction: {
        host: '127.0.0.1',
        port: 8080,
        commandTimeoutMs: 30_000,
        closeGraceMs: 5_000,
        protocolCheck: true,
        onChange: 'exit',
      },
      entities: {
        relayTimeoutMs: 60_000,
        passivationTimeoutMs: 30_000,
        maxHeap: 0.7,
        stashMax: 1_000,
        stashMaxBytes: 64 * 2 ** 20,
        forwardMax: 16,
        effectsMax: 1_000,
      },
      eventing: { maxTries: 10, retryMinMs: 3_000, retryMaxMs: 30_000, parkedMax: 100 },
      snapshots: { policy: 'auto' },
      store: { driver: 'sqlite', config: {}, namespace: 'default' },
      stores: {},
      admin: { host: '0.0.0.0', port: 8558 },
      metrics: { enabled: true, host: '0.0.0.0', port: 9090 },
      traces: { ratio: 1, serviceName: 'stategate' },
      log: { level: 'info' },
      shutdown: { drainMs: 10_000 },
    });
    expect(warnings).toEqual([]);
  });

  test('every key says what it means and has a name in the environment', () => {
    expect(CONFIG_KEYS.filter(({ meaning }) => meaning === '')).toEqual([]);
    expect(CONFIG_KEYS.find(({ path }) => path === 'userFunction.commandTimeout')?.env).toEqual([
      'STATEGATE_USER_FUNCTION_COMMAND_TIMEOUT',
    ]);
    expect(CONFIG_KEYS.find(({ path }) => path === 'api.port')?.env).toEqual(['STATEGATE_API_PORT', 'HTTP_PORT']);
  });

  test('a command may bring its own, below everything else', async () => {
    const defaults = { store: 'sqlite:./a.db', 'api.port': 1 };
    expect((await loadConfig({ defaults, env: {} })).config).toMatchObject({
      store: { driver: 'sqlite', short: './a.db' },
      api: { port: 1 },
    });
    expect((await loadConfig({ defaults, env: { HTTP_PORT: '2' } })).config.api.port).toBe(2);
  });
});

describe('the order of the sources', () => {
  test('file, then environment, then flags, each value with its origin', async () => {
    const file = await yaml('api:\n  port: 1\nadmin:\n  port: 1\nmetrics:\n  port: 1\n');
    const { config, settings } = await loadConfig({
      file,
      env: { STATEGATE_ADMIN_PORT: '2', METRICS_PORT: '2' },
      flags: [{ flag: '--metrics-port', path: 'metrics.port', value: '3' }],
    });
    expect([config.api.port, config.admin.port, config.metrics.port]).toEqual([1, 2, 3]);
    const origins = new Map(settings.map(({ path, origin }) => [path, formatOrigin(origin)]));
    expect(origins.get('api.port')).toBe(`file ${file}:2`);
    expect(origins.get('admin.port')).toBe('env STATEGATE_ADMIN_PORT');
    expect(origins.get('metrics.port')).toBe('flag --metrics-port');
    expect(origins.get('log.level')).toBe('default');
  });

  test.each([
    ['HTTP_PORT', '9100', { api: { port: 9100 } }],
    ['USER_FUNCTION_HOST', 'function', { userFunction: { host: 'function' } }],
    ['USER_FUNCTION_PORT', '8081', { userFunction: { port: 8081 } }],
    ['METRICS_HOST', '::', { metrics: { host: '::' } }],
    ['METRICS_PORT', '9091', { metrics: { port: 9091 } }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318', { traces: { endpoint: 'http://collector:4318' } }],
    ['STATEGATE_TRACES_RATIO', '0.25', { traces: { ratio: 0.25 } }],
    ['STATEGATE_ENTITIES_STASH_MAX_BYTES', '1MiB', { entities: { stashMaxBytes: 2 ** 20 } }],
    ['STATEGATE_USER_FUNCTION_COMMAND_TIMEOUT', '2s', { userFunction: { commandTimeoutMs: 2_000 } }],
    ['STATEGATE_API_CORS_ORIGINS', 'https://a, https://b', { api: { cors: { origins: ['https://a', 'https://b'] } } }],
    ['STATEGATE_API_CORS_ORIGINS', '', { api: { cors: { origins: [] } } }],
    ['STATEGATE_USER_FUNCTION_PROTOCOL_CHECK', 'false', { userFunction: { protocolCheck: false } }],
    ['STATEGATE_STORE', 'sqlite:./x.db', { store: { driver: 'sqlite', short: './x.db' } }],
    ['STATEGATE_STORE_CONFIG', '{"path": "x.db", "maxBytes": 5}', { store: { config: { path: 'x.db', maxBytes: 5 } } }],
    ['HTTP_PORT', '', { api: { port: 9000 } }],
  ])('%s=%s is understood', async (name, value, expected) => {
    expect((await loadConfig({ env: { [name]: value } })).config).toMatchObject(expected);
  });

  test('our own name wins over the alias', async () => {
    expect((await loadConfig({ env: { HTTP_PORT: '1', STATEGATE_API_PORT: '2' } })).config.api.port).toBe(2);
  });

  test('a mistyped variable is reported, a foreign one is not', async () => {
    const { warnings } = await loadConfig({ env: { STATEGATE_API_PROT: '1', STATEGATE_TEST_REDIS_URL: 'x' } });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(
      'STATEGATE_API_PROT is not known and has no effect; did you mean STATEGATE_API_PORT?',
    );
  });
});

describe('the store', () => {
  test.each([
    ['sqlite:./file.db', { driver: 'sqlite', short: './file.db' }],
    ['inmemory', { driver: 'inmemory' }],
    ['postgres://u@h/db', { driver: 'postgres', short: '//u@h/db' }],
    ['./my-driver.mjs', { driver: './my-driver.mjs' }],
  ])('"%s" is a short form', async (short, expected) => {
    const { config } = await loadConfig({ file: await yaml(`store: ${short}\n`), env: {} });
    expect(config.store).toEqual({ ...expected, config: {}, namespace: 'default' });
  });

  test('that a stronger source names takes over no settings of the other one, but the namespace', async () => {
    const file = await yaml('store:\n  driver: postgres\n  namespace: shop\n  config: {url: x, pool: {max: 3}}\n');
    const { config } = await loadConfig({
      file,
      env: {},
      flags: [{ flag: '--store', path: 'store', value: 'inmemory' }],
    });
    expect(config.store).toEqual({ driver: 'inmemory', config: {}, namespace: 'shop' });
  });

  test('that a stronger source names once more keeps its settings, but beside a short form', async () => {
    const file = await yaml('store:\n  driver: sqlite\n  config: {path: x.db}\n');
    const flags = (value: string) => [{ flag: '--store', path: 'store', value }];
    const same = await loadConfig({ file, env: {}, flags: flags('sqlite') });
    expect(same.config.store).toMatchObject({ driver: 'sqlite', config: { path: 'x.db' } });
    const short = await loadConfig({ file, env: {}, flags: flags('sqlite:y.db') });
    expect(short.config.store).toMatchObject({ driver: 'sqlite', short: 'y.db', config: {} });
  });

  test('has settings that are overridden one by one', async () => {
    const file = await yaml('store:\n  config: {path: x.db, maxBytes: 3}\n');
    const { config } = await loadConfig({
      file,
      env: {},
      flags: [{ flag: '--set', path: 'store.config.maxBytes', value: '4' }],
    });
    expect(config.store.config).toEqual({ path: 'x.db', maxBytes: 4 });
  });

  test('takes secrets from files and the environment, at any depth', async () => {
    await writeFile(join(folder, 'key'), 'from a file\n');
    const file = await yaml(
      `store:\n  config:\n    password: {fromEnv: PGPASSWORD}\n    tls: {key: {fromFile: ${folder}/key}}\n`,
    );
    const { config } = await loadConfig({ file, env: { PGPASSWORD: 'from the environment' } });
    expect(config.store.config).toEqual({ password: 'from the environment', tls: { key: 'from a file' } });
  });

  test('names the secret that is missing', async () => {
    const file = await yaml(
      `store:\n  config:\n    password: {fromEnv: PGPASSWORD}\n    key: {fromFile: ${folder}/none}\n`,
    );
    expect(await problemsOf({ file, env: {} })).toEqual([
      'file stategate.yaml:3: "store.config.password": the environment variable PGPASSWORD is not set',
      'file stategate.yaml:4: "store.config.key": cannot read none: ENOENT',
    ]);
  });

  test('has keys that cannot reach the prototype of objects', async () => {
    const file = await yaml('store:\n  config: {__proto__: {polluted: true}}\n');
    await loadConfig({ file, env: {} });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('what is refused', () => {
  test.each([
    ['an unknown key', 'api:\n  prot: 1\n', 'file stategate.yaml:2: unknown key "api.prot", the nearest is "api.port"'],
    [
      'a key in the wrong place',
      'relayTimeout: 5s\n',
      'file stategate.yaml:1: unknown key "relayTimeout", the nearest is "entities.relayTimeout"',
    ],
    [
      'a key with its unit',
      '\nentities: {relayTimeoutMs: 5}\n',
      'file stategate.yaml:2: unknown key "entities.relayTimeoutMs", the nearest is "entities.relayTimeout"',
    ],
    [
      'an unknown key of a section inside a section',
      'api:\n  tls:\n    crt: a.pem\n',
      'file stategate.yaml:3: unknown key "api.tls.crt", the nearest is "api.tls.cert"',
    ],
    ['a certificate without its key', 'api: {tls: {cert: a}}\n', 'api.tls.key: the key of "api.tls.cert" is missing'],
    [
      'clients to be checked without TLS',
      'api: {tls: {ca: a}}\n',
      'api.tls.cert: "api.tls.ca" needs "api.tls.cert" and "api.tls.key"',
    ],
    [
      'cookies from everywhere',
      'api: {cors: {origins: "*", credentials: true}}\n',
      'file stategate.yaml:1: "api.cors.credentials" expects false, or origins by their names: with * any page could act for its visitor, got true',
    ],
    ['an unknown section', 'http: {port: 1}\n', 'file stategate.yaml:1: unknown key "http", the nearest is "api"'],
    ['a value for a section', 'api: 5\n', 'file stategate.yaml:1: "api" expects keys below it'],
    [
      'keys below a value',
      'api: {port: {a: 1}}\n',
      'file stategate.yaml:1: "api.port" expects a port, 0 … 65535, got {"a":1}',
    ],
    [
      'a text for a port',
      'api:\n  port: http\n',
      'file stategate.yaml:2: "api.port" expects a port, 0 … 65535, got "http"',
    ],
    [
      'a port out of range',
      'api: {port: 65536}\n',
      'file stategate.yaml:1: "api.port" expects a port, 0 … 65535, got 65536',
    ],
    [
      'a number for a host',
      'api: {host: 127}\n',
      'file stategate.yaml:1: "api.host" expects a host name or an address, got 127',
    ],
    [
      'a duration that no timer can hold',
      'entities: {relayTimeout: 25d}\n',
      'file stategate.yaml:1: "entities.relayTimeout" expects a duration such as 500ms, 30s or 1m, above 0 and below 24 days, got "25d"',
    ],
    [
      'a size without sense',
      'api: {maxMessageBytes: 12Mb}\n',
      'file stategate.yaml:1: "api.maxMessageBytes" expects a size such as 64KiB or 12MiB, above 0, got "12Mb"',
    ],
    [
      'a boolean of another language',
      'userFunction: {protocolCheck: yes}\n',
      'file stategate.yaml:1: "userFunction.protocolCheck" expects true or false, got "yes"',
    ],
    [
      'a part that is more than the whole',
      'traces: {ratio: 1.5}\n',
      'file stategate.yaml:1: "traces.ratio" expects a number from 0 to 1, got 1.5',
    ],
    [
      'an address that is none',
      'traces: {endpoint: "collector:4318"}\n',
      'file stategate.yaml:1: "traces.endpoint" expects an address such as http://127.0.0.1:4318, got "collector:4318"',
    ],
    [
      'an unknown choice',
      'userFunction: {onChange: restart}\n',
      'file stategate.yaml:1: "userFunction.onChange" expects one of exit, reload, got "restart"',
    ],
    [
      'settings of the driver that are no keys',
      'store: {config: 5}\n',
      'file stategate.yaml:1: "store.config" expects the keys of the driver',
    ],
    ['a key given twice', 'api: {port: 1}\napi.port: 2\n', 'file stategate.yaml:2: "api.port" is given twice'],
    ['an alias', 'api: &a {port: 1}\nadmin: *a\n', 'file stategate.yaml:2: aliases are not allowed here'],
    ['a list', '- api\n', 'file stategate.yaml:1: expected keys and values, such as "api: {port: 9000}"'],
  ])('%s', async (_, text, problem) => {
    expect(await problemsOf({ file: await yaml(text), env: {} })).toEqual([problem]);
  });

  test('broken YAML, with the line', async () => {
    expect((await problemsOf({ file: await yaml('api:\n  port: [1\n'), env: {} }))[0]).toMatch(
      /^file stategate.yaml:[23]: /,
    );
  });

  test('everything wrong at once, in the environment and in flags too', async () => {
    const problems = await problemsOf({
      file: await yaml('api: {prot: 1}\n'),
      env: { HTTP_PORT: 'x', STATEGATE_STORE_CONFIG: '{' },
      flags: [{ flag: '--set', path: 'api.hots', value: 'x' }],
    });
    expect(problems).toEqual([
      'file stategate.yaml:1: unknown key "api.prot", the nearest is "api.port"',
      'env STATEGATE_STORE_CONFIG: "store.config" expects a value as in YAML or JSON',
      'flag --set: unknown key "api.hots", the nearest is "api.host"',
      'env HTTP_PORT: "api.port" expects a port, 0 … 65535, got "x"',
    ]);
  });

  test('a file that is not there', async () => {
    expect((await problemsOf({ file: join(folder, 'none.yaml'), env: {} }))[0]).toMatch(
      /^cannot read the configuration file none.yaml: .*ENOENT/,
    );
  });

  test('but an empty file and empty sections say nothing', async () => {
    expect((await loadConfig({ file: await yaml('# nothing\n'), env: {} })).config.api.port).toBe(9000);
    expect((await loadConfig({ file: await yaml('api:\n'), env: {} })).config.api.port).toBe(9000);
  });
});

test('the variables of the reference proxy for its databases apply to the driver that they are meant for', async () => {
  const env = { POSTGRES_SERVICE: 'db', POSTGRES_PORT: '5433', POSTGRES_PASSWORD: 's3cret', CASSANDRA_KEYSPACE: 'k' };
  const storeConfig = async (more: object): Promise<unknown> =>
    (await loadConfig({ env: { ...env, ...more } })).config.store.config;
  expect(await storeConfig({ STATEGATE_STORE: 'postgres' })).toEqual({ host: 'db', port: 5433, password: 's3cret' });
  const ours = { STATEGATE_STORE: 'postgres', STATEGATE_STORE_CONFIG: '{"host": "ours"}' };
  expect(await storeConfig(ours)).toEqual({ host: 'ours', port: 5433, password: 's3cret' });
  expect(await storeConfig({})).toEqual({});
});
