import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { containerImage, dockerAnswers } from '../../support/containers.ts';
import { startServer } from '../../support/servers.ts';
import { chooseServer, type ServerProbes } from '../../support/servers/choose.ts';
import { SERVER_NAMES } from '../../support/servers/recipe.ts';
import { tempDir } from '../../support/temp-dir.ts';

const EVERYTHING: ServerProbes<string> = {
  env: { STATEGATE_TEST_REDIS_URL: 'redis://elsewhere' },
  containerImage: (name) => `${name}:1`,
  dockerAnswers: async () => true,
  findInstalled: async (name) => `installed ${name}`,
};

describe('the choice of a server', () => {
  test('an address in the environment comes first, and nothing else is asked', async () => {
    const asked: string[] = [];
    const choice = await chooseServer('redis', false, {
      ...EVERYTHING,
      dockerAnswers: async () => asked.push('docker') > 0,
      findInstalled: async (name) => (asked.push(name), 'installed'),
    });
    expect(choice).toEqual({ from: 'environment', url: 'redis://elsewhere', kind: 'real' });
    expect(asked).toEqual([]);
  });

  test('its address is that of this server, not of another one', async () => {
    expect(await chooseServer('postgres', false, EVERYTHING)).toEqual({ from: 'container', image: 'postgres:1' });
  });

  test('whoever gives an address may say that an emulator is behind it', async () => {
    const env = { ...EVERYTHING.env, STATEGATE_TEST_REDIS_KIND: 'emulated' };
    expect(await chooseServer('redis', false, { ...EVERYTHING, env })).toMatchObject({ kind: 'emulated' });
    const wrong = { ...EVERYTHING.env, STATEGATE_TEST_REDIS_KIND: 'fake' };
    await expect(chooseServer('redis', false, { ...EVERYTHING, env: wrong })).rejects.toThrow(
      'STATEGATE_TEST_REDIS_KIND must be real or emulated, not "fake"',
    );
  });

  test('a test that stops its server does not get the one of the environment', async () => {
    expect(await chooseServer('redis', true, EVERYTHING)).toEqual({ from: 'container', image: 'redis:1' });
  });

  test.each([
    ['no engine answers', { dockerAnswers: async () => false }],
    ['there is no image', { containerImage: () => undefined }],
    ['Docker is switched off', { env: { STATEGATE_TEST_DOCKER: 'off' } }],
  ])('installed, when %s', async (_, change) => {
    const choice = await chooseServer('redis', false, { ...EVERYTHING, env: {}, ...change });
    expect(choice).toEqual({ from: 'installed', installed: 'installed redis' });
  });

  test('nowhere, with the reason and the way out', async () => {
    const nothing = { ...EVERYTHING, env: {}, dockerAnswers: async () => false, findInstalled: async () => undefined };
    expect(await chooseServer('redis', false, nothing)).toEqual({
      from: 'nowhere',
      reason:
        'no redis server: STATEGATE_TEST_REDIS_URL is not set, no container could be used, none is installed (npm run test:install redis)',
    });
    expect(await chooseServer('redis', true, nothing)).toMatchObject({
      reason: expect.stringContaining('this test needs one of its own'),
    });
  });
});

describe('containers', () => {
  test('each server has one image with an exact version, but DynamoDB and etcd none', () => {
    const images = Object.fromEntries(SERVER_NAMES.map((name) => [name, containerImage(name)]));
    expect(images).toEqual({
      postgres: 'postgres:17.5',
      redis: 'redis:7.4.2',
      cassandra: 'cassandra:5.0.4',
      mongodb: 'mongo:8.0.4',
      dynamodb: undefined,
      etcd: undefined,
    });
  });

  describe('the look for an engine', () => {
    afterEach(() => void vi.unstubAllEnvs());

    test('one that answers its ping', async () => {
      using dir = tempDir();
      const asked: string[] = [];
      const engine = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end('OK');
      });
      await new Promise<void>((resolve) => engine.listen(dir.file('engine.sock'), resolve));
      vi.stubEnv('DOCKER_HOST', `unix://${dir.file('engine.sock')}`);
      expect(await dockerAnswers()).toBe(true);
      expect(asked).toEqual(['/_ping']);
      engine.close();
    });

    test('one that is not there', async () => {
      using dir = tempDir();
      vi.stubEnv('DOCKER_HOST', `unix://${dir.file('engine.sock')}`);
      expect(existsSync(dir.file('engine.sock'))).toBe(false);
      expect(await dockerAnswers()).toBe(false);
    });

    test('one that says nothing', { timeout: 10_000 }, async () => {
      using dir = tempDir();
      const engine = createServer(() => {});
      await new Promise<void>((resolve) => engine.listen(dir.file('engine.sock'), resolve));
      vi.stubEnv('DOCKER_HOST', `unix://${dir.file('engine.sock')}`);
      expect(await dockerAnswers()).toBe(false);
      engine.close();
    });
  });
});

describe('a server of the environment', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test('is used as it is and not stopped', async () => {
    vi.stubEnv('STATEGATE_TEST_REDIS_URL', 'redis://elsewhere:6379');
    const server = await startServer('redis');
    if ('missing' in server) throw new Error(server.missing);
    expect(server).toMatchObject({ url: 'redis://elsewhere:6379', kind: 'real', pid: undefined });
    await expect(server.kill9()).rejects.toThrow('STATEGATE_TEST_REDIS_URL is not ours to stop');
    await server.stop();
  });
});
