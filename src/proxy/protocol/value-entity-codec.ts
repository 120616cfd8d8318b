import { cloudstate } from '@stategate/protocol';
import type { EntityKindCodec, EntityMessage, ValueWriteRequest } from '../entities/kind.ts';
import { fromClientAction, fromSideEffects } from './client-action.ts';

const { ValueEntityStreamIn, ValueEntityStreamOut } = cloudstate.valueentity;

/** Value entities on the wire (protocol-spec §1.6, §4). */
export const valueEntityCodec: EntityKindCodec<ValueWriteRequest> = {
  path: '/cloudstate.valueentity.ValueEntity/handle',
  texts: {
    reply: 'Unexpected Value entity reply',
    failure: 'Unexpected Value entity failure',
    message: 'Unexpected Value entity failure',
    termination: 'Unexpected Value entity termination',
    stashed: 'Value entity terminated',
  },
  restarts: false,
  // `state` is always present, its value only when there is one (§15, 2).
  init(serviceName, entityId, state) {
    return ValueEntityStreamIn.encode({
      init: { serviceName, entityId, state: { value: state?.payload ?? null } },
    }).finish();
  },
  event() {
    throw new Error('a value entity has no events');
  },
  command(entityId, id, name, payload) {
    return ValueEntityStreamIn.encode({ command: { entityId, id, name, payload } }).finish();
  },
  decode(bytes): EntityMessage<ValueWriteRequest> {
    const { reply, failure } = ValueEntityStreamOut.decode(bytes);
    if (failure != null)
      return { type: 'failure', commandId: failure.commandId ?? 0, description: failure.description ?? '' };
    if (reply == null) return { type: 'unknown', details: 'empty or unknown message from entity output stream' };
    const write = toWrite(reply.stateAction);
    if (write === 'invalid')
      return { type: 'unknown', details: 'a state action that neither updates to a value nor deletes' };
    return {
      type: 'reply',
      reply: {
        commandId: reply.commandId ?? 0,
        action: fromClientAction(reply.clientAction),
        sideEffects: fromSideEffects(reply.sideEffects),
        write,
      },
    };
  },
};

function toWrite(
  action: cloudstate.valueentity.ValueEntityAction.$Properties | null | undefined,
): ValueWriteRequest | 'invalid' | undefined {
  if (action == null) return undefined;
  if (action.delete != null) return { value: null };
  return action.update?.value == null ? 'invalid' : { value: action.update.value };
}
