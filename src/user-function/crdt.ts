import type { cloudstate } from '@stategate/protocol';
import type { CrdtCommands } from './crdt/context.ts';
import { CrdtSession } from './crdt/session.ts';
import { type Make, maker } from './crdt/make.ts';
import type { Node } from './crdt/node.ts';
import type { Session } from './entity-stream.ts';
import { bindMethods } from './methods.ts';
import type { Schema } from './schema.ts';

type StreamIn = cloudstate.crdt.CrdtStreamIn.$Properties;
type StreamOut = cloudstate.crdt.CrdtStreamOut.$Properties;
type Init = cloudstate.crdt.CrdtInit.$Properties;

/** `Commands` maps the names of methods to the types of their messages. */
export interface CrdtOptions<Value extends Node, Commands> {
  /** The full name of the gRPC service. */
  readonly service: string;
  /** Which collection the values belong to. Must never change once there are any. */
  readonly persistenceId: string;
  /** The value before anything has happened. Its type must never change. */
  readonly create: (make: Make, entityId: string) => Value;
  /** One for each method. What a handler does to the value is kept when it finishes without failing. */
  readonly commands: CrdtCommands<Value, Commands>;
  /** How long the proxy keeps an idle entity. Default: what the proxy says. */
  readonly passivationTimeoutMs?: number;
}

export interface CrdtEntity {
  readonly kind: 'crdt';
  readonly service: string;
  readonly persistenceId: string;
  readonly passivationTimeoutMs: number | undefined;
  /** @throws ConfigurationError when definition and schema do not fit */
  bind(schema: Schema): (init: Init) => Session<StreamIn, StreamOut>;
}

/** An entity whose value every node of the proxy changes on its own; all of them end with the same. */
export function crdt<Value extends Node, Commands>(options: CrdtOptions<Value, Commands>): CrdtEntity {
  const { service, persistenceId, passivationTimeoutMs } = options;
  return {
    kind: 'crdt',
    service,
    persistenceId,
    passivationTimeoutMs,
    bind(schema) {
      const methods = bindMethods(schema, service, Object.keys(options.commands), 'out');
      const make = maker(schema, service);
      const commands = options.commands as CrdtCommands<Value, Record<string, unknown>>;
      return (init) => {
        const value = options.create(make, init.entityId ?? '');
        return new CrdtSession({ service, schema, methods, commands, value }, init);
      };
    },
  };
}
