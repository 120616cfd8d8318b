import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SPI_VERSION, StoreError, type Driver, type DriverDefinition, type DriverEnv } from '@stategate/journal-spi';
import type { DriverConfig } from '../config/index.ts';
import { satisfies } from './spi-range.ts';

export interface StoreEnv extends DriverEnv {
  loadDriver(name: string): Promise<DriverDefinition>;
}

/**
 * Finds a driver: `postgres` is `@stategate/driver-postgres`, `./my-driver.ts` and `/opt/driver.js` are files whose default
 * export is a driver, `@acme/store` and `stategate-driver-acme` are packages with the entry `./driver`. Throws `ConfigError` (of
 * `StoreError`).
 */
export async function loadDriver(name: string): Promise<DriverDefinition> {
  const specifier = findDriver(name);
  const loaded: unknown = await import(specifier).catch((cause: unknown) => {
    throw new StoreError('ConfigError', `the driver "${name}" cannot be loaded: ${String(cause)}`, { cause });
  });
  const definition = (loaded as { readonly default?: unknown }).default;
  if (isDefinition(definition)) return definition;
  throw new StoreError('ConfigError', `"${name}" is no driver: its default export must be made with defineDriver`);
}

/** Checks the driver's version of the SPI and the configuration, then opens the store. Throws `StoreError`. */
export async function openStore(store: DriverConfig, env: StoreEnv): Promise<Driver> {
  const definition = await env.loadDriver(store.driver);
  checkSpiRange(definition);
  const result = await definition.configSchema['~standard'].validate(driverConfig(store, definition));
  if (result.issues === undefined) return definition.open(result.value, env);
  const problems = result.issues.map(({ path = [], message }) => {
    const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return `${['store.config', ...keys].join('.')}: ${message}`;
  });
  throw new StoreError(
    'ConfigError',
    `the driver "${definition.name}" refuses its configuration: ${problems.join('; ')}`,
  );
}

/** Throws `ConfigError` for a driver of another version of the SPI. */
export function checkSpiRange(definition: DriverDefinition): void {
  if (!satisfies(SPI_VERSION, definition.spi)) {
    throw new StoreError(
      'ConfigError',
      `the driver "${definition.name}" ${definition.version} is made for ${definition.spi} of @stategate/journal-spi, this is ${SPI_VERSION}: install a version of it that fits`,
    );
  }
}

/** What the short form stands for, with the settings given beside it. */
export function driverConfig({ short, config }: DriverConfig, definition: DriverDefinition): unknown {
  if (short === undefined) return config;
  if (definition.shortForm === undefined) {
    throw new StoreError(
      'ConfigError',
      `the driver "${definition.name}" has no short form: write store: {driver: ${definition.name}, config: {…}}`,
    );
  }
  return Object.assign({}, definition.shortForm(short), config);
}

/** The package that a driver's name stands for, when it is not that of a file. */
export function packageOf(name: string): string {
  return /^(?!stategate-driver-)[a-z0-9-]+$/.test(name) ? `@stategate/driver-${name}` : name;
}

/** What to import: a file, or a package that is installed beside this one or in the working directory. */
function findDriver(name: string): string {
  if (isAbsolute(name) || /^\.{1,2}\//.test(name)) {
    const file = resolve(name);
    if (existsSync(file)) return pathToFileURL(file).href;
    throw new StoreError('ConfigError', `store.driver: there is no file ${file}`);
  }
  const packageName = packageOf(name);
  const specifier = `${packageName}/driver`;
  try {
    import.meta.resolve(specifier);
    return specifier;
  } catch {
    // Then only the working directory can have it.
  }
  try {
    return pathToFileURL(createRequire(resolve('package.json')).resolve(specifier)).href;
  } catch (cause) {
    throw new StoreError('ConfigError', `the driver "${name}" is not installed: npm i ${packageName}`, { cause });
  }
}

function isDefinition(value: unknown): value is DriverDefinition {
  return typeof value === 'object' && value !== null && 'open' in value && 'configSchema' in value && 'spi' in value;
}
