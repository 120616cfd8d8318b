// The test kit judges our model function and our proxy; the tests have its names.
import { judge, modelCases, ModelWorld, proxyCases, ProxyWorld } from '@stategate/tck';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveModel } from '../../examples/tck-model/model.ts';
import { freePort } from '../support/ports.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';

const passed = ({ suite, name }: { suite: string; name: string }) => ({
  suite,
  name,
  durationMs: expect.any(Number) as number,
  outcome: 'pass',
});

const resources = new AsyncDisposableStack();
let functionPort: number;
beforeAll(async () => {
  const running = await serveModel({ host: '127.0.0.1', port: 0 });
  resources.defer(() => running.close({ graceMs: 50 }));
  functionPort = running.port;
});
afterAll(() => resources.disposeAsync());

describe('a user function', () => {
  let world: ModelWorld;
  beforeAll(async () => {
    world = resources.use(await ModelWorld.start(`127.0.0.1:${functionPort}`, 5_000));
  });

  test.each(modelCases.map((one) => [`${one.suite}: ${one.name}`, one] as const))('%s', async (_, one) => {
    expect(await judge(world, one)).toEqual(passed(one));
  });
});

describe('a proxy', () => {
  let world: ProxyWorld;
  beforeAll(async () => {
    const apiPort = await freePort();
    world = resources.use(
      await ProxyWorld.start(
        {
          proxy: `127.0.0.1:${apiPort}`,
          userFunction: `127.0.0.1:${functionPort}`,
          listen: '127.0.0.1:0',
          waitMs: 10_000,
        },
        async (port) => void resources.use(await InProcessProxy.start(port, { 'api.port': apiPort })),
      ),
    );
  });

  test.each(proxyCases.map((one) => [`${one.suite}: ${one.name}`, one] as const))('%s', async (_, one) => {
    expect(await judge(world, one)).toEqual(passed(one));
  });
});
