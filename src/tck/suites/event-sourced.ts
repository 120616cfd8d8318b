// What the cases of event sourced entities say.
import type { Plain } from '../codec.ts';
import { EVENT_SOURCED } from '../spec.ts';
import { EntityWords } from './entities.ts';

export const words = new EntityWords(EVENT_SOURCED, 'cloudstate.tck.model', 'EventSourced');
export const { model, two, configured } = words;
export const SERVICES: readonly string[] = [model, two];

export const emit = (value: string): Plain => ({ emit: { value } });
/** Emits each letter as an event of its own. */
export const emits = (letters: string): readonly Plain[] => letters.split('').map(emit);
/** What a reply wants to be kept. */
export const events = (...values: readonly string[]): Plain => ({
  events: values.map((value) => words.persisted(value)),
});
export const snapshot = (state: string): Plain => ({ snapshot: words.persisted(state) });
/** What a stream begins with. */
export const withSnapshot = (snapshotSequence: number, state: string): Plain => ({
  snapshot: { snapshotSequence, ...snapshot(state) },
});
export const event = (sequence: number, value: string): Plain => ({
  event: { sequence, payload: words.persisted(value) },
});
