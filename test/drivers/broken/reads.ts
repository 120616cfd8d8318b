import { StoreError } from '@stategate/journal-spi';
import { broken, brokenJournal, changePages, streamName } from './broken.ts';
import type { BrokenDriver } from './broken.ts';

export const brokenReads: readonly BrokenDriver[] = [
  brokenJournal('JR-15', 'loses the last event of every full page but the last', (journal) =>
    changePages(journal, (page) => (page.last ? page : { ...page, events: page.events.slice(0, -1) })),
  ),

  brokenJournal('JR-16', 'bounds a page by events alone', (journal) => ({
    read: (stream, { page, ...query }, options) => {
      const bounds = page === undefined ? {} : { page: { ...page, bytes: Number.MAX_SAFE_INTEGER } };
      return journal.read(stream, { ...query, ...bounds }, options);
    },
  })),

  brokenJournal('JA-34', 'reads a whole stream before it gives the first page', (journal) => ({
    async *read(stream, query, options) {
      yield* await Array.fromAsync(journal.read(stream, query, options));
    },
  })),

  brokenJournal('JR-23', 'reads a whole stream as one page', (journal) => ({
    async *read(stream, query, options) {
      const pages = await Array.fromAsync(journal.read(stream, query, options));
      yield { events: pages.flatMap(({ events }) => events), last: true };
    },
  })),

  brokenJournal('JR-07', 'excludes the upper bound', (journal) => ({
    read: (stream, { to, ...query }, options) =>
      journal.read(stream, to === undefined ? query : { ...query, to: Math.max(0, to - 1) }, options),
  })),

  broken('JR-14', 'reads backward without declaring it', ({ capabilities }) => ({
    capabilities: { ...capabilities, readBackward: false },
  })),

  brokenJournal('JR-17', 'looks at the stream when read is called', (journal) => ({
    read(stream, query, options) {
      const head = journal.head(stream, options);
      async function* pages() {
        yield* journal.read(stream, { ...query, to: (await head).head }, options);
      }
      return pages();
    },
  })),

  brokenJournal('JR-20', 'goes on when nobody waits any more', (journal) => ({
    read: (stream, query) => journal.read(stream, query, {}),
  })),

  brokenJournal('JR-24', 'answers reads from a cache of its own', (journal) => {
    const heads = new Map<string, number>();
    return {
      async *read(stream, query, options) {
        const name = streamName(stream);
        const to = heads.get(name) ?? (await journal.head(stream, options)).head;
        heads.set(name, to);
        yield* journal.read(stream, { ...query, to }, options);
      },
    };
  }),

  brokenJournal('JR-28', 'recovers from the snapshot and reads its event once more', (journal) => ({
    async recover(request, options) {
      const recovered = await journal.recover(request, options);
      const from = recovered.snapshot?.sequenceNr ?? 1;
      return { ...recovered, pages: journal.read(request.stream, { from, page: request.page }, options) };
    },
  })),

  brokenJournal('JR-33', 'recovers from the start whatever it is told', (journal) => ({
    recover: (request, options) =>
      journal.recover(request.after === undefined ? request : { ...request, after: 0 }, options),
  })),

  brokenJournal('JR-34', 'takes events that are deleted while it reads for damage', (journal) => ({
    async *read(stream, query, options) {
      const before = await journal.head(stream, options);
      for await (const page of journal.read(stream, query, options)) {
        const { deletedTo } = await journal.head(stream, options);
        if (deletedTo > before.deletedTo) throw new StoreError('IntegrityError', 'a gap');
        yield page;
      }
    },
  })),

  brokenJournal('JD-02', 'forgets the head when all events are deleted', (journal) => ({
    async head(stream, options) {
      const found = await journal.head(stream, options);
      return found.head === found.deletedTo ? { ...found, head: 0, deletedTo: 0 } : found;
    },
  })),

  brokenJournal('JD-04', 'lets a deletion move back', (journal) => {
    const deleted = new Map<string, number>();
    return {
      async deleteTo(stream, sequenceNr, fence, options) {
        await journal.deleteTo(stream, sequenceNr, fence, options);
        deleted.set(streamName(stream), sequenceNr);
      },
      async head(stream, options) {
        const found = await journal.head(stream, options);
        return { ...found, deletedTo: deleted.get(streamName(stream)) ?? found.deletedTo };
      },
    };
  }),

  brokenJournal('JD-16', 'lists the first stream of a page again', (journal) => ({
    async list(query, options) {
      const page = await journal.list(query, options);
      return query.after === undefined
        ? page
        : journal.list({ ...query, after: String(Number(query.after) - 1) }, options);
    },
  })),

  broken('JA-23', 'cuts off the end of namespaces', ({ journal }) => {
    return {
      journal: {
        ...journal,
        append: (request, options) => journal.append({ ...request, stream: cutOff(request.stream) }, options),
        read: (stream, query, options) => journal.read(cutOff(stream), query, options),
        head: (stream, options) => journal.head(cutOff(stream), options),
      },
    };
  }),
];

function cutOff<T extends { readonly namespace: string }>(key: T): T {
  return { ...key, namespace: key.namespace.replace(/-other$/, '') };
}
