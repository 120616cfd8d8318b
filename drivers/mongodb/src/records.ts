import type { OpOptions, SequenceNr, StreamKey } from '@stategate/journal-spi';
import { decodePacked, encodePacked } from '@stategate/journal-spi/kit';
import type { PackedRecord, RecordFetch } from '@stategate/journal-spi/kit';
import type { Collection, WithId } from 'mongodb';
import { partsOf } from './commits.ts';
import type { Commit } from './commits.ts';
import { LIMITS } from './limits.ts';
import type { Store } from './store.ts';

/** How many records the first answer has, while nobody knows how large they are. */
const FIRST_RECORDS = 16;

/**
 * The commits that hold a range's events, found by the index on their last ones: for one read, about as many bytes as it asks for.
 * The bounds are as narrow as they can be, for servers that read all that is between them before they look at the limit.
 */
export function recordsOf(
  store: Store,
  commits: Collection<Commit>,
  stream: StreamKey,
  options: OpOptions,
): RecordFetch {
  let average: number | undefined;
  return async ({ from, to, backward, events, bytes }) => {
    const [low, high] = backward ? [to, from] : [from, to];
    const limit = Math.min(events, average === undefined ? FIRST_RECORDS : Math.ceil(bytes / average));
    const way = backward ? -1 : 1;
    const found = await store.run('read', options, (limits) =>
      commits
        .find(
          {
            ...partsOf(stream),
            // The record with an event ends no later than a whole batch behind it.
            last: { $gte: low, $lt: from + LIMITS.maxBatchEvents },
            // Forward, the first one has an event of the range in any case.
            ...(backward && { first: { $lte: high }, body: { $exists: true } }),
          },
          // One answer of the server, which has 16 MiB: what does not fit is asked for when it is wanted.
          { ...limits, singleBatch: true, batchSize: limit, promoteBuffers: true },
        )
        .sort({ last: way, commit: way })
        .limit(limit)
        .toArray(),
    );
    const records = found.flatMap(toRecord);
    average = records.reduce((sum, { body }) => sum + body.length, 1) / Math.max(1, records.length);
    return records;
  };
}

/** The events that a commit holds; nothing when they are deleted or there were none. */
export function toRecord({ first, kept = first, last, epoch, at, body }: WithId<Commit>): PackedRecord[] {
  return body === undefined ? [] : [{ first: kept, last, epoch, at: at.getTime(), body }];
}

/** The commit that holds the event after this one: the first of those that end there or later. */
export function commitAfter(
  store: Store,
  commits: Collection<Commit>,
  stream: StreamKey,
  sequenceNr: SequenceNr,
  options: OpOptions,
): Promise<WithId<Commit> | null> {
  return store.run('read', options, (limits) =>
    commits
      .find(
        { ...partsOf(stream), last: { $gt: sequenceNr, $lte: sequenceNr + LIMITS.maxBatchEvents } },
        { ...limits, promoteBuffers: true },
      )
      .sort({ last: 1, commit: 1 })
      .limit(1)
      .next(),
  );
}

/** Removes the bytes of events that are hidden. The commits stay, see `Commit`. */
export async function forgetEvents(
  store: Store,
  commits: Collection<Commit>,
  stream: StreamKey,
  upTo: SequenceNr,
  options: OpOptions,
): Promise<void> {
  const parts = partsOf(stream);
  await store.run('write', options, (limits) =>
    commits.updateMany({ ...parts, last: { $lte: upTo }, body: { $exists: true } }, { $unset: { body: 1 } }, limits),
  );
  const cut = await commitAfter(store, commits, stream, upTo, options);
  if (cut?.body === undefined) return;
  const { _id, first, kept = first, epoch, body } = cut;
  if (kept > upTo) return;
  const left = decodePacked(body, kept, epoch, 0).filter(({ sequenceNr }) => sequenceNr > upTo);
  await store.run('write', options, (limits) =>
    commits.updateOne(
      { _id, ...(kept === first ? { kept: { $exists: false } } : { kept }) },
      { $set: { body: encodePacked(left), kept: upTo + 1 } },
      limits,
    ),
  );
}
