import type { SnapshotStore } from '@stategate/journal-spi';
import { checkEpoch, validateSnapshot, validateStream } from '@stategate/journal-spi/kit';
import { nameOf } from './journal.ts';
import { LIMITS } from './limits.ts';
import { fromLine, type Log, toLine } from './log.ts';

export function createSnapshots(log: Log, now: () => number): SnapshotStore {
  return {
    async load(stream, { maxSequenceNr = Infinity }, options) {
      validateStream(stream);
      const all = log.state(options).streams.get(nameOf(stream))?.snapshots ?? [];
      const found = all.find(({ sequenceNr }) => sequenceNr <= maxSequenceNr);
      return found === undefined ? null : { ...fromLine(found.state), sequenceNr: found.sequenceNr, at: found.at };
    },

    async save(stream, snapshot, fence, options) {
      validateSnapshot(stream, snapshot, fence, LIMITS, options.keep);
      checkEpoch(fence, log.state(options).streams.get(nameOf(stream))?.epoch ?? 0);
      const { sequenceNr } = snapshot;
      const change = { did: 'snapshot', stream: nameOf(stream), epoch: fence.epoch, sequenceNr, at: now() } as const;
      log.add([{ ...change, state: toLine(snapshot), keep: options.keep ?? null }]);
    },

    async delete(stream, { maxSequenceNr }, options) {
      validateStream(stream);
      const all = log.state(options).streams.get(nameOf(stream))?.snapshots ?? [];
      const count = all.filter(({ sequenceNr }) => sequenceNr <= (maxSequenceNr ?? Infinity)).length;
      if (count > 0) log.add([{ did: 'drop-snapshots', stream: nameOf(stream), to: maxSequenceNr ?? null }]);
      return count;
    },
  };
}
