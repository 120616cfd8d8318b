import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import type { TestServer } from '../support/servers.ts';

type Hooks = NonNullable<ConformanceTarget['hooks']>;

/** What the suite may do to a server that we started ourselves; nothing to one that somebody else runs. */
export function serverHooks(server: TestServer): Pick<Hooks, 'server'> {
  if (server.pid === undefined) return {};
  return {
    server: {
      stop: () => server.kill9(),
      start: () => server.restart(),
      pause: () => server.pause(),
      resume: () => server.resume(),
    },
  };
}

/** A setting of a target's configuration. */
export function settingOf(config: unknown, name: string): string {
  const value: unknown = Object(config)[name];
  if (typeof value === 'string') return value;
  throw new Error(`the configuration has no ${name}`);
}
