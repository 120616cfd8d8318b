import type { OpOptions, SequenceNr, StreamKey } from '@stategate/journal-spi';
import { decodePacked, encodePacked } from '@stategate/journal-spi/kit';
import type { PackedRecord, PageFetch } from '@stategate/journal-spi/kit';
import type { Collection, WithId } from 'mongodb';
import { partsOf } from './commits.ts';
import type { Commit } from './commits.ts';
import { LIMITS } from './limits.ts';
import type { Store } from './store.ts';

/** Of one answer, which has 16 MiB at most. */
const MAX_RECORDS = 200;

/** The commits that hold the range's events, found by the index on their last ones. */
export async function fetchRecords(
  store: Store,
  commits: Collection<Commit>,
  stream: StreamKey,
  { from, to, backward, events }: Parameters<PageFetch>[0],
  options: OpOptions,
): Promise<readonly PackedRecord[]> {
  const [low, high] = backward ? [to, from] : [from, to];
  const found = await store.run('read', options, (limits) =>
    commits
      .find(
        {
          ...partsOf(stream),
          // The record with the last event ends no later than a whole batch behind it.
          last: { $gte: low, $lt: high + LIMITS.maxBatchEvents },
          first: { $lte: high },
          body: { $exists: true },
        },
        // One answer, however large the records are: what does not fit is asked for when it is wanted.
        { ...limits, singleBatch: true, promoteBuffers: true },
      )
      .sort({ last: backward ? -1 : 1 })
      .limit(Math.min(events, MAX_RECORDS))
      .toArray(),
  );
  return found.flatMap(toRecord);
}

/** The events that a commit holds; nothing when they are deleted or there were none. */
export function toRecord({ first, kept = first, last, epoch, at, body }: WithId<Commit>): PackedRecord[] {
  return body === undefined ? [] : [{ first: kept, last, epoch, at: at.getTime(), body }];
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
  const cut = await store.run('read', options, (limits) =>
    commits.findOne(
      {
        ...parts,
        last: { $gt: upTo, $lt: upTo + LIMITS.maxBatchEvents },
        first: { $lte: upTo },
        body: { $exists: true },
      },
      { ...limits, promoteBuffers: true },
    ),
  );
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
