import { StoreError } from '@stategate/journal-spi';
import type { Driver, OpOptions } from '@stategate/journal-spi';
import type { ConformanceTarget } from '@stategate/journal-spi/conformance';
import { checkHealth } from '@stategate/journal-spi/kit';
import { inMemoryTarget } from '../inmemory-target.ts';

/** What a driver without a defect knows of its server. */
export interface Server {
  state: 'up' | 'down' | 'paused';
}

/** The in-memory driver behind a switch, as if it reached a server: for the cases that stop one. */
export function servedTarget(change?: (driver: Driver, server: Server) => Partial<Driver>): ConformanceTarget {
  const server: Server = { state: 'up' };
  const target = inMemoryTarget();
  const set = (state: Server['state']) => async () => void (server.state = state);
  return {
    ...target,
    definition: {
      ...target.definition,
      async open(config, env) {
        const driver = behind(server, await target.definition.open(config, env));
        return { ...driver, ...change?.(driver, server) };
      },
    },
    hooks: { server: { stop: set('down'), start: set('up'), pause: set('paused'), resume: set('up') } },
  };
}

function behind(server: Server, driver: Driver): Driver {
  const { journal } = driver;
  return {
    ...driver,
    capabilities: { ...driver.capabilities, durability: 'disk' },
    journal: {
      ...journal,
      async append(request, options) {
        await reach(server, options, 'AmbiguousWrite');
        return journal.append(request, options);
      },
      async head(stream, options) {
        await reach(server, options, 'Cancelled');
        return journal.head(stream, options);
      },
    },
    health: (options) =>
      checkHealth(options, async (inTime) => {
        await reach(server, inTime, 'Cancelled');
        return [];
      }),
  };
}

/** Returns when the server answers. */
async function reach(
  server: Server,
  { deadline = Infinity }: OpOptions,
  code: 'AmbiguousWrite' | 'Cancelled',
): Promise<void> {
  if (server.state === 'down') throw new StoreError('StoreUnavailable', 'the server is down');
  while (server.state === 'paused') {
    if (performance.now() > deadline) throw new StoreError(code, 'the server did not answer');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
