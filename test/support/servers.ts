import type { TestContext } from 'vitest';
import { containerImage, dockerAnswers, startContainer } from './containers.ts';
import { notRun } from './not-run.ts';
import { findCassandra } from './servers/cassandra.ts';
import { chooseServer } from './servers/choose.ts';
import { findDynamodb } from './servers/dynamodb.ts';
import { findEtcd } from './servers/etcd.ts';
import { LocalServer } from './servers/local-server.ts';
import { findMongodb } from './servers/mongodb.ts';
import { findPostgres } from './servers/postgres.ts';
import type { FindInstalled, ServerKind, ServerName, ServerSettings, TestServer } from './servers/recipe.ts';
import { findRedis } from './servers/redis.ts';

export type { ServerName, ServerSettings, TestServer } from './servers/recipe.ts';

export interface ServerOptions {
  /**
   * In the words of the server: PostgreSQL's `-c`, Redis' configuration, Cassandra's `cassandra.yaml`, flags of SecantusDB,
   * dynoxide and etcd (`''` for one without a value). A server with settings is one of the test's own.
   */
  readonly settings?: ServerSettings;
  /** For a test that stops, kills or fills its server: the one in `STATEGATE_TEST_<NAME>_URL` is left alone. */
  readonly own?: boolean;
}

/** Why there is no server for this test. */
export interface MissingServer {
  readonly missing: string;
}

const INSTALLED: Readonly<Record<ServerName, FindInstalled>> = {
  postgres: findPostgres,
  redis: findRedis,
  cassandra: findCassandra,
  mongodb: findMongodb,
  dynamodb: findDynamodb,
  etcd: findEtcd,
};

/** Starts a server for one test file: none is shared, so that no test stands in another one's way. */
export async function startServer(name: ServerName, options: ServerOptions = {}): Promise<TestServer | MissingServer> {
  const settings = options.settings ?? {};
  const own = options.own === true || Object.keys(settings).length > 0;
  const choice = await chooseServer(name, own, {
    env: process.env,
    containerImage,
    dockerAnswers,
    findInstalled: (wanted) => INSTALLED[wanted](),
  });
  if (choice.from === 'environment') return environmentServer(name, choice.url, choice.kind);
  if (choice.from === 'container') return startContainer(name, settings);
  if (choice.from === 'installed') return LocalServer.start(name, choice.installed, settings);
  return { missing: choice.reason };
}

/** The server, or the test ends as not run, with the reason. */
export function present(context: TestContext, server: TestServer | MissingServer): TestServer {
  return 'missing' in server ? notRun(context, server.missing) : server;
}

function environmentServer(name: ServerName, url: string, kind: ServerKind): TestServer {
  const variable = `STATEGATE_TEST_${name.toUpperCase()}_URL`;
  const refuse = async (): Promise<never> => {
    throw new Error(`the server of ${variable} is not ours to stop: the test must ask for one of its \`own\``);
  };
  const leave = async (): Promise<void> => {};
  return {
    name,
    url,
    kind,
    product: `${name} of ${variable}`,
    pid: undefined,
    log: async () => '',
    stop: leave,
    kill9: refuse,
    restart: refuse,
    pause: refuse,
    resume: refuse,
    [Symbol.asyncDispose]: leave,
  };
}
