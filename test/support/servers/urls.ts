import type { ServerName, ServerSettings } from './recipe.ts';

/** The address of a server on this machine, as the driver's short form takes it. */
export const urlOf: Readonly<Record<ServerName, (port: number, settings: ServerSettings) => string>> = {
  postgres: (port) => `postgres://stategate@127.0.0.1:${port}/postgres`,
  redis(port, settings) {
    const password = settings['requirepass'];
    return `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`;
  },
  cassandra: (port) => `cassandra://127.0.0.1:${port}/?localDataCenter=datacenter1`,
  mongodb: (port) => `mongodb://127.0.0.1:${port}/?directConnection=true`,
  dynamodb: (port) => `http://127.0.0.1:${port}`,
  etcd: (port) => `http://127.0.0.1:${port}`,
};
