import { cloudstate } from '@stategate/protocol';
import type { CrdtChange, CrdtCodec, CrdtMessage } from '../entities/crdt/kind.ts';
import type { Answer } from '../entities/outcome.ts';
import { fromClientAction, fromSideEffects } from './client-action.ts';

const { CrdtStreamIn, CrdtStreamOut } = cloudstate.crdt;

type WireAnswer = Pick<cloudstate.crdt.CrdtReply.$Properties, 'clientAction' | 'sideEffects'>;

/**
 * CRDTs on the wire (protocol-spec §1.8, §6). The write consistency that an action asks for is not looked at: with one node every
 * write has what it asks for as soon as it is durable.
 */
export const crdtCodec: CrdtCodec = {
  path: '/cloudstate.crdt.Crdt/handle',
  init: (serviceName, entityId, delta) =>
    CrdtStreamIn.encode({ init: { serviceName, entityId, delta: delta ?? null } }).finish(),
  delta: (delta) => CrdtStreamIn.encode({ delta }).finish(),
  delete: () => CrdtStreamIn.encode({ delete: {} }).finish(),
  command: (entityId, id, name, payload, streamed) =>
    CrdtStreamIn.encode({ command: { entityId, id, name, payload, streamed } }).finish(),
  streamCancelled: (entityId, id) => CrdtStreamIn.encode({ streamCancelled: { entityId, id } }).finish(),
  decode(bytes): CrdtMessage {
    const { reply, streamedMessage, streamCancelledResponse, failure } = CrdtStreamOut.decode(bytes);
    if (reply != null) {
      const change = toChange(reply.stateAction);
      if (change === 'invalid') return INVALID;
      const { commandId, streamed } = reply;
      return { type: 'reply', commandId: commandId ?? 0, answer: toAnswer(reply), change, streamed: streamed ?? false };
    }
    if (streamedMessage != null) {
      const { commandId, endStream } = streamedMessage;
      return {
        type: 'streamed',
        commandId: commandId ?? 0,
        answer: toAnswer(streamedMessage),
        ends: endStream ?? false,
      };
    }
    if (streamCancelledResponse != null) {
      const change = toChange(streamCancelledResponse.stateAction);
      if (change === 'invalid') return INVALID;
      const { commandId } = streamCancelledResponse;
      return { type: 'cancelled', commandId: commandId ?? 0, answer: toAnswer(streamCancelledResponse), change };
    }
    if (failure != null)
      return { type: 'failure', commandId: failure.commandId ?? 0, description: failure.description ?? '' };
    return { type: 'unknown', details: 'empty or unknown message from entity output stream' };
  },
};

const INVALID: CrdtMessage = { type: 'unknown', details: 'a state action that neither updates nor deletes' };

function toAnswer({ clientAction, sideEffects }: WireAnswer): Answer {
  return { action: fromClientAction(clientAction), sideEffects: fromSideEffects(sideEffects) };
}

function toChange(
  action: cloudstate.crdt.CrdtStateAction.$Properties | null | undefined,
): CrdtChange | 'invalid' | undefined {
  if (action == null) return undefined;
  if (action.update != null) return { type: 'update', delta: action.update };
  return action.delete == null ? 'invalid' : { type: 'delete' };
}
