import type { cloudstate } from '@stategate/protocol';
import { Call, type CallContext, CommandFailed, type Metadata, type Reply } from './call.ts';
import type { Logger } from './logger.ts';
import { bindMethods, type Method } from './methods.ts';
import { unknownName } from './names.ts';
import type { Schema } from './schema.ts';

type ActionCommand = cloudstate.action.ActionCommand.$Properties;
type ActionResponse = cloudstate.action.ActionResponse.$Properties;

export interface ActionContext extends CallContext {
  /** What came along with the call, such as its headers. */
  readonly metadata: Metadata;
  /** Aborts when the caller has cancelled the call. Whoever waits for anything but messages of the caller has to heed it. */
  readonly signal: AbortSignal;
}

/**
 * `Commands` maps the names of methods to the types of their messages: to an `AsyncIterable` of them where the proto file says
 * `stream`. A method whose replies are a stream has a handler that gives an `AsyncIterable`: an async generator is one.
 *
 * There each `yield` is an answer of its own, with the effects that were asked for before it, in place of a reply after
 * `forward`: `yield context.forward(...)`. A `yield` of nothing carries effects only. `fail` ends the stream, as does a
 * {@link Failure} at the caller.
 */
export interface ActionOptions<Commands> {
  /** The full name of the gRPC service. */
  readonly service: string;
  /** One for each method. Calls run side by side. */
  readonly commands: {
    readonly [Name in keyof Commands]: (
      command: Commands[Name],
      context: ActionContext,
    ) => Reply | Promise<Reply> | AsyncIterable<Reply>;
  };
}

/** Which rpc of the protocol was called. */
export type ActionRpc = Pick<Method, 'streamedIn' | 'streamedOut'>;

/** Handles one call: `first` is its first message, `rest` are those after it. Never throws. */
export type RunAction = (
  rpc: ActionRpc,
  first: ActionCommand,
  rest: AsyncIterable<ActionCommand>,
  signal: AbortSignal,
) => AsyncGenerator<ActionResponse>;

export interface Action {
  readonly kind: 'action';
  readonly service: string;
  /** @throws ConfigurationError when definition and schema do not fit */
  bind(schema: Schema, logger: Logger): RunAction;
}

/** Methods without state. */
export function action<Commands>(options: ActionOptions<Commands>): Action {
  const { service } = options;
  return {
    kind: 'action',
    service,
    bind(schema, logger) {
      const methods = bindMethods(schema, service, Object.keys(options.commands), 'both');
      return async function* run(rpc, { name, payload, metadata }, rest, signal) {
        const method = methods.get(name ?? '');
        if (method === undefined) {
          yield failure(unknownName(`command of ${service}:`, `${name}`, methods.keys()).message);
          return;
        }
        if (method.streamedIn !== rpc.streamedIn || method.streamedOut !== rpc.streamedOut) {
          yield failure(`Protocol error: ${service}.${method.name} has other streams than the call`);
          return;
        }
        const call = new Call(schema, method);
        const context: ActionContext = {
          ...call.context(),
          metadata: (metadata?.entries ?? []).map((entry) => ({
            name: entry.key ?? '',
            value: entry.bytesValue ?? entry.stringValue ?? '',
          })),
          signal,
        };
        const handler = options.commands[method.name as keyof Commands];
        try {
          const input = method.streamedIn ? decodeAll(call, rest) : call.decode(payload ?? {});
          const output = handler(input as Commands[keyof Commands], context);
          if (!method.streamedOut) {
            yield call.response(await output);
          } else {
            for await (const reply of repliesOf(output, method)) yield call.response(reply);
            if (call.effects.length > 0) yield call.response(undefined);
          }
        } catch (error) {
          if (error instanceof CommandFailed) yield call.response(undefined);
          else if (!signal.aborted) {
            // Its text may hold what callers must not see.
            logger.error(`${service}.${method.name} failed: ${String(error)}`, error);
            yield failure(`Unexpected failure in ${service}.${method.name}`);
          }
        } finally {
          call.finish();
        }
      };
    },
  };
}

async function* decodeAll(call: Call, commands: AsyncIterable<ActionCommand>): AsyncGenerator<object> {
  for await (const { payload } of commands) yield call.decode(payload ?? {});
}

function repliesOf(output: unknown, { name }: Method): AsyncIterable<Reply> {
  if (typeof output === 'object' && output !== null && Symbol.asyncIterator in output)
    return output as AsyncIterable<Reply>;
  throw new TypeError(`the replies of ${name} are a stream: its handler must give an AsyncIterable`);
}

function failure(description: string): ActionResponse {
  return { failure: { description } };
}
