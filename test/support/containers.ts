import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { StartedTestContainer } from 'testcontainers';
import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';
import { isReady } from './servers/ready.ts';
import { postgresArgs } from './servers/postgres.ts';
import type { ServerName, ServerSettings, TestServer } from './servers/recipe.ts';
import { redisArgs } from './servers/redis.ts';
import { urlOf } from './servers/urls.ts';

const PING_MS = 1_000;
/** With the time that it takes to fetch an image. */
const START_MS = 300_000;
const READY_MS = 120_000;
const LOG_LINES = 200;

interface ContainerRecipe {
  readonly image: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  command(settings: ServerSettings): string[];
  /** What is to be run inside it once. */
  initiate?(settings: ServerSettings): string[] | undefined;
}

/** etcd is not here: only the driver of another party needs it. DynamoDB Local is not here: its licence asks its user for an agreement, so that nobody runs it without knowing. */
const CONTAINERS: Readonly<Partial<Record<ServerName, ContainerRecipe>>> = {
  postgres: {
    image: 'postgres:17.5',
    port: 5432,
    env: { POSTGRES_USER: 'stategate', POSTGRES_DB: 'postgres', POSTGRES_HOST_AUTH_METHOD: 'trust' },
    command: (settings) => ['postgres', ...postgresArgs(settings)],
  },
  redis: {
    image: 'redis:7.4.2',
    port: 6379,
    command: (settings) => ['redis-server', ...redisArgs({ bind: '0.0.0.0', 'protected-mode': 'no', ...settings })],
  },
  cassandra: {
    image: 'cassandra:5.0.4',
    port: 9042,
    env: {
      MAX_HEAP_SIZE: '512M',
      HEAP_NEWSIZE: '128M',
      JVM_EXTRA_OPTS: '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    },
    command: cassandraCommand,
  },
  mongodb: {
    image: 'mongo:8.0.4',
    port: 27017,
    command: mongodbCommand,
    initiate: ({ standalone }) =>
      standalone === undefined
        ? ['mongosh', '--quiet', '--eval', 'rs.initiate({_id: "test", members: [{_id: 0, host: "127.0.0.1:27017"}]})']
        : undefined,
  },
};

/** The image for a server; undefined where there is none that anybody may use without asking. */
export function containerImage(name: ServerName): string | undefined {
  return CONTAINERS[name]?.image;
}

/** The image's own settings acknowledge before anything is on the disk. */
function cassandraCommand(settings: ServerSettings): string[] {
  const file = '/etc/cassandra/cassandra.yaml';
  const all = { commitlog_sync: 'batch', ...settings };
  const edits = ['commitlog_sync_period', ...Object.keys(all)].map((name) => `sed -i '/^${name}:/d' ${file}`);
  const lines = Object.entries(all).map(([name, value]) => `echo '${name}: ${value}' >> ${file}`);
  return ['bash', '-c', [...edits, ...lines, 'exec docker-entrypoint.sh cassandra -f'].join(' && ')];
}

/** Our settings are the flags of another server: the two that this one has in other words. */
function mongodbCommand(settings: ServerSettings): string[] {
  const command = ['mongod', '--bind_ip_all'];
  for (const name of Object.keys(settings)) {
    if (name === 'enable-test-commands') command.push('--setParameter', 'enableTestCommands=1');
    else if (name !== 'standalone') throw new Error(`a MongoDB container has no setting ${name}`);
  }
  return settings['standalone'] === undefined ? [...command, '--replSet', 'test'] : command;
}

/** Whether a Docker engine of this machine answers. One elsewhere is not asked: its servers would not be on 127.0.0.1. */
export async function dockerAnswers(): Promise<boolean> {
  const host = process.env['DOCKER_HOST'];
  const sockets =
    host === undefined || host === ''
      ? ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')]
      : [host.replace(/^unix:\/\//, '')];
  for (const socketPath of sockets) if (existsSync(socketPath) && (await ping(socketPath))) return true;
  return false;
}

function ping(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ask = request({ socketPath, path: '/_ping', timeout: PING_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ask.once('timeout', () => ask.destroy());
    ask.once('error', () => resolve(false));
    ask.once('close', () => resolve(false));
    ask.end();
  });
}

/** Starts a server in a container, on a port of this machine that stays the same over a restart. */
export async function startContainer(name: ServerName, settings: ServerSettings): Promise<TestServer> {
  const recipe = CONTAINERS[name];
  if (recipe === undefined) throw new Error(`there is no container for ${name}`);
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const port = await freePort();
  const ready = (): Promise<boolean> => eventually(() => isReady[name](port), READY_MS, `the start of ${recipe.image}`);
  const container = await new GenericContainer(recipe.image)
    .withExposedPorts({ container: recipe.port, host: port })
    .withEnvironment({ ...recipe.env })
    .withCommand(recipe.command(settings))
    .withStartupTimeout(START_MS)
    .start();
  const initiate = recipe.initiate?.(settings);
  if (initiate !== undefined) await mustRun(container, initiate);
  await ready();
  const engine = (await getContainerRuntimeClient()).container.getById(container.getId());
  const state = async (): Promise<{ Running: boolean; Paused: boolean; Pid: number }> => (await engine.inspect()).State;
  let pid: number | undefined = (await state()).Pid;
  const kill9 = async (): Promise<void> => {
    const { Running: running, Paused: paused } = await state();
    // The engine kills nothing that is paused.
    if (paused) await engine.unpause();
    if (running) await engine.kill({ signal: 'SIGKILL' });
    await eventually(async () => !(await state()).Running, READY_MS, `the end of ${recipe.image}`);
    pid = undefined;
  };
  const stop = async (): Promise<void> => void (await container.stop());
  return {
    name,
    url: urlOf[name](port, settings),
    kind: 'real',
    product: recipe.image,
    get pid() {
      return pid;
    },
    log: async () => text(await container.logs({ tail: LOG_LINES })),
    stop,
    kill9,
    async restart(changed) {
      if (changed !== undefined) throw new Error('a container keeps the settings that it was started with');
      await kill9();
      await engine.start();
      pid = (await state()).Pid;
      await ready();
    },
    pause: () => engine.pause(),
    resume: () => engine.unpause(),
    [Symbol.asyncDispose]: stop,
  };
}

async function mustRun(container: StartedTestContainer, command: string[]): Promise<void> {
  await eventually(async () => (await container.exec(command)).exitCode === 0, READY_MS, command.join(' '));
}
