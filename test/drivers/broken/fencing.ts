import type { Journal, RecoverRequest, Recovered } from '@stategate/journal-spi';
import { StoreError } from '@stategate/journal-spi';
import { appendEach, broken, brokenFences, brokenJournal, streamName } from './broken.ts';
import type { BrokenDriver } from './broken.ts';

export const brokenFencing: readonly BrokenDriver[] = [
  brokenJournal('X-04', 'accepts appends of any epoch', (journal) =>
    appendEach(async (request, options) => {
      const { epoch } = await journal.head(request.stream, options);
      const fence = { ...request.fence, epoch: Math.max(epoch, request.fence.epoch) };
      return journal.append({ ...request, fence }, options);
    }),
  ),

  brokenJournal('X-06', 'recovers without sealing', (journal) => ({
    recover: (request, options) => unsealed(journal, request, options),
  })),

  brokenJournal('X-08', 'keeps seals in the memory of the process that made them', (journal) => {
    const seals = new Map<string, number>();
    return {
      ...appendEach(async (request, options) => {
        const current = seals.get(streamName(request.stream)) ?? 0;
        const ours = request.fence.epoch;
        return ours < current
          ? new StoreError('Fenced', 'sealed', { ours, current })
          : journal.append(request, options);
      }),
      async recover(request, options) {
        const name = streamName(request.stream);
        seals.set(name, Math.max(seals.get(name) ?? 0, request.fence.epoch));
        return unsealed(journal, request, options);
      },
    };
  }),

  brokenJournal('X-10', 'deletes events for any owner', (journal) => ({
    async deleteTo(stream, sequenceNr, fence, options) {
      const { epoch } = await journal.head(stream, options);
      await journal.deleteTo(stream, sequenceNr, { ...fence, epoch: Math.max(epoch, fence.epoch) }, options);
    },
  })),

  brokenJournal('X-13', 'lists streams that were only sealed', (journal) => {
    const sealed = new Map<string, RecoverRequest['stream']>();
    return {
      async recover(request, options) {
        sealed.set(streamName(request.stream), request.stream);
        return journal.recover(request, options);
      },
      async list(query, options) {
        const page = await journal.list(query, options);
        const listed = new Set(page.streams.map(streamName));
        const others = [...sealed.values()].filter(
          (stream) => stream.namespace === query.namespace && !listed.has(streamName(stream)),
        );
        const heads = others.map(async (stream) => ({ ...stream, ...(await journal.head(stream, options)) }));
        return { ...page, streams: [...page.streams, ...(await Promise.all(heads))] };
      },
    };
  }),

  brokenJournal('X-14', 'gives up all of recoverMany when one is fenced', (journal) => ({
    async recoverMany(requests, options) {
      const outcomes = await journal.recoverMany(requests, options);
      const refused = outcomes.find((outcome) => outcome instanceof Error);
      return refused === undefined ? outcomes : outcomes.map(() => refused);
    },
  })),

  brokenFences('X-02', 'counts epochs for each scope on its own', () => {
    const scopes = new Map<string, { epoch: number; owner: string }>();
    return {
      async claim(namespace, scope, owner) {
        const name = JSON.stringify([namespace, scope]);
        const epoch = (scopes.get(name)?.epoch ?? 0) + 1;
        scopes.set(name, { epoch, owner });
        return { epoch };
      },
      current: async (namespace, scope) => scopes.get(JSON.stringify([namespace, scope])) ?? null,
    };
  }),

  brokenFences('X-01', 'hands the current epoch to the next owner once more', (fences) => ({
    async claim(namespace, scope, owner, options) {
      return (await fences.current(namespace, scope, options)) ?? fences.claim(namespace, scope, owner, options);
    },
  })),

  broken('M-01', 'does not bring its schema to the target', ({ schema }) => ({
    schema: {
      ...schema,
      status: async (options) => ({ ...(await schema.status(options)), current: 0 }),
    },
  })),
];

async function unsealed(journal: Journal, request: RecoverRequest, options: object): Promise<Recovered> {
  const { stream, page } = request;
  const head = await journal.head(stream, options);
  return {
    head: { ...head, epoch: Math.max(head.epoch, request.fence.epoch) },
    pages: journal.read(stream, { page }, options),
  };
}
