import type { Driver } from '@stategate/journal-spi';
import type { DriverConfig, ProxyConfig } from '@stategate/proxy/config';
import { CliError } from './errors.ts';
import { loadCommandConfig } from './flags.ts';

export interface OpenStore {
  readonly driver: Driver;
  readonly config: ProxyConfig;
}

/** Opens one of the configured stores for looking, or for changing it, and closes it after `use`. */
export async function withStore(
  options: Readonly<Record<string, unknown>>,
  access: 'read' | 'write',
  use: (store: OpenStore) => Promise<void>,
): Promise<void> {
  const [{ config }, { loadDriver, openStore }] = await Promise.all([
    loadCommandConfig(options),
    import('@stategate/proxy/store'),
  ]);
  const driver = await openStore(chosenStore(config, options['named']), {
    loadDriver,
    warn: (message) => void process.stderr.write(`stategate: ${message}\n`),
    instanceId: `stategate-store-${process.pid}`,
    readOnly: access === 'read',
  });
  try {
    await use({ driver, config });
  } finally {
    await driver.close();
  }
}

function chosenStore({ store, stores }: ProxyConfig, named: unknown): DriverConfig {
  if (typeof named !== 'string') return store;
  const chosen = Object.hasOwn(stores, named) ? stores[named] : undefined;
  if (chosen === undefined)
    throw new CliError(`--named ${named}: under "stores" there is ${Object.keys(stores).join(', ') || 'none'}`);
  return chosen;
}
