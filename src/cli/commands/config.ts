import { explainConfig, printConfig, type SecretPaths, type StoreConfig } from '@stategate/proxy/config';
import { loadCommandConfig } from '../flags.ts';

export async function config(options: Readonly<Record<string, unknown>>): Promise<void> {
  const loaded = await loadCommandConfig(options);
  const secrets = await secretsOf(loaded.config.store);
  process.stdout.write(
    options['explain'] === true ? explainConfig(loaded, secrets) : await printConfig(loaded, secrets),
  );
}

/** Only the driver knows its secrets: without it every setting counts as one. */
async function secretsOf(store: StoreConfig): Promise<SecretPaths> {
  const { loadDriver } = await import('@stategate/proxy/store');
  return loadDriver(store.driver).then(
    (definition) => definition.secrets,
    () => 'all',
  );
}
