import { encodePacked } from '@stategate/journal-spi/kit';
import { APPEND_EVENTS, EVENT, type Floor, indexes, KEYS, MOST_STREAMS, REPLAY_EVENTS, SNAPSHOT } from '../workload.ts';

const PAGE = 256;
const TIMEOUT_MS = 15_000;

const INSERT =
  'INSERT INTO floor.event (stream, seq, n, write_token, epoch, at, body) VALUES (?, ?, ?, ?, 1, ?, ?) IF NOT EXISTS';
const PUT = 'INSERT INTO floor.value (key, write_token, body) VALUES (?, ?, ?) IF NOT EXISTS';
const OVERWRITE = 'UPDATE floor.value SET write_token = ?, body = ? WHERE key = ? IF EXISTS';
const READ = 'SELECT seq, n, epoch, at, body FROM floor.event WHERE stream = ? AND seq >= ?';

/** One conditional write for each append and each value, those that go at once side by side. */
export async function openCassandraFloor(url: string): Promise<Floor> {
  const { default: cassandra } = await import('cassandra-driver');
  const { hostname, port } = new URL(url);
  const client = new cassandra.Client({
    contactPoints: [hostname],
    protocolOptions: { port: Number(port) },
    localDataCenter: 'datacenter1',
    socketOptions: { readTimeout: TIMEOUT_MS },
    queryOptions: {
      prepare: true,
      consistency: cassandra.types.consistencies.localQuorum,
      serialConsistency: cassandra.types.consistencies.localSerial,
      fetchSize: PAGE,
    },
  });
  await client.connect();
  for (const statement of [
    `CREATE KEYSPACE floor WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}`,
    `CREATE TABLE floor.event (stream text, seq bigint, n int, write_token text, epoch bigint, at bigint, body blob, PRIMARY KEY (stream, seq))`,
    `CREATE TABLE floor.value (key text PRIMARY KEY, write_token text, body blob)`,
  ]) {
    await client.execute(statement, [], { prepare: false });
  }
  const heads = indexes(MOST_STREAMS).map(() => 0);
  const token = 'a'.repeat(36);
  const now = Date.now();
  const body = Buffer.from(encodePacked([EVENT]));
  const packed = Buffer.from(encodePacked(indexes(APPEND_EVENTS).map(() => EVENT)));
  let gets = 0;

  const add = (stream: string, first: number, events: number, bytes: Buffer) =>
    client.execute(INSERT, [stream, first, events, token, now, bytes]);
  async function bodyBytes(key: string): Promise<number> {
    const { rows } = await client.execute('SELECT write_token, body FROM floor.value WHERE key = ?', [key]);
    const value: unknown = rows[0]?.['body'];
    return value instanceof Uint8Array ? value.length : 0;
  }

  for (const index of indexes(REPLAY_EVENTS / APPEND_EVENTS)) {
    await add('long', index * APPEND_EVENTS + 1, APPEND_EVENTS, packed);
  }
  await client.execute(PUT, ['snapshot', token, SNAPSHOT]);
  for (const key of indexes(KEYS)) await client.execute(PUT, [`${key}`, token, body]);
  return {
    async append(streams) {
      await Promise.all(
        indexes(streams).map((index) => add(`note-${index}`, (heads[index] = (heads[index] ?? 0) + 1), 1, body)),
      );
    },
    async read(from) {
      let count = 0;
      let pageState: string | null | undefined;
      do {
        const page = await client.execute(READ, ['long', from], pageState ? { prepare: true, pageState } : {});
        for (const row of page.rows) count += Number(row['n']);
        ({ pageState } = page);
      } while (pageState);
      return count;
    },
    snapshotBytes: () => bodyBytes('snapshot'),
    async put() {
      await Promise.all(indexes(KEYS).map((key) => client.execute(OVERWRITE, [token, body, `${key}`])));
    },
    async get() {
      if ((await bodyBytes(`${gets++ % KEYS}`)) === 0) throw new Error('a value is not there');
    },
    [Symbol.asyncDispose]: () => client.shutdown(),
  };
}
