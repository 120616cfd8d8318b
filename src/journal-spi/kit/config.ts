import type { DriverDefinition } from '../driver.ts';
import { StoreError } from '../errors.ts';

/**
 * Validates a driver's configuration and fills in its defaults. Throws `ConfigError` with every problem and its path; values
 * are never printed, so that no secret is.
 */
export async function validateConfig<Config>(definition: DriverDefinition<Config>, config: unknown): Promise<Config> {
  const result = await definition.configSchema['~standard'].validate(config);
  if (result.issues === undefined) return result.value;
  const problems = result.issues.map(({ path = [], message }) => {
    const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
    return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
  });
  throw new StoreError(
    'ConfigError',
    `the configuration of the ${definition.name} store is wrong: ${problems.join('; ')}`,
  );
}
