import type { StreamKey } from '@stategate/journal-spi';
import { Recent } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { LAST_NUMBER, numbered, partition, text, textOf } from './items.ts';
import type { Item } from './items.ts';
import type { Table } from './table.ts';

/** Says that somebody was about to take this place in the log of this stream. */
export type Pointer = readonly [persistenceId: string, entityId: string, commit: number];

const MAX_POINTER_CHARACTERS = 50_000;
const MAX_NAMESPACES = 1000;

/** Puts a pointer to this place of the stream into the next entry and gives its number. */
export type FeedLog = (stream: StreamKey, commit: number, call: Call) => Promise<number>;

/**
 * A log for each namespace, whose entries are the pointers of appends that were begun together. An append writes its pointer first,
 * then its commit with the number of that entry: a commit without pointer cannot be, a pointer without commit says nothing.
 */
export function createFeedLog(table: Table): FeedLog {
  const writers = new Recent<FeedWriter>(MAX_NAMESPACES);
  return ({ namespace, persistenceId, entityId }, commit, call) => {
    const writer = writers.get(namespace) ?? new FeedWriter(table, feedPartition(namespace));
    writers.set(namespace, writer);
    return writer.point([persistenceId, entityId, commit], call);
  };
}

export function feedPartition(namespace: string): string {
  return partition('feed', namespace);
}

export async function newestEntry(table: Table, pk: string, call: Call): Promise<number> {
  const { items } = await table.query(pk, { from: LAST_NUMBER, backward: true, limit: 1, only: 'sk' }, call);
  return items[0] === undefined ? 0 : Number(textOf(items[0], 'sk'));
}

export function pointersOf(item: Item): readonly Pointer[] {
  return JSON.parse(textOf(item, 'i')) as Pointer[];
}

interface Waiting {
  readonly pointer: string;
  readonly call: Call;
  readonly done: PromiseWithResolvers<number>;
}

/** Gathers the pointers that come while an entry is being written into the next one. */
class FeedWriter {
  readonly #table: Table;
  readonly #pk: string;
  #waiting: Waiting[] = [];
  #writing = false;
  #newest: number | undefined;

  constructor(table: Table, pk: string) {
    this.#table = table;
    this.#pk = pk;
  }

  point(pointer: Pointer, call: Call): Promise<number> {
    const done = Promise.withResolvers<number>();
    this.#waiting.push({ pointer: JSON.stringify(pointer), call, done });
    if (!this.#writing) void this.#write();
    return this.#table.calls.send('seal', call, () => done.promise);
  }

  async #write(): Promise<void> {
    this.#writing = true;
    // Those who come in the same turn of the event loop go along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#take();
      // Several may want the same place; only one will get it.
      const pointers = new Set(group.map(({ pointer }) => pointer));
      const entry = text(`[${[...pointers].join()}]`);
      // When nobody waits for it any more, it must not hold up those that come next.
      const deadline = Math.max(...group.map(({ call }) => call.deadline));
      try {
        const number = await this.#table.calls.follow((call) => this.#append({ i: entry }, call), { deadline });
        for (const { done } of group) done.resolve(number);
      } catch (error) {
        for (const { done } of group) done.reject(error);
      }
    }
    this.#writing = false;
  }

  #take(): Waiting[] {
    let characters = 0;
    const end = this.#waiting.findIndex(({ pointer }, index) => {
      characters += pointer.length;
      return index > 0 && characters > MAX_POINTER_CHARACTERS;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #append(entry: Item, call: Call): Promise<number> {
    for (;;) {
      const next = (this.#newest ?? (await newestEntry(this.#table, this.#pk, call))) + 1;
      this.#newest = undefined;
      const { written } = await this.#table.insert({ pk: this.#pk, sk: numbered(next) }, entry, call);
      if (!written) continue;
      this.#newest = next;
      return next;
    }
  }
}
