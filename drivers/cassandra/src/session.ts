import type { Client, QueryOptions, types } from 'cassandra-driver';
import type { OpOptions } from '@stategate/journal-spi';
import type { Calls, Effect } from '@stategate/journal-spi/kit';
import type { Row } from './rows.ts';

/** `undefined` leaves a column as it is, `null` empties it. */
type Param = string | number | Uint8Array | null | undefined;

export interface Statement {
  readonly cql: string;
  readonly params: readonly Param[];
}

/** Of a conditional write: when it was not applied, the columns that its conditions look at, as they are. */
export type CasResult = { readonly applied: true } | { readonly applied: false; readonly row: Row };

/** Values of the native protocol. */
const LOCAL_QUORUM = 0x06;
const LOCAL_SERIAL = 0x09;
const CONSISTENCY = { quorum: LOCAL_QUORUM, serial: LOCAL_SERIAL } as const;

/** How long nothing may be answered before the client is replaced. */
const SILENT_MS = 5_000;

/** Everything that is sent to the server goes through here: in time, prepared, with `StoreError`s and nothing repeated. */
export class Session {
  readonly calls: Calls;
  #client: Client;
  readonly #reconnect: () => Promise<Client>;
  readonly #keyspace: string;
  /** When the server last answered, or a new client was last asked for. */
  #heard = performance.now();

  constructor(client: Client, reconnect: () => Promise<Client>, calls: Calls, keyspace: string) {
    this.calls = calls;
    this.#client = client;
    this.#reconnect = reconnect;
    this.#keyspace = keyspace;
  }

  get location(): string {
    return this.calls.location;
  }

  /** A table's name, for statements. */
  table(name: string): string {
    return `"${this.#keyspace}".stategate_${name}`;
  }

  /** `serial` also ends what conditional writes to the partition have left undecided. */
  async select(
    { cql, params }: Statement,
    options: OpOptions,
    consistency: keyof typeof CONSISTENCY = 'quorum',
  ): Promise<readonly Row[]> {
    const { rows } = await this.#send('read', options, (query) =>
      this.#client.execute(cql, bind(params), { ...query, consistency: CONSISTENCY[consistency] }),
    );
    return rows;
  }

  /** For what may be written any number of times, and whatever else is in the row. */
  async write({ cql, params }: Statement, options: OpOptions): Promise<void> {
    await this.#send('seal', options, (query) => this.#client.execute(cql, bind(params), query));
  }

  /** One conditional write to one partition: all statements or none. */
  async cas(
    statements: readonly Statement[],
    options: OpOptions,
    effect: 'seal' | 'write' = 'write',
  ): Promise<CasResult> {
    const [single, ...others] = statements;
    const { rows } = await this.#send(effect, options, (query) =>
      single !== undefined && others.length === 0
        ? this.#client.execute(single.cql, bind(single.params), query)
        : this.#client.batch(
            statements.map(({ cql, params }) => ({ query: cql, params: bind(params) })),
            { ...query, logged: false },
          ),
    );
    const row: Row = rows[0] ?? {};
    return row['[applied]'] === true ? { applied: true } : { applied: false, row };
  }

  /** A statement that changes tables: as text, and waited for until all nodes know it. */
  async define(cql: string, options: OpOptions): Promise<void> {
    await this.#send('seal', options, (query) => this.#client.execute(cql, [], { ...query, prepare: false }));
  }

  /** The nodes that cannot be reached. */
  downHosts(): readonly string[] {
    return this.#client.hosts
      .values()
      .filter((host) => !host.isUp())
      .map((host) => host.address);
  }

  async close(drainMs: number): Promise<void> {
    await this.calls.close(drainMs);
    await this.#client.shutdown();
  }

  #send(
    effect: Effect,
    options: OpOptions,
    send: (query: QueryOptions) => Promise<types.ResultSet>,
  ): Promise<types.ResultSet> {
    return this.calls.send(effect, options, ({ call }) => {
      const { leftMs: readTimeout } = call;
      const sent = send({
        prepare: true,
        consistency: LOCAL_QUORUM,
        serialConsistency: LOCAL_SERIAL,
        readTimeout,
      });
      sent.then(
        () => (this.#heard = performance.now()),
        (reason: unknown) => this.#afterFailure(reason),
      );
      return sent;
    });
  }

  /**
   * A client whose control connection was cut while it connected may never find its nodes again (seen with cassandra-driver 4.10):
   * when nothing has been answered for a while, another one takes its place.
   */
  #afterFailure(reason: unknown): void {
    const silent = performance.now() - this.#heard >= SILENT_MS;
    const answered = reason instanceof Error && reason.name === 'ResponseError';
    if (!silent && !answered) return;
    this.#heard = performance.now();
    if (!answered && !this.calls.closed) void this.#replaceClient();
  }

  async #replaceClient(): Promise<void> {
    try {
      const client = await this.#reconnect();
      const unused = this.calls.closed ? client : this.#client;
      if (unused !== client) this.#client = client;
      await unused.shutdown();
    } catch {
      // What is wrong is said by the calls that fail meanwhile.
    }
  }
}

/** The client takes bytes only as a Buffer. */
function bind(params: readonly Param[]): unknown[] {
  return params.map((param) =>
    param instanceof Uint8Array ? Buffer.from(param.buffer, param.byteOffset, param.byteLength) : param,
  );
}
