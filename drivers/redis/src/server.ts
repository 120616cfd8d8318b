import { StoreError } from '@stategate/journal-spi';
import type { Capabilities, DriverEnv, OpOptions } from '@stategate/journal-spi';
import { checkDurability } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import { fields, text } from './replies.ts';

type Durability = Capabilities['durability'];

const OLDEST_MAJOR_VERSION = 7;
/** Part of `maxmemory` from which on health has something to say. */
const MEMORY_WARNING = 0.9;

/** Finds out what the server is and promises. Throws `ConfigError` for one that loses data in ways that nobody would notice. */
export async function inspectServer(connection: Connection, wanted: Durability | undefined, env: DriverEnv) {
  const info = await readInfo(connection, {});
  const { location } = connection.calls;
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
  const durability = (await liveDurability(connection, info)) ?? wanted;
  if (durability === undefined) {
    throw refuse('it does not show its settings (CONFIG GET): say in store.config.durability what it promises');
  }
  const fsync = wanted === 'disk' ? 'always' : 'everysec';
  const wayOut = `CONFIG SET appendonly yes, appendfsync ${fsync}, no-appendfsync-on-rewrite no`;
  checkDurability(durability, wanted, location, wayOut);
  if (durability !== 'disk')
    env.warn(`${location} is ${durability}: its end may lose acknowledged writes`, { durability });
  return { product: valkey === undefined ? 'Redis' : 'Valkey', version: valkey ?? version, durability };
}

/** What is wrong or soon will be. Throws when the server cannot take writes. */
export async function serverProblems(connection: Connection, readOnly: boolean, options: OpOptions): Promise<string[]> {
  const info = await readInfo(connection, options);
  const { location } = connection.calls;
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
): Promise<Durability | undefined> {
  const names = ['appendfsync', 'no-appendfsync-on-rewrite'];
  const reply = await connection.command('read', 'CONFIG', ['GET', ...names], {}).catch((error: unknown) => {
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
