export { ConfigError } from './errors.ts';
export { explainConfig, printConfig, type SecretPaths } from './explain.ts';
export { CONFIG_KEYS, type ConfigKey } from './keys.ts';
export { loadConfig, type ConfigSources, type LoadedConfig } from './load.ts';
export { configSchema, type DriverConfig, type ProxyConfig, type StoreConfig } from './schema.ts';
export { formatOrigin, type Origin, type Setting } from './settings.ts';
export type { FlagValue } from './texts.ts';
export { formatDurationMs, formatSizeBytes, parseDurationMs, parseSizeBytes } from './units.ts';
