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
const SILENT_MS = 2_000;

/** Everything that is sent to the server goes through here: in time, prepared, with `StoreError`s and nothing repeated. */
export class Session {
  readonly calls: Calls;
  readonly keyspace: string;
  #client: Client;
  readonly #reconnect: () => Promise<Client>;
  /** Since when requests have been sent of which none was answered. */
  #silentSince: number | undefined;
  #replacing = false;

  constructor(client: Client, reconnect: () => Promise<Client>, calls: Calls, keyspace: string) {
    this.calls = calls;
    this.keyspace = keyspace;
    this.#client = client;
    this.#reconnect = reconnect;
  }

  /** A table's name, for statements. */
  table(name: string): string {
    return `"${this.keyspace}".stategate_${name}`;
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

  /** For what may be done any number of times, whatever is there. One without parameters is not prepared: tables are made so. */
  async write({ cql, params }: Statement, options: OpOptions): Promise<void> {
    const prepare = params.length > 0;
    await this.#send('seal', options, (query) => this.#client.execute(cql, bind(params), { ...query, prepare }));
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

  /** The nodes that cannot be reached. */
  downHosts(): readonly string[] {
    const hosts = this.#client.hosts.values();
    return hosts.filter((host) => !host.isUp()).map((host) => host.address);
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
      this.#silentSince ??= performance.now();
      const { leftMs: readTimeout } = call;
      const sent = send({ prepare: true, consistency: LOCAL_QUORUM, serialConsistency: LOCAL_SERIAL, readTimeout });
      sent.then(
        () => (this.#silentSince = undefined),
        (reason: unknown) => this.#afterFailure(reason),
      );
      return sent;
    });
  }

  /**
   * A connection may have ended without a word, and a client whose control connection was cut while it connected may never find
   * its nodes again (seen with cassandra-driver 4.10): when a request fails and nothing has been answered for a while, another
   * client takes the place of this one.
   */
  #afterFailure(reason: unknown): void {
    if (reason instanceof Error && reason.name === 'ResponseError') this.#silentSince = undefined;
    const silentMs = performance.now() - (this.#silentSince ?? Infinity);
    if (silentMs >= SILENT_MS && !this.#replacing && !this.calls.closed) void this.#replaceClient();
  }

  async #replaceClient(): Promise<void> {
    this.#replacing = true;
    const silentSince = this.#silentSince;
    try {
      const client = await this.#reconnect();
      // Meanwhile the store may have been closed, or the other one answered: what it is asked now must not be cut off.
      const unused = this.calls.closed || this.#silentSince !== silentSince ? client : this.#client;
      if (unused !== client) this.#client = client;
      await unused.shutdown();
    } catch {
      // What is wrong is said by the calls that fail meanwhile.
    } finally {
      this.#silentSince = undefined;
      this.#replacing = false;
    }
  }
}

/** The client takes bytes only as a Buffer. */
function bind(params: readonly Param[]): unknown[] {
  return params.map((param) =>
    param instanceof Uint8Array ? Buffer.from(param.buffer, param.byteOffset, param.byteLength) : param,
  );
}
