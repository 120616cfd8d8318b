import { describe, expect, test } from 'vitest';
import { ROOT, startNode } from '../../support/process.ts';

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | string; output: string }> {
  await using started = startNode([`${ROOT}/src/cli/main.ts`, ...args], { env });
  return { code: await started.exited, output: started.output };
}

describe('stategate config', () => {
  test('--explain names the origin of each value', async () => {
    const { code, output } = await run(
      ['config', '--explain', '--admin-port', '1', '--set', 'entities.stashMax=2', '--function', '[::1]:81'],
      { HTTP_PORT: '9100' },
    );
    expect(code).toBe(0);
    expect(output).toMatch(/^api\.port = 9100 +\(env HTTP_PORT\)$/m);
    expect(output).toMatch(/^admin\.port = 1 +\(flag --admin-port\)$/m);
    expect(output).toMatch(/^entities\.stashMax = 2 +\(flag --set entities\.stashMax\)$/m);
    expect(output).toMatch(/^userFunction\.host = ::1 +\(flag --function\)$/m);
    expect(output).toMatch(/^userFunction\.port = 81 +\(flag --function\)$/m);
  });

  test('hides all settings of a driver that is not installed', async () => {
    const { output } = await run(['config', '--store', 'nosuchstore', '--set', 'store.config.password=hush']);
    expect(output).toContain('password: "***"');
    expect(output).not.toContain('hush');
  });
});

describe('what is wrong is said in a line, without a stack', () => {
  test.each([
    [
      ['config', '--set', 'api.prot=1'],
      'stategate: flag --set api.prot: unknown key "api.prot", the nearest is "api.port"\n',
    ],
    [['config', '--port', 'http'], 'stategate: flag --port: "api.port" expects a port, 0 … 65535, got "http"\n'],
    [['config', '--function', 'nowhere'], 'stategate: --function nowhere: write it as HOST:PORT\n'],
    [['config', '--set', 'api.port'], 'stategate: --set api.port: write it as --set KEY=VALUE\n'],
    [
      ['serve', '--store', 'nosuchstore'],
      'stategate: the driver "nosuchstore" is not installed: npm i @stategate/driver-nosuchstore\n',
    ],
    [['sevre'], "error: unknown command 'sevre'\n(Did you mean serve?)\n"],
    [['serve', '--prot', '1'], "error: unknown option '--prot'\n(Did you mean --port?)\n"],
    [['store', 'events', 'cart'], "error: missing required argument 'entityId'\n"],
  ])('%j', async (args, message) => {
    const { code, output } = await run(args);
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
  });

  test('but --debug shows where it comes from', async () => {
    expect((await run(['config', '--debug', '--set', 'api.port'])).output).toContain('    at ');
  });
});

test('--version is that of the package', async () => {
  const { default: manifest } = (await import('../../../src/cli/package.json', { with: { type: 'json' } })) as {
    default: { version: string };
  };
  expect((await run(['--version'])).output).toBe(`${manifest.version}\n`);
});
