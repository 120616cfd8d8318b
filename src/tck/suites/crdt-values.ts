import type { Plain } from '../codec.ts';

/** A delta in few words: `{ gcounter: 3 }`, `{ orset: { removed: ['a'], added: ['b'] } }`, `{ ormap: { added: { key: … } } }`. */
export type Short = Readonly<Record<string, unknown>>;

interface Changes {
  readonly cleared?: boolean;
  readonly removed?: readonly string[];
  readonly added?: unknown;
  readonly updated?: unknown;
}

/** In the words of the protocol. */
export function deltaOf(short: Short): Plain {
  const [[type, value] = ['', undefined]] = Object.entries(short);
  const { cleared, removed, updated, added } = (value ?? {}) as Changes;
  switch (type) {
    case 'gcounter':
      return { gcounter: { increment: value } };
    case 'pncounter':
      return { pncounter: { change: value } };
    case 'gset':
      return { gset: { added: texts(value) } };
    case 'orset':
      return { orset: { cleared, removed: texts(removed), added: texts(added) } };
    case 'lwwregister': {
      const [text, clock, customClockValue] = Array.isArray(value) ? (value as unknown[]) : [value];
      return { lwwregister: { value: { string: text }, ...(clock != null && { clock, customClockValue }) } };
    }
    case 'flag':
      return { flag: { value } };
    case 'vote': {
      const [selfVote, votesFor, totalVoters] = Array.isArray(value) ? (value as unknown[]) : [value];
      return { vote: { selfVote, ...(votesFor != null && { votesFor, totalVoters }) } };
    }
    case 'ormap':
      return { ormap: { cleared, removed: texts(removed), updated: entries(updated), added: entries(added) } };
    default:
      throw new Error(`no CRDT has a delta ${type}`);
  }
}

function texts(list: unknown): readonly Plain[] {
  return ((list ?? []) as readonly string[]).map((string) => ({ string }));
}

function entries(of: unknown): readonly Plain[] {
  return Object.entries((of ?? {}) as Record<string, Short>).map(([string, delta]) => ({
    key: { string },
    delta: deltaOf(delta),
  }));
}

/** In the words of the model, which tells sets and maps in order. `type` is an id, or a key, or its beginning. */
export function stateOf(type: string, state: unknown): Plain {
  const [name = ''] = type.split('-');
  switch (name) {
    case 'GCounter':
    case 'PNCounter':
    case 'LWWRegister':
    case 'Flag':
      return { [name.toLowerCase()]: { value: state } };
    case 'GSet':
    case 'ORSet':
      return { [name.toLowerCase()]: { elements: state } };
    case 'Vote': {
      const [selfVote, votesFor, totalVoters] = state as readonly unknown[];
      return { vote: { selfVote, votesFor, totalVoters } };
    }
    case 'ORMap': {
      const members = Object.entries(state as object).map(([key, value]) => ({ key, value: stateOf(key, value) }));
      return { ormap: { entries: members } };
    }
    default:
      throw new Error(`"${type}" is no CRDT`);
  }
}
