import type { cloudstate } from '@stategate/protocol';
import type { ClientAction, SideEffect } from '../entities/outcome.ts';
import type { Metadata } from '../transport/call.ts';

const NO_METADATA: Metadata = [];
const NO_EFFECTS: readonly SideEffect[] = [];
const NONE: ClientAction = { type: 'none' };

/** The protocol's `ClientAction`, and the oneof of `ActionResponse`, which has the same members. */
export function fromClientAction(action: cloudstate.ClientAction.$Properties | null | undefined): ClientAction {
  if (action?.reply != null)
    return { type: 'reply', payload: action.reply.payload ?? undefined, metadata: fromMetadata(action.reply.metadata) };
  if (action?.forward != null) {
    const { serviceName, commandName, payload, metadata } = action.forward;
    return {
      type: 'forward',
      serviceName: serviceName ?? '',
      commandName: commandName ?? '',
      payload: payload ?? undefined,
      metadata: fromMetadata(metadata),
    };
  }
  if (action?.failure != null) {
    return { type: 'failure', description: action.failure.description ?? '', restart: action.failure.restart ?? false };
  }
  return NONE;
}

export function fromSideEffects(
  effects: readonly cloudstate.SideEffect.$Properties[] | null | undefined,
): readonly SideEffect[] {
  if (effects == null || effects.length === 0) return NO_EFFECTS;
  return effects.map((effect) => ({
    serviceName: effect.serviceName ?? '',
    commandName: effect.commandName ?? '',
    payload: effect.payload ?? undefined,
    metadata: fromMetadata(effect.metadata),
    synchronous: effect.synchronous ?? false,
  }));
}

export function fromMetadata(metadata: cloudstate.Metadata.$Properties | null | undefined): Metadata {
  if (metadata?.entries == null || metadata.entries.length === 0) return NO_METADATA;
  return metadata.entries.map(
    ({ key, stringValue, bytesValue }) => [key ?? '', bytesValue ?? stringValue ?? ''] as const,
  );
}

export function toMetadata(metadata: Metadata): cloudstate.Metadata.$Properties {
  return {
    entries: metadata.map(([key, value]) =>
      typeof value === 'string' ? { key, stringValue: value } : { key, bytesValue: value },
    ),
  };
}
