import type { ServerUnaryCall } from '@grpc/grpc-js';
import type { cloudstate } from '@stategate/protocol';
import { answer, ask, kept, orderOf } from './probe-messages.ts';
import type { Recorder } from './recorder.ts';
import { type ActionAnswer, type EntityStream, probeSpec, ScriptedFunction } from './scripted-function.ts';

/** What a command tells the model user function to answer: the command's text, as JSON. */
export interface Order {
  /** Text of the reply; null: a reply without a client action. */
  readonly reply?: string | null;
  /** The reply's payload in place of an `Answer`; its bytes as base64. */
  readonly payload?: { readonly typeUrl: string; readonly value: string };
  /** Of the reply. */
  readonly metadata?: readonly MetadataEntry[];
  readonly fail?: string;
  readonly restart?: boolean;
  readonly forward?: Target;
  readonly effects?: readonly (Target & { readonly synchronous?: boolean })[];
  readonly events?: readonly string[];
  readonly snapshot?: string;
  /** What a value entity does with its state; `nothing` and `unset` are no proper action. */
  readonly state?: { readonly update: string } | 'delete' | 'nothing' | 'unset';
  readonly afterMs?: number;
  /** Of an action: ends its call with this status instead. */
  readonly status?: { readonly code: number; readonly details: string };
  /** Breaks the stream off instead. */
  readonly stream?: 'failure' | 'error' | 'end';
}

export interface Target {
  readonly to: string;
  readonly id: string;
  readonly order: Order;
  readonly command?: string;
  readonly metadata?: readonly MetadataEntry[];
}

export type MetadataEntry = readonly [key: string, text: string] | readonly [key: string, { readonly bytes: string }];

export interface ModelOptions {
  /** What it declares for its stateful entities. */
  readonly passivationMs?: number;
  /** How long it takes to close a stream that the proxy has half-closed. */
  readonly closesAfterMs?: number | 'never';
}

const PACKAGE = 'stategate.test';
const SPEC = probeSpec();

/** A user function that does what each command tells it, and records whatever it receives. */
export async function startModelFunction(
  received: Recorder,
  { passivationMs, closesAfterMs = 0 }: ModelOptions,
  port?: number,
): Promise<ScriptedFunction> {
  const passivation =
    passivationMs === undefined ? {} : { passivationStrategy: { timeout: { timeout: passivationMs } } };
  const closing = (stream: Pick<EntityStream<unknown, unknown>, 'raw'>): void => {
    stream.raw.on('end', () => {
      if (closesAfterMs === 0) stream.raw.end();
      else if (closesAfterMs !== 'never') setTimeout(() => stream.raw.end(), closesAfterMs);
    });
  };
  return ScriptedFunction.start(
    {
      spec: { ...SPEC, entities: (SPEC.entities ?? []).map((entity) => ({ ...entity, ...passivation })) },
      eventSourced(stream) {
        received.stream('eventSourced', stream);
        stream.onMessage(({ command }) => command != null && void obey(stream, command, eventSourcedReply));
        closing(stream);
      },
      value(stream) {
        received.stream('value', stream);
        stream.onMessage(({ command }) => command != null && void obey(stream, command, valueReply));
        closing(stream);
      },
      async action(command, call: ServerUnaryCall<Buffer, Buffer>): Promise<ActionAnswer> {
        const answered = received.action(call);
        const order = orderOf(command.payload?.value ?? new Uint8Array(0));
        await pause(order);
        answered();
        return order.status ?? { ...clientAction(0, order), sideEffects: sideEffects(order) };
      },
    },
    port,
  );
}

type Command = cloudstate.Command.$Properties;
interface StreamOut {
  reply?: ReturnType<typeof eventSourcedReply> | ReturnType<typeof valueReply>;
  failure?: cloudstate.Failure.$Properties;
}

async function obey(
  stream: EntityStream<unknown, StreamOut>,
  command: Command,
  reply: (commandId: number, order: Order) => NonNullable<StreamOut['reply']>,
): Promise<void> {
  const order = orderOf(command.payload?.value ?? new Uint8Array(0));
  await pause(order);
  const commandId = command.id ?? 0;
  if (order.stream === 'end') stream.raw.end();
  else if (order.stream === 'error') stream.raw.emit('error', { code: 13, details: 'the stream broke' });
  else if (order.stream === 'failure') stream.send({ failure: { commandId, description: 'not for the caller' } });
  else stream.send({ reply: reply(commandId, order) });
}

function eventSourcedReply(commandId: number, order: Order) {
  return {
    commandId,
    clientAction: clientAction(commandId, order),
    sideEffects: sideEffects(order),
    events: (order.events ?? []).map(kept),
    snapshot: order.snapshot === undefined ? null : kept(order.snapshot),
  };
}

function valueReply(commandId: number, order: Order) {
  return {
    commandId,
    clientAction: clientAction(commandId, order),
    sideEffects: sideEffects(order),
    stateAction: stateAction(order.state),
  };
}

function stateAction(state: Order['state']): cloudstate.valueentity.ValueEntityAction.$Properties | null {
  switch (state) {
    case undefined:
      return null;
    case 'delete':
      return { delete: {} };
    case 'nothing':
      return {};
    case 'unset':
      return { update: {} };
    default:
      return { update: { value: kept(state.update) } };
  }
}

function clientAction(commandId: number, order: Order): cloudstate.ClientAction.$Properties {
  const { reply = 'ok', fail, restart, forward, metadata, payload } = order;
  if (fail !== undefined) return { failure: { commandId, description: fail, restart: restart ?? false } };
  if (forward !== undefined) return { forward: target(forward) };
  if (reply === null) return {};
  const given = payload && { typeUrl: payload.typeUrl, value: Buffer.from(payload.value, 'base64') };
  return { reply: { payload: given ?? answer(reply), metadata: entries(metadata) } };
}

function sideEffects({ effects = [] }: Order): cloudstate.SideEffect.$Properties[] {
  return effects.map((effect) => ({ ...target(effect), synchronous: effect.synchronous ?? false }));
}

function target({ to, id, order, command = 'Run', metadata }: Target): cloudstate.Forward.$Properties {
  const serviceName = `${PACKAGE}.${to}`;
  return { serviceName, commandName: command, payload: ask(id, order), metadata: entries(metadata) };
}

function entries(metadata: readonly MetadataEntry[] | undefined): cloudstate.Metadata.$Properties | null {
  if (metadata === undefined) return null;
  return {
    entries: metadata.map(([key, value]) =>
      typeof value === 'string' ? { key, stringValue: value } : { key, bytesValue: Buffer.from(value.bytes) },
    ),
  };
}

function pause({ afterMs = 0 }: Order): Promise<unknown> | undefined {
  return afterMs === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, afterMs));
}
