import { fromBinary, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import type { ServiceMethod, ServiceModel } from '../../src/proxy/protocol/service-model.ts';
import type { CommandRouter } from '../../src/proxy/routing/command.ts';
import { type Metadata, OK, type Status } from '../../src/proxy/transport/call.ts';

export interface JsonCommand {
  readonly method: ServiceMethod;
  readonly input: JsonValue;
  readonly metadata: Metadata;
  /** Aborts when the caller has lost interest. */
  readonly signal: AbortSignal;
}

export type JsonOutcome =
  | { readonly reply: JsonValue | Uint8Array; readonly metadata?: Metadata }
  | { readonly status: Status }
  | 'nothing';

/** A router whose commands are handled here, in JSON, instead of by a user function. */
export function jsonRouter(
  model: ServiceModel,
  handle: (command: JsonCommand) => JsonOutcome | Promise<JsonOutcome>,
): CommandRouter {
  const { registry } = model;
  return {
    dispatch(method, payload, { metadata }, sink) {
      const { input, output } = method.desc;
      const cancelled = new AbortController();
      const json = toJson(input, fromBinary(input, payload), { registry });
      void Promise.resolve(handle({ method, input: json, metadata, signal: cancelled.signal })).then((outcome) => {
        if (outcome === 'nothing') return sink.end(OK);
        if ('status' in outcome) return sink.end(outcome.status);
        const { reply } = outcome;
        sink.message(
          reply instanceof Uint8Array ? reply : toBinary(output, fromJson(output, reply, { registry })),
          outcome.metadata ?? [],
        );
        return sink.end(OK);
      });
      return { cancel: () => cancelled.abort() };
    },
  };
}
