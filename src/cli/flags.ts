import { type Command, Option } from 'commander';
import type { FlagValue, LoadedConfig } from '@stategate/proxy/config';
import { CliError } from './errors.ts';

interface Flag {
  readonly flag: string;
  readonly value: string;
  readonly path: string;
  readonly help: string;
}

const STORE_FLAGS: readonly Flag[] = [
  { flag: '--store', value: 'driver:rest', path: 'store', help: 'such as sqlite:./file.db' },
  { flag: '--namespace', value: 'name', path: 'store.namespace', help: 'of the application in the store' },
];

const PROXY_FLAGS: readonly Flag[] = [
  { flag: '--port', value: 'port', path: 'api.port', help: 'where clients reach the services (9000)' },
  { flag: '--admin-port', value: 'port', path: 'admin.port', help: 'where /ready and /alive are (8558)' },
  { flag: '--metrics-port', value: 'port', path: 'metrics.port', help: 'where /metrics is (9090)' },
  { flag: '--log-level', value: 'level', path: 'log.level', help: 'trace … fatal, silent' },
];

/** Adds what a command takes that looks into one store. */
export function addStoreFlags(command: Command): Command {
  return addCommonFlags(command).option('--named <name>', 'the store of this name under "stores", not the main one');
}

function addCommonFlags(command: Command): Command {
  command.option('--config <file>', 'YAML file with the configuration');
  for (const { flag, value, help } of STORE_FLAGS) command.option(`${flag} <${value}>`, help);
  return command.option('--set <key=value>', 'any other setting, again and again', collect);
}

function collect(one: string, all: readonly string[] | undefined): readonly string[] {
  return [...(all ?? []), one];
}

/** Adds what a command takes that configures a proxy. */
export function addProxyFlags(command: Command): Command {
  for (const { flag, value, help } of PROXY_FLAGS) command.option(`${flag} <${value}>`, help);
  return addCommonFlags(command.option('--function <host:port>', 'a user function that runs already'));
}

/** The configuration of a command: its file, the environment and its flags, above the command's own defaults. */
export async function loadCommandConfig(
  options: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): Promise<LoadedConfig> {
  const { loadConfig } = await import('@stategate/proxy/config');
  const file = options['config'];
  const loaded = await loadConfig({
    defaults,
    file: typeof file === 'string' ? file : undefined,
    env: process.env,
    flags: readFlags(options),
  });
  for (const warning of loaded.warnings) process.stderr.write(`stategate: ${warning}\n`);
  return loaded;
}

function readFlags(options: Readonly<Record<string, unknown>>): readonly FlagValue[] {
  const flags: FlagValue[] = [];
  for (const { flag, path } of [...PROXY_FLAGS, ...STORE_FLAGS]) {
    const value = options[new Option(flag).attributeName()];
    if (typeof value === 'string') flags.push({ flag, path, value });
  }
  const address = options['function'];
  if (typeof address === 'string') flags.push(...readAddress('--function', 'userFunction', address));
  for (const pair of Array.isArray(options['set']) ? options['set'].map(String) : []) {
    const sign = pair.indexOf('=');
    if (sign < 0) throw new CliError(`--set ${pair}: write it as --set KEY=VALUE`);
    flags.push({ flag: `--set ${pair.slice(0, sign)}`, path: pair.slice(0, sign), value: pair.slice(sign + 1) });
  }
  return flags;
}

/** `host:port`, `[::1]:port`, or a port alone. */
function readAddress(flag: string, section: string, address: string): readonly FlagValue[] {
  const [, host, port] = /^(?:\[?([^\]]*?)\]?:)?(\d+)$/.exec(address) ?? [];
  if (port === undefined) throw new CliError(`${flag} ${address}: write it as HOST:PORT`);
  const ofPort = { flag, path: `${section}.port`, value: port };
  return host === undefined || host === '' ? [ofPort] : [{ flag, path: `${section}.host`, value: host }, ofPort];
}
