import type { Metadata } from './call.ts';

/** Where a consumed event comes from. */
export interface CloudEvent {
  /** The same whenever this event is delivered, which is at least once. */
  readonly id: string;
  /** The persistence id of the entity. */
  readonly source: string;
  /** The type URL of the event. */
  readonly type: string;
  /** The id of the entity. */
  readonly subject: string;
}

/** What came with a consumed event; undefined for any other call. */
export function cloudEventOf(metadata: Metadata): CloudEvent | undefined {
  const read = (wanted: string): string => {
    const value = metadata.find(({ name }) => name.toLowerCase() === wanted)?.value;
    return typeof value === 'string' ? value : '';
  };
  const [id, source, type, subject] = [read('ce-id'), read('ce-source'), read('ce-type'), read('ce-subject')];
  return id === '' ? undefined : { id, source, type, subject };
}
