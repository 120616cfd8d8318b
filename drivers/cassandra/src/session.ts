import type { Client, QueryOptions, types } from 'cassandra-driver';
import { StoreError } from '@stategate/journal-spi';
import type { OpOptions } from '@stategate/journal-spi';
import { throwIfOver } from '@stategate/journal-spi/kit';
import { toStoreError } from './errors.ts';
import type { Effect } from './errors.ts';
import type { Row } from './rows.ts';
import { within } from './waiting.ts';
import type { Bounded } from './waiting.ts';

/** `undefined` leaves a column as it is, `null` empties it. */
type Param = string | number | Uint8Array | null | undefined;

export interface Statement {
  readonly cql: string;
  readonly params: readonly Param[];
}

/** Of a conditional write: when it was not applied, the columns that its conditions look at, as they are. */
export type CasResult = { readonly applied: true } | { readonly applied: false; readonly row: Row };

export interface SessionOptions {
  readonly keyspace: string;
  readonly location: string;
  readonly readOnly: boolean;
  readonly timeoutMs: number;
}

/** Values of the native protocol. */
const LOCAL_QUORUM = 0x06;
const LOCAL_SERIAL = 0x09;
const CONSISTENCY = { quorum: LOCAL_QUORUM, serial: LOCAL_SERIAL } as const;

/** Everything that is sent to the server goes through here: in time, prepared, with `StoreError`s and nothing repeated. */
export class Session {
  readonly #client: Client;
  readonly #options: SessionOptions;
  #running = 0;
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  constructor(client: Client, options: SessionOptions) {
    this.#client = client;
    this.#options = options;
  }

  get location(): string {
    return this.#options.location;
  }

  get readOnly(): boolean {
    return this.#options.readOnly;
  }

  /** A table's name, for statements. */
  table(name: string): string {
    return `"${this.#options.keyspace}".stategate_${name}`;
  }

  /** One call of the SPI: refused when it must not begin, and given a deadline when it has none. */
  async call<T>(access: 'read' | 'write', options: OpOptions, work: (options: Bounded) => Promise<T>): Promise<T> {
    const { location, readOnly, timeoutMs } = this.#options;
    if (this.#closing !== undefined) throw new StoreError('StoreUnavailable', `the store ${location} was closed`);
    if (readOnly && access === 'write') throw new StoreError('Unsupported', `${location} was opened only to read`);
    throwIfOver(options);
    this.#running += 1;
    try {
      return await work({ ...options, deadline: options.deadline ?? performance.now() + timeoutMs });
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle?.();
    }
  }

  /** `serial` also ends what conditional writes to the partition have left undecided. */
  async select(
    { cql, params }: Statement,
    options: Bounded,
    consistency: keyof typeof CONSISTENCY = 'quorum',
  ): Promise<readonly Row[]> {
    const { rows } = await this.#send('read', options, (query) =>
      this.#client.execute(cql, bind(params), { ...query, consistency: CONSISTENCY[consistency] }),
    );
    return rows;
  }

  /** For what may be written any number of times, and whatever else is in the row. */
  async write({ cql, params }: Statement, options: Bounded): Promise<void> {
    await this.#send('repeatable', options, (query) => this.#client.execute(cql, bind(params), query));
  }

  /** One conditional write to one partition: all statements or none. */
  async cas(
    statements: readonly Statement[],
    options: Bounded,
    effect: 'repeatable' | 'write' = 'write',
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
  async define(cql: string, options: Bounded): Promise<void> {
    await this.#send('repeatable', options, (query) => this.#client.execute(cql, [], { ...query, prepare: false }));
  }

  /** The nodes that cannot be reached. */
  downHosts(): readonly string[] {
    return this.#client.hosts
      .values()
      .filter((host) => !host.isUp())
      .map((host) => host.address);
  }

  close(drainMs: number): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  async #close(drainMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle = resolve;
    const timer = setTimeout(resolve, drainMs);
    if (this.#running === 0) resolve();
    await promise;
    clearTimeout(timer);
    await this.#client.shutdown();
  }

  async #send(
    effect: Effect,
    options: Bounded,
    send: (query: QueryOptions) => Promise<types.ResultSet>,
  ): Promise<types.ResultSet> {
    throwIfOver(options);
    const readTimeout = Math.max(1, Math.ceil(options.deadline - performance.now()));
    const query = { prepare: true, consistency: LOCAL_QUORUM, serialConsistency: LOCAL_SERIAL, readTimeout };
    try {
      return await within(
        send(query),
        options,
        (why, cause) => new StoreError(effect === 'write' ? 'AmbiguousWrite' : 'Cancelled', why, { cause }),
      );
    } catch (error) {
      throw toStoreError(error, effect);
    }
  }
}

/** The client takes bytes only as a Buffer. */
function bind(params: readonly Param[]): unknown[] {
  return params.map((param) =>
    param instanceof Uint8Array ? Buffer.from(param.buffer, param.byteOffset, param.byteLength) : param,
  );
}
