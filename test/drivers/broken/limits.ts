import { StoreError } from '@stategate/journal-spi';
import { appendEach, broken, brokenJournal, brokenSnapshots } from './broken.ts';
import type { BrokenDriver } from './broken.ts';

export const brokenLimits: readonly BrokenDriver[] = [
  broken('LM-01', 'declares a limit and takes what is larger', ({ limits }) => ({
    limits: { ...limits, maxEventBytes: 100_000 },
  })),

  brokenJournal('LM-02', 'refuses less than it declares', (journal) =>
    appendEach(async (request, options) => {
      const size = request.events.length;
      if (size <= 9000) return journal.append(request, options);
      return new StoreError('BatchTooLarge', `${size} events`, { limit: 10_000, size });
    }),
  ),

  broken('LM-03', 'limits events and forgets their sum', ({ limits }) => ({
    limits: { ...limits, maxBatchBytes: limits.maxEventBytes },
  })),

  brokenSnapshots('LM-04', 'cuts off large snapshots', (snapshots) => ({
    save: (stream, snapshot, fence, options) =>
      snapshots.save(stream, { ...snapshot, payload: snapshot.payload.subarray(0, 5_000_000) }, fence, options),
  })),

  broken('LM-05', 'takes values of any size', ({ limits }) => ({ limits: { ...limits, maxValueBytes: 1024 } })),
];
