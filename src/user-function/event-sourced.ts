import type { cloudstate } from '@stategate/protocol';
import type protobuf from 'protobufjs';
import { Call, type CallContext, type Reply } from './call.ts';
import { checkCommand, type Session, StreamFailure, unexpected } from './entity-stream.ts';
import { encodeJson, isJsonType, jsonOf } from './json-payload.ts';
import { decode, encode, nameOfPayload, type Payload } from './messages.ts';
import { bindMethods, findMessage, type Method } from './methods.ts';
import { checkCount, unknownName } from './names.ts';
import type { Schema } from './schema.ts';

type StreamIn = cloudstate.eventsourced.EventSourcedStreamIn.$Properties;
type StreamOut = { reply: EventSourcedReply };
type Init = cloudstate.eventsourced.EventSourcedInit.$Properties;
type EventSourcedReply = cloudstate.eventsourced.EventSourcedReply.$Properties;

export interface EventSourcedContext<State, Events> extends CallContext {
  readonly entityId: string;
  /** The state with the events that this command has emitted so far. */
  readonly state: State;
  /** Applies the event at once. It is kept when the handler finishes without failing. */
  emit<Name extends keyof Events & string>(event: Name, data: Events[Name]): void;
}

/** `Commands` and `Events` map the names of methods and of event messages to the types of their messages. */
export interface EventSourcedOptions<State, Commands, Events> {
  /** The full name of the gRPC service. */
  readonly service: string;
  /** Which journal the events belong to. Must never change once there are events. */
  readonly persistenceId: string;
  /** The state before the first event. */
  readonly initial: (entityId: string) => State;
  /** One for each method. `state` is the state before the command. */
  readonly commands: {
    readonly [Name in keyof Commands]: (
      command: Commands[Name],
      state: State,
      context: EventSourcedContext<State, Events>,
    ) => Reply | Promise<Reply>;
  };
  /** One for each event, by the name of its message, or `json.cloudstate.io/NAME` for one that is a JSON value. Must give the same state every time: they run again at each replay. */
  readonly events: { readonly [Name in keyof Events]: (event: Events[Name], state: State) => State };
  /** Only with this are snapshots taken. */
  readonly snapshot?: {
    /** The message that the state is. */
    readonly type: string;
    /** A snapshot goes along whenever the number of events passes a multiple of it. Default 100. */
    readonly every?: number;
  };
  /** How long the proxy keeps an idle entity. Default: what the proxy says. */
  readonly passivationTimeoutMs?: number;
}

export interface EventSourcedEntity {
  readonly kind: 'event-sourced';
  readonly service: string;
  readonly persistenceId: string;
  readonly passivationTimeoutMs: number | undefined;
  /** @throws ConfigurationError when definition and schema do not fit */
  bind(schema: Schema): (init: Init) => Session<StreamIn, StreamOut>;
}

/** An entity whose state is what its events add up to. */
export function eventSourced<State, Commands, Events>(
  options: EventSourcedOptions<State, Commands, Events>,
): EventSourcedEntity {
  const { service, persistenceId, passivationTimeoutMs } = options;
  return {
    kind: 'event-sourced',
    service,
    persistenceId,
    passivationTimeoutMs,
    bind(schema) {
      const methods = bindMethods(schema, service, Object.keys(options.commands));
      const messages = Object.keys(options.events).filter((name) => !isJsonType(name));
      const events = messages.map((name) => ({ name, type: findMessage(schema, name, service) }));
      const eventTypes = new Map(events.map(({ name, type }) => [name, type]));
      const eventNames = new Map(events.map(({ name, type }) => [type.fullName.slice(1), name]));
      checkCount(`snapshot.every of ${service}`, options.snapshot?.every);
      const snapshotType = options.snapshot && findMessage(schema, options.snapshot.type, service);
      const bound = { options, schema, methods, eventTypes, eventNames, snapshotType };
      return (init) => new EventSourcedSession(bound, init);
    },
  };
}

interface Bound<State, Commands, Events> {
  readonly options: EventSourcedOptions<State, Commands, Events>;
  readonly schema: Schema;
  readonly methods: Map<string, Method>;
  readonly eventTypes: Map<string, protobuf.Type>;
  /** By the full name of the message. */
  readonly eventNames: Map<string, string>;
  readonly snapshotType: protobuf.Type | undefined;
}

class EventSourcedSession<State, Commands, Events> implements Session<StreamIn, StreamOut> {
  readonly #bound: Bound<State, Commands, Events>;
  readonly #entityId: string;
  #state: State;
  #sequence = 0;
  /** A failed command has left events in the state: only a new stream can be right again. */
  #spoilt = false;

  constructor(bound: Bound<State, Commands, Events>, init: Init) {
    this.#bound = bound;
    this.#entityId = init.entityId ?? '';
    this.#state = bound.options.initial(this.#entityId);
    const { snapshot, snapshotSequence } = init.snapshot ?? {};
    if (snapshot === undefined || snapshot === null) return;
    const type = bound.snapshotType;
    if (type === undefined || nameOfPayload(snapshot) !== type.fullName.slice(1)) {
      throw new StreamFailure(0, `Cannot read a snapshot of type ${snapshot.typeUrl}; snapshot.type says otherwise`);
    }
    this.#state = decode(type, snapshot.value ?? new Uint8Array()) as State;
    this.#sequence = snapshotSequence ?? 0;
  }

  async receive({ event, command }: StreamIn): Promise<readonly StreamOut[]> {
    if (command !== undefined && command !== null) return [{ reply: await this.#command(command) }];
    if (event === undefined || event === null) {
      throw new StreamFailure(0, 'Protocol error: Received empty/unknown message');
    }
    this.#apply(event.payload ?? {});
    this.#sequence = event.sequence ?? 0;
    return [];
  }

  async #command(message: cloudstate.Command.$Properties): Promise<EventSourcedReply> {
    const { options, schema, methods } = this.#bound;
    const { id, method, payload } = checkCommand(message, this.#entityId, options.service, methods);
    if (this.#spoilt) throw new StreamFailure(id, 'A failed command asked for a restart; the stream cannot go on');

    const before = this.#sequence;
    const events: Payload[] = [];
    const call = new Call(schema, method);
    const current = () => this.#state;
    const context: EventSourcedContext<State, Events> = {
      ...call.context(),
      entityId: this.#entityId,
      get state() {
        return current();
      },
      emit: (eventName, data) => {
        call.checkOpen();
        const event = this.#encodeEvent(eventName, data);
        this.#apply(event);
        this.#sequence += 1;
        events.push(event);
      },
    };
    const handler = options.commands[method.name as keyof Commands];
    const action = await call
      .run(payload, (command) => handler(command as Commands[keyof Commands], this.#state, context))
      .catch(unexpected(id, method));
    if (call.failure !== undefined) {
      this.#spoilt = events.length > 0;
      return {
        commandId: id,
        clientAction: { failure: { commandId: id, description: call.failure, restart: this.#spoilt } },
      };
    }
    return {
      commandId: id,
      clientAction: action ?? null,
      sideEffects: call.effects,
      events,
      snapshot: this.#snapshot(before),
    };
  }

  #encodeEvent(name: string, data: unknown): Payload {
    const { options, eventTypes } = this.#bound;
    if (isJsonType(name) && Object.hasOwn(options.events, name)) return encodeJson(name, data);
    const type = eventTypes.get(name);
    if (type === undefined) throw unknownName(`event of ${options.service}:`, name, Object.keys(options.events));
    return encode(type, data);
  }

  /** Decodes even what was emitted here, so that a handler sees the same object now and at a replay. */
  #apply(payload: { typeUrl?: string | null; value?: Uint8Array | null }): void {
    const { options, eventTypes, eventNames } = this.#bound;
    const typeUrl = payload.typeUrl ?? '';
    if (isJsonType(typeUrl) && Object.hasOwn(options.events, typeUrl)) {
      const value = jsonOf(payload);
      this.#state = options.events[typeUrl as keyof Events](value as Events[keyof Events], this.#state);
      return;
    }
    const full = nameOfPayload(payload);
    const name = eventNames.get(full) ?? '';
    const type = eventTypes.get(name);
    if (type === undefined) throw new StreamFailure(0, `No handler for event ${full} in events of ${options.service}`);
    const event = decode(type, payload.value ?? new Uint8Array());
    this.#state = options.events[name as keyof Events](event as Events[keyof Events], this.#state);
  }

  #snapshot(before: number): Payload | null {
    const { options, snapshotType } = this.#bound;
    const every = options.snapshot?.every ?? 100;
    if (snapshotType === undefined || Math.floor(before / every) === Math.floor(this.#sequence / every)) return null;
    return encode(snapshotType, this.#state);
  }
}
