import type { cloudstate } from '@stategate/protocol';
import { Call, type CallContext, type Reply } from './call.ts';
import type { Logger } from './logger.ts';
import { bindMethods } from './methods.ts';
import { unknownName } from './names.ts';
import type { Schema } from './schema.ts';

type ActionCommand = cloudstate.action.ActionCommand.$Properties;
type ActionResponse = cloudstate.action.ActionResponse.$Properties;

export interface ActionContext extends CallContext {
  /** What came along with the call, such as its headers. A name may occur several times. */
  readonly metadata: readonly { readonly name: string; readonly value: string | Uint8Array }[];
}

/** `Commands` maps the names of methods to the types of their messages. */
export interface ActionOptions<Commands> {
  /** The full name of the gRPC service. */
  readonly service: string;
  /** One for each method. Calls run side by side. */
  readonly commands: {
    readonly [Name in keyof Commands]: (command: Commands[Name], context: ActionContext) => Reply | Promise<Reply>;
  };
}

export interface Action {
  readonly kind: 'action';
  readonly service: string;
  /** @throws ConfigurationError when definition and schema do not fit */
  bind(schema: Schema, logger: Logger): (command: ActionCommand) => Promise<ActionResponse>;
}

/** Methods without state. */
export function action<Commands>(options: ActionOptions<Commands>): Action {
  const { service } = options;
  return {
    kind: 'action',
    service,
    bind(schema, logger) {
      const methods = bindMethods(schema, service, Object.keys(options.commands));
      return async ({ name, payload, metadata }) => {
        const method = methods.get(name ?? '');
        if (method === undefined)
          return failure(unknownName(`command of ${service}:`, `${name}`, methods.keys()).message);
        const call = new Call(schema, method);
        const context: ActionContext = {
          ...call.context(),
          metadata: (metadata?.entries ?? []).map((entry) => ({
            name: entry.key ?? '',
            value: entry.bytesValue ?? entry.stringValue ?? '',
          })),
        };
        const handler = options.commands[method.name as keyof Commands];
        try {
          const done = await call.run(payload ?? {}, (message) =>
            handler(message as Commands[keyof Commands], context),
          );
          const effects = { sideEffects: call.effects };
          return call.failure === undefined ? { ...done, ...effects } : { ...failure(call.failure), ...effects };
        } catch (error) {
          // Its text may hold what callers must not see.
          logger.error(`${service}.${method.name} failed: ${String(error)}`, error);
          return failure(`Unexpected failure in ${service}.${method.name}`);
        }
      };
    },
  };
}

function failure(description: string): ActionResponse {
  return { failure: { description } };
}
