import type { cloudstate } from '@stategate/protocol';
import type protobuf from 'protobufjs';
import { Call, type CallContext, type Reply } from './call.ts';
import { checkCommand, type Session, StreamFailure, unexpected } from './entity-stream.ts';
import { decode, encode, nameOfPayload, type Payload } from './messages.ts';
import { bindMethods, findMessage, type Method } from './methods.ts';
import type { Schema } from './schema.ts';

type StreamIn = cloudstate.valueentity.ValueEntityStreamIn.$Properties;
type StreamOut = { reply: ValueEntityReply };
type Init = cloudstate.valueentity.ValueEntityInit.$Properties;
type ValueEntityReply = cloudstate.valueentity.ValueEntityReply.$Properties;

export interface ValueEntityContext<State> extends CallContext {
  readonly entityId: string;
  /** The state with what this command has done to it so far. */
  readonly state: State;
  /** Replaces the state when the handler finishes without failing. */
  update(state: State): void;
  /** Back to the initial state, nothing stays stored. */
  delete(): void;
}

/** `Commands` maps the names of methods to the types of their messages. */
export interface ValueEntityOptions<State, Commands> {
  /** The full name of the gRPC service. */
  readonly service: string;
  /** Which collection the states belong to. Must never change once there are any. */
  readonly persistenceId: string;
  /** The message that the state is. */
  readonly state: string;
  /** The state when nothing is stored. */
  readonly initial: (entityId: string) => State;
  /** One for each method. Changing `state` in place changes nothing: call `update`. */
  readonly commands: {
    readonly [Name in keyof Commands]: (
      command: Commands[Name],
      state: State,
      context: ValueEntityContext<State>,
    ) => Reply | Promise<Reply>;
  };
  /** How long the proxy keeps an idle entity. Default: what the proxy says. */
  readonly passivationTimeoutMs?: number;
}

export interface ValueEntity {
  readonly kind: 'value-entity';
  readonly service: string;
  readonly persistenceId: string;
  readonly passivationTimeoutMs: number | undefined;
  /** @throws ConfigurationError when definition and schema do not fit */
  bind(schema: Schema): (init: Init) => Session<StreamIn, StreamOut>;
}

/** An entity whose latest state is stored, and no history. */
export function valueEntity<State, Commands>(options: ValueEntityOptions<State, Commands>): ValueEntity {
  const { service, persistenceId, passivationTimeoutMs } = options;
  return {
    kind: 'value-entity',
    service,
    persistenceId,
    passivationTimeoutMs,
    bind(schema) {
      const methods = bindMethods(schema, service, Object.keys(options.commands));
      const type = findMessage(schema, options.state, service);
      return (init) => new ValueEntitySession({ options, schema, methods, type }, init);
    },
  };
}

interface Bound<State, Commands> {
  readonly options: ValueEntityOptions<State, Commands>;
  readonly schema: Schema;
  readonly methods: Map<string, Method>;
  readonly type: protobuf.Type;
}

type Stored = { typeUrl?: string | null; value?: Uint8Array | null } | undefined;

class ValueEntitySession<State, Commands> implements Session<StreamIn, StreamOut> {
  readonly #bound: Bound<State, Commands>;
  readonly #entityId: string;
  /** Kept encoded, so that every command starts from what is stored, whatever an earlier handler did to its objects. */
  #stored: Stored;

  constructor(bound: Bound<State, Commands>, init: Init) {
    this.#bound = bound;
    this.#entityId = init.entityId ?? '';
    this.#stored = init.state?.value ?? undefined;
    if (this.#stored !== undefined && nameOfPayload(this.#stored) !== bound.type.fullName.slice(1)) {
      throw new StreamFailure(
        0,
        `Cannot read a state of type ${this.#stored.typeUrl}; the entity says ${bound.options.state}`,
      );
    }
  }

  async receive({ command }: StreamIn): Promise<readonly StreamOut[]> {
    if (command !== undefined && command !== null) return [{ reply: await this.#command(command) }];
    throw new StreamFailure(0, 'Protocol error: Received empty/unknown message');
  }

  async #command(command: cloudstate.Command.$Properties): Promise<ValueEntityReply> {
    const { options, schema, methods, type } = this.#bound;
    const { id, method, payload } = checkCommand(command, this.#entityId, options.service, methods);

    let stored = this.#stored;
    let change: { update: { value: Payload } } | { delete: object } | null = null;
    const call = new Call(schema, method);
    const read = (from: Stored) => this.#read(from);
    const context: ValueEntityContext<State> = {
      ...call.context(),
      entityId: this.#entityId,
      get state() {
        return read(stored);
      },
      update: (state) => {
        call.checkOpen();
        const value = encode(type, state);
        stored = value;
        change = { update: { value } };
      },
      delete: () => {
        call.checkOpen();
        stored = undefined;
        change = { delete: {} };
      },
    };
    const handler = options.commands[method.name as keyof Commands];
    const action = await call
      .run(payload, (message) => handler(message as Commands[keyof Commands], read(stored), context))
      .catch(unexpected(id, method));
    if (call.failure !== undefined) {
      return { commandId: id, clientAction: { failure: { commandId: id, description: call.failure } } };
    }
    this.#stored = stored;
    return { commandId: id, clientAction: action ?? null, sideEffects: call.effects, stateAction: change };
  }

  #read(stored: Stored): State {
    const { options, type } = this.#bound;
    if (stored === undefined) return options.initial(this.#entityId);
    return decode(type, stored.value ?? new Uint8Array()) as State;
  }
}
