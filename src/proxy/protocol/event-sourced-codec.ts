import { cloudstate } from '@stategate/protocol';
import type { EntityKindCodec, EntityMessage, EventsWrite } from '../entities/kind.ts';
import { fromClientAction, fromSideEffects } from './client-action.ts';

const { EventSourcedStreamIn, EventSourcedStreamOut } = cloudstate.eventsourced;

/** Event sourced entities on the wire (protocol-spec §1.5, §3). */
export const eventSourcedCodec: EntityKindCodec<EventsWrite> = {
  path: '/cloudstate.eventsourced.EventSourced/handle',
  texts: {
    reply: 'Unexpected entity reply',
    failure: 'Unexpected entity failure',
    message: 'Unexpected entity message',
    termination: 'Unexpected entity termination',
    stashed: 'Entity terminated',
  },
  restarts: true,
  init(serviceName, entityId, state) {
    const snapshot = state && { snapshotSequence: state.sequenceNr, snapshot: state.payload };
    return EventSourcedStreamIn.encode({ init: { serviceName, entityId, snapshot: snapshot ?? null } }).finish();
  },
  event({ sequenceNr, payload }) {
    return EventSourcedStreamIn.encode({ event: { sequence: sequenceNr, payload } }).finish();
  },
  command(entityId, id, name, payload) {
    return EventSourcedStreamIn.encode({ command: { entityId, id, name, payload } }).finish();
  },
  decode(bytes): EntityMessage<EventsWrite> {
    const { reply, failure } = EventSourcedStreamOut.decode(bytes);
    if (reply != null) {
      const events = reply.events ?? [];
      return {
        type: 'reply',
        reply: {
          commandId: reply.commandId ?? 0,
          action: fromClientAction(reply.clientAction),
          sideEffects: fromSideEffects(reply.sideEffects),
          // A snapshot without events counts for nothing (§3.3).
          write: events.length === 0 ? undefined : { events, snapshot: reply.snapshot ?? undefined },
        },
      };
    }
    if (failure != null)
      return { type: 'failure', commandId: failure.commandId ?? 0, description: failure.description ?? '' };
    return { type: 'unknown', details: 'empty or unknown message from entity output stream' };
  },
};
