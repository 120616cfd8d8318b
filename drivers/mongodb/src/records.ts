import type { OpOptions, SequenceNr, StreamKey } from '@stategate/journal-spi';
import { decodePacked, encodePacked, packedFetch } from '@stategate/journal-spi/kit';
import type { PackedRecord, PageFetch } from '@stategate/journal-spi/kit';
import { partsOf } from './commits.ts';
import type { Commit, CommitLog, Tail } from './commits.ts';
import { LIMITS } from './limits.ts';
import type { Store } from './store.ts';

/**
 * Reads a range's events from the commits that hold them, found by the index on their last ones: about as many bytes at once as are
 * asked for. The bounds are as narrow as they can be, for servers that read all that is between them before they look at the limit.
 */
export function eventsOf(log: CommitLog, stream: StreamKey, { bytes: newest }: Tail, options: OpOptions): PageFetch {
  let average = newest;
  return packedFetch(async ({ from, to, backward, events, bytes }) => {
    const [low, high] = backward ? [to, from] : [from, to];
    const query = {
      // The record with an event ends no later than a whole batch behind it.
      head: { $gte: low, $lt: from + LIMITS.maxBatchEvents },
      // Forward, the first one has an event of the range in any case.
      ...(backward && { first: { $lte: high }, body: { $exists: true } }),
    };
    const limit = Math.min(events, Math.ceil(bytes / average));
    const found = await log.find(stream, query, backward ? -1 : 1, limit, options);
    const records = found.flatMap(toRecord);
    average = records.reduce((sum, { body }) => sum + body.length, 1) / Math.max(1, records.length);
    return records;
  });
}

/** The events that a commit holds; nothing when they are deleted or there were none. */
export function toRecord({ first, kept = first, head, epoch, at, body }: Commit): PackedRecord[] {
  return body === undefined ? [] : [{ first: kept, last: head, epoch, at: at.getTime(), body }];
}

/** The commit that holds the event after this one: the first of those that end there or later. */
export async function commitAfter(
  log: CommitLog,
  stream: StreamKey,
  sequenceNr: SequenceNr,
  options: OpOptions,
): Promise<Commit | undefined> {
  const head = { $gt: sequenceNr, $lte: sequenceNr + LIMITS.maxBatchEvents };
  const [found] = await log.find(stream, { head }, 1, 1, options);
  return found;
}

/** Removes the bytes of events that are hidden. The commits stay, see `Commit`. */
export async function forgetEvents(
  store: Store,
  log: CommitLog,
  stream: StreamKey,
  upTo: SequenceNr,
  options: OpOptions,
): Promise<void> {
  const hidden = { ...partsOf(stream), head: { $lte: upTo }, body: { $exists: true } };
  await store.run('write', options, (limits) => log.commits.updateMany(hidden, { $unset: { body: 1 } }, limits));
  const cut = await commitAfter(log, stream, upTo, options);
  if (cut?.body === undefined) return;
  const { _id, first, kept = first, epoch, body } = cut;
  if (kept > upTo) return;
  const left = decodePacked(body, kept, epoch, 0).filter(({ sequenceNr }) => sequenceNr > upTo);
  await store.run('write', options, (limits) =>
    log.commits.updateOne(
      { _id, ...(kept === first ? { kept: { $exists: false } } : { kept }) },
      { $set: { body: encodePacked(left), kept: upTo + 1 } },
      limits,
    ),
  );
}
