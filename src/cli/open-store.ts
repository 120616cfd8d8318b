import type { Driver } from '@stategate/journal-spi';
import type { ProxyConfig } from '@stategate/proxy/config';
import { loadCommandConfig } from './flags.ts';

export interface OpenStore {
  readonly driver: Driver;
  readonly config: ProxyConfig;
}

/** Opens the configured store for looking, or for changing it, and closes it after `use`. */
export async function withStore(
  options: Readonly<Record<string, unknown>>,
  access: 'read' | 'write',
  use: (store: OpenStore) => Promise<void>,
): Promise<void> {
  const [{ config }, { loadDriver, openStore }] = await Promise.all([
    loadCommandConfig(options),
    import('@stategate/proxy/store'),
  ]);
  const driver = await openStore(config.store, {
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
