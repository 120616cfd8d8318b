import { StoreError } from '@stategate/journal-spi';
import type { Capabilities, DriverEnv, OpOptions } from '@stategate/journal-spi';
import type { Connection } from './connection.ts';
import { fields, text } from './replies.ts';

type Durability = Extract<Capabilities['durability'], 'none' | 'os-buffered' | 'disk'>;

/** From the weakest on. */
const DURABILITIES: readonly Durability[] = ['none', 'os-buffered', 'disk'];

const OLDEST_MAJOR_VERSION = 7;
/** Part of `maxmemory` from which on health has something to say. */
const MEMORY_WARNING = 0.9;

export interface Server {
  readonly product: string;
  readonly version: string;
  readonly durability: Durability;
}

/** Finds out what the server is and promises. Throws `ConfigError` for one that loses data in ways that nobody would notice. */
export async function inspectServer(
  connection: Connection,
  wanted: Durability | undefined,
  env: DriverEnv,
  options: OpOptions,
): Promise<Server> {
  const info = await readInfo(connection, options);
  const { location } = connection;
  const refuse = (why: string) => new StoreError('ConfigError', `${location} cannot be used: ${why}`);
  const valkey = info.get('valkey_version');
  const version = info.get('redis_version') ?? '0';
  if (parseInt(version, 10) < OLDEST_MAJOR_VERSION) {
    throw refuse(`it is version ${version}, ${OLDEST_MAJOR_VERSION}.0 is the oldest that works`);
  }
  if (info.get('redis_mode') === 'cluster') {
    throw refuse(
      'it is a node of a cluster, which this driver does not follow: name a single primary in store.config.url',
    );
  }
  if (info.get('role') !== 'master' && env.readOnly !== true) {
    const primary = `${info.get('master_host')}:${info.get('master_port')}`;
    throw refuse(`it is a replica of ${primary}: name the primary in store.config.url`);
  }
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  if (policy !== 'noeviction') {
    throw refuse(`its maxmemory-policy is ${policy}, which may remove events: CONFIG SET maxmemory-policy noeviction`);
  }
  const found = await liveDurability(connection, info, options);
  if (found === undefined && wanted === undefined) {
    throw refuse('it does not show its settings (CONFIG GET): say in store.config.durability what it promises');
  }
  const durability = found ?? wanted ?? 'none';
  if (DURABILITIES.indexOf(durability) < DURABILITIES.indexOf(wanted ?? 'none')) {
    throw refuse(
      `its settings make it ${durability}, store.config.durability asks for ${wanted}: CONFIG SET appendonly yes, appendfsync ${wanted === 'disk' ? 'always' : 'everysec'}, no-appendfsync-on-rewrite no`,
    );
  }
  if (durability !== 'disk')
    env.warn(`${location} is ${durability}: its end may lose acknowledged writes`, { durability });
  return { product: valkey === undefined ? 'Redis' : 'Valkey', version: valkey ?? version, durability };
}

/** What is wrong or soon will be. Throws when the server cannot take writes. */
export async function serverProblems(connection: Connection, readOnly: boolean, options: OpOptions): Promise<string[]> {
  const info = await readInfo(connection, options);
  const { location } = connection;
  if (info.get('role') !== 'master' && !readOnly) throw new Error(`${location} has become a replica`);
  if (info.get('loading') === '1') throw new Error(`${location} is still reading its data`);
  if (info.get('aof_enabled') === '1' && info.get('aof_last_write_status') !== 'ok') {
    throw new Error(`${location} cannot write to its disk`);
  }
  const [used, most] = [Number(info.get('used_memory')), Number(info.get('maxmemory'))];
  const problems: string[] = [];
  if (most > 0 && used >= most && !readOnly) throw new Error(`the memory of ${location} is full: raise maxmemory`);
  if (most > 0 && used > MEMORY_WARNING * most) {
    problems.push(`${location} uses ${used} bytes of memory, its maxmemory is ${most}`);
  }
  const policy = info.get('maxmemory_policy');
  if (policy !== 'noeviction') problems.push(`the maxmemory-policy of ${location} is ${policy}: it may remove events`);
  return problems;
}

/** Undefined where the server keeps its settings to itself. */
async function liveDurability(
  connection: Connection,
  info: ReadonlyMap<string, string>,
  options: OpOptions,
): Promise<Durability | undefined> {
  const names = ['appendfsync', 'no-appendfsync-on-rewrite'];
  const reply = await connection.command('read', 'CONFIG', ['GET', ...names], options).catch((error: unknown) => {
    if (error instanceof StoreError && /NOPERM|unknown (sub)?command/i.test(error.message)) return undefined;
    throw error;
  });
  if (reply === undefined) return undefined;
  if (info.get('aof_enabled') !== '1') return 'none';
  const settings = new Map([...fields(reply)].map(([name, value]) => [name, text(value)]));
  const always = settings.get('appendfsync') === 'always' && settings.get('no-appendfsync-on-rewrite') === 'no';
  return always ? 'disk' : 'os-buffered';
}

async function readInfo(connection: Connection, options: OpOptions): Promise<ReadonlyMap<string, string>> {
  const lines = text(await connection.command('read', 'INFO', [], options)).split('\r\n');
  return new Map(lines.map((line) => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1)]));
}
