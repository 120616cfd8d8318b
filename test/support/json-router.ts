import { fromBinary, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import type { ServiceMethod, ServiceModel } from '../../src/proxy/protocol/service-model.ts';
import type { CommandRouter, ReplySink, RunningCommand } from '../../src/proxy/routing/command.ts';
import { type Metadata, OK, type Status } from '../../src/proxy/transport/call.ts';

export interface JsonCommand {
  readonly method: ServiceMethod;
  readonly input: JsonValue;
  readonly metadata: Metadata;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  /** Aborts when the caller has lost interest; the reason is what it was told instead of an answer, if anything. */
  readonly signal: AbortSignal;
}

type Reply = JsonValue | Uint8Array;

export type JsonOutcome =
  | { readonly reply: Reply; readonly metadata?: Metadata }
  | { readonly status: Status }
  /** Taken one by one, as the caller takes them; `status` after the last. */
  | { readonly replies: Iterable<Reply>; readonly metadata?: Metadata; readonly status?: Status }
  | 'nothing';

/** A router whose commands are handled here, in JSON, instead of by a user function. Of messages that are a stream it takes one. */
export function jsonRouter(
  model: ServiceModel,
  handle: (command: JsonCommand) => JsonOutcome | Promise<JsonOutcome>,
): CommandRouter {
  const { registry } = model;
  const dispatch: CommandRouter['dispatch'] = (method, payload, { metadata, deadline }, sink) => {
    const { input, output } = method.desc;
    const cancelled = new AbortController();
    const { signal } = cancelled;
    const json = toJson(input, fromBinary(input, payload), { registry });
    const toBytes = (reply: Reply): Uint8Array =>
      reply instanceof Uint8Array ? reply : toBinary(output, fromJson(output, reply, { registry }));
    let resume = (): void => undefined;
    void Promise.resolve(handle({ method, input: json, metadata, deadline, signal })).then((outcome) => {
      const { replies, status = OK, metadata: headers = [] } = manyOf(outcome);
      const iterator = replies[Symbol.iterator]();
      resume = () => {
        while (!signal.aborted) {
          const next = iterator.next();
          if (next.done === true) return sink.end(status);
          const taken = sink.message(toBytes(next.value), headers);
          if (taken === false) return undefined;
          if (taken !== true) {
            cancelled.abort();
            return sink.end(taken);
          }
        }
        return undefined;
      };
      resume();
    });
    return { cancel: (told) => cancelled.abort(told), resume: () => resume() };
  };
  return {
    dispatch,
    open(method, context, sink: ReplySink) {
      let message = new Uint8Array(0);
      let running: RunningCommand | undefined;
      return {
        send(payload) {
          message = new Uint8Array(payload);
          return true;
        },
        halfClose() {
          running = dispatch(method, message, context, sink);
        },
        cancel: (told) => running?.cancel(told),
        resume: () => running?.resume(),
      };
    },
  };
}

function manyOf(outcome: JsonOutcome): { replies: Iterable<Reply>; metadata?: Metadata; status?: Status } {
  if (outcome === 'nothing') return { replies: [] };
  if ('reply' in outcome) return { ...outcome, replies: [outcome.reply] };
  return 'replies' in outcome ? outcome : { replies: [], status: outcome.status };
}
