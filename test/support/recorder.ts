import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { Type } from 'protobufjs';
import { loadProto } from './probe.ts';
import type { EntityStream } from './scripted-function.ts';

/** One message as a plain object that holds what was on the wire and nothing else; or how a stream ended. */
export type Received = object | 'half-close' | 'cancelled';

/** Everything that a user function receives, in the order in which it comes; messages whole, as the protocol's files say. */
export class Recorder {
  /** `from`: `<entity id>` of an entity's stream, `action`. */
  readonly all: { readonly from: string; readonly what: Received }[] = [];
  readonly #streams: { entityId: string; readonly items: Received[] }[] = [];
  readonly #eventSourced = loadProto('proto', 'cloudstate/event_sourced.proto').lookupType(
    'cloudstate.eventsourced.EventSourcedStreamIn',
  );
  readonly #value = loadProto('proto', 'cloudstate/value_entity.proto').lookupType(
    'cloudstate.valueentity.ValueEntityStreamIn',
  );
  readonly #action = loadProto('proto', 'cloudstate/action.proto').lookupType('cloudstate.action.ActionCommand');

  /** What each stream of an entity received, one list for each life. */
  lives(entityId: string): readonly (readonly Received[])[] {
    return this.#streams.filter((stream) => stream.entityId === entityId).map(({ items }) => [...items]);
  }

  get actions(): readonly Received[] {
    return this.all.filter(({ from }) => from === 'action').map(({ what }) => what);
  }

  /** Returns what to call before the answer: a call that ends earlier was cancelled. */
  action(call: ServerUnaryCall<Buffer, Buffer>): () => void {
    let answered = false;
    this.all.push({ from: 'action', what: plain(this.#action, call.request) });
    call.on('cancelled', () => answered || this.all.push({ from: 'action', what: 'cancelled' }));
    return () => {
      answered = true;
    };
  }

  stream(kind: 'eventSourced' | 'value', { raw }: Pick<EntityStream<unknown, unknown>, 'raw'>): void {
    const type = kind === 'value' ? this.#value : this.#eventSourced;
    const stream = { entityId: '', items: new Array<Received>() };
    this.#streams.push(stream);
    const add = (what: Received): void => {
      stream.items.push(what);
      this.all.push({ from: stream.entityId, what });
    };
    raw.on('data', (bytes: Buffer) => {
      const message = plain(type, bytes);
      stream.entityId ||= (message as { init?: { entityId?: string } }).init?.entityId ?? '';
      add(message);
    });
    raw.on('end', () => add('half-close'));
    // It is also emitted when the user function itself has ended the stream.
    raw.on('cancelled', () => raw.writableEnded || add('cancelled'));
  }
}

function plain(type: Type, bytes: Buffer): object {
  return type.toObject(type.decode(bytes), { longs: Number, bytes: String });
}
