import { loadProto } from '../test/support/probe.ts';
import { frame } from '../src/proxy/transport/grpc-framing.ts';

export const METHOD_PATH = '/stategate.bench.Notes/Add';

const TEXT = 'x'.repeat(100);

/** The framed request that adds a note of 100 bytes to each of the entities `first` to `first + count - 1`. */
export function noteRequests(first: number, count: number): readonly Buffer[] {
  const type = loadProto('bench', 'notes.proto').lookupType('stategate.bench.Note');
  return Array.from({ length: count }, (_, i) => frame(type.encode({ id: `note-${first + i}`, text: TEXT }).finish()));
}
