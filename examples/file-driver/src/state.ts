import type { Epoch, SequenceNr, Token } from '@stategate/journal-spi';

/** Bytes are base64 in a line; `meta` is left out when there is none. */
export interface Line {
  readonly manifest: string;
  readonly payload: string;
  readonly meta?: string;
}

/** One line of the file: a change that was made. The state is what all of them add up to. */
export type Change =
  | { readonly did: 'schema'; readonly version: number }
  | {
      readonly did: 'claim';
      readonly namespace: string;
      readonly scope: string;
      readonly epoch: Epoch;
      readonly owner: string;
    }
  | { readonly did: 'seal'; readonly stream: string; readonly epoch: Epoch }
  | {
      readonly did: 'append';
      readonly stream: string;
      readonly epoch: Epoch;
      readonly token: Token;
      readonly at: number;
      readonly events: readonly Line[];
    }
  | { readonly did: 'delete'; readonly stream: string; readonly to: SequenceNr }
  | {
      readonly did: 'snapshot';
      readonly stream: string;
      readonly epoch: Epoch;
      readonly sequenceNr: SequenceNr;
      readonly at: number;
      readonly state: Line;
      readonly keep: number | null;
    }
  | { readonly did: 'drop-snapshots'; readonly stream: string; readonly to: SequenceNr | null }
  | {
      readonly did: 'put';
      readonly key: string;
      readonly epoch: Epoch;
      readonly token: Token;
      readonly value: Line | null;
    }
  | { readonly did: 'seal-key'; readonly key: string; readonly epoch: Epoch };

export interface StreamState {
  epoch: Epoch;
  deletedTo: SequenceNr;
  readonly events: { readonly line: Line; readonly epoch: Epoch; readonly at: number; readonly token: Token | null }[];
  snapshots: { readonly sequenceNr: SequenceNr; readonly at: number; readonly state: Line }[];
}

export interface KeyState {
  /** The highest that wrote or sealed. */
  epoch: Epoch;
  /** Of the last write. */
  written: Epoch;
  token: Token | null;
  value: Line | null;
}

export class State {
  schema = 0;
  readonly claims = new Map<string, { readonly epoch: Epoch; readonly owner: string }>();
  readonly lastEpoch = new Map<string, Epoch>();
  readonly streams = new Map<string, StreamState>();
  readonly keys = new Map<string, KeyState>();

  stream(key: string): StreamState {
    const known = this.streams.get(key) ?? { epoch: 0, deletedTo: 0, events: [], snapshots: [] };
    this.streams.set(key, known);
    return known;
  }

  key(key: string): KeyState {
    const known = this.keys.get(key) ?? { epoch: 0, written: 0, token: null, value: null };
    this.keys.set(key, known);
    return known;
  }

  apply(change: Change): void {
    switch (change.did) {
      case 'schema':
        this.schema = change.version;
        return;
      case 'claim':
        this.lastEpoch.set(change.namespace, change.epoch);
        this.claims.set(JSON.stringify([change.namespace, change.scope]), change);
        return;
      case 'seal':
        this.stream(change.stream).epoch = change.epoch;
        return;
      case 'append': {
        const { epoch, at, token, events } = change;
        const stream = this.stream(change.stream);
        stream.epoch = epoch;
        // The token belongs to the first event: it says whose append took this place.
        events.forEach((line, i) => stream.events.push({ line, epoch, at, token: i === 0 ? token : null }));
        return;
      }
      case 'delete':
        this.stream(change.stream).deletedTo = change.to;
        return;
      case 'snapshot': {
        const stream = this.stream(change.stream);
        stream.epoch = change.epoch;
        const others = stream.snapshots.filter(({ sequenceNr }) => sequenceNr !== change.sequenceNr);
        stream.snapshots = [...others, change]
          .toSorted((a, b) => b.sequenceNr - a.sequenceNr)
          .slice(0, change.keep ?? undefined);
        return;
      }
      case 'drop-snapshots': {
        const stream = this.stream(change.stream);
        stream.snapshots = stream.snapshots.filter(({ sequenceNr }) => sequenceNr > (change.to ?? Infinity));
        return;
      }
      case 'put':
        Object.assign(this.key(change.key), {
          epoch: change.epoch,
          written: change.epoch,
          token: change.token,
          value: change.value,
        });
        return;
      case 'seal-key':
        this.key(change.key).epoch = change.epoch;
        return;
      default:
        change satisfies never;
    }
  }
}
