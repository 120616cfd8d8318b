import { cloudstate } from '@stategate/protocol';
import { Call, type CallContext, CommandFailed, type Reply } from '../call.ts';
import { checkCommand, type Session, StreamFailure, unexpected } from '../entity-stream.ts';
import type { Method } from '../methods.ts';
import type { Schema } from '../schema.ts';
import type { Consistency, CrdtCommands, CrdtContext } from './context.ts';
import type { Delta, Node } from './node.ts';

type StreamIn = cloudstate.crdt.CrdtStreamIn.$Properties;
type StreamOut = cloudstate.crdt.CrdtStreamOut.$Properties;
type StateAction = cloudstate.crdt.CrdtStateAction.$Properties;

const { CrdtWriteConsistency } = cloudstate.crdt;
const CONSISTENCIES: Readonly<Record<Consistency, number>> = {
  local: CrdtWriteConsistency.LOCAL,
  majority: CrdtWriteConsistency.MAJORITY,
  all: CrdtWriteConsistency.ALL,
};

export interface CrdtBound<Value extends Node> {
  readonly service: string;
  readonly schema: Schema;
  readonly methods: Map<string, Method>;
  readonly commands: CrdtCommands<Value, Record<string, unknown>>;
  readonly value: Value;
}

/** A call that stays open. */
interface OpenStream<Value extends Node> {
  readonly method: Method;
  onChange?: Parameters<CrdtContext<Value>['onChange']>[0];
  onCancel?: Parameters<CrdtContext<Value>['onCancel']>[0];
}

/** One active CRDT entity: commands one after the other, and the streams that are told of changes. */
export class CrdtSession<Value extends Node> implements Session<StreamIn, StreamOut> {
  readonly #bound: CrdtBound<Value>;
  readonly #entityId: string;
  readonly #streams = new Map<number, OpenStream<Value>>();
  #isDeleted = false;

  constructor(bound: CrdtBound<Value>, { entityId, delta }: cloudstate.crdt.CrdtInit.$Properties) {
    this.#bound = bound;
    this.#entityId = entityId ?? '';
    if (delta !== undefined && delta !== null) this.#apply(delta);
  }

  async receive({ command, delta, delete: deleted, streamCancelled }: StreamIn): Promise<readonly StreamOut[]> {
    if (command != null) return this.#command(command);
    if (streamCancelled != null) return this.#cancelled(streamCancelled.id ?? 0);
    if (delta != null) {
      this.#apply(delta);
      return this.#changed();
    }
    if (deleted == null) throw new StreamFailure(0, 'Protocol error: Received empty/unknown message');
    this.#isDeleted = true;
    return [];
  }

  async #command(message: cloudstate.Command.$Properties): Promise<readonly StreamOut[]> {
    const { service, schema, methods, commands, value } = this.#bound;
    const { id, method, payload } = checkCommand(message, this.#entityId, service, methods);
    if (this.#isDeleted) throw new StreamFailure(id, 'Protocol error: Received a command for a deleted CRDT');
    const call = new Call(schema, method);
    const stream: OpenStream<Value> = { method };
    const asked: { consistency: Consistency; deletes: boolean } = { consistency: 'local', deletes: false };
    const context = this.#context(call, method, stream, asked);
    // Of a stream no reply is no message; elsewhere it may be google.protobuf.Empty.
    let isSilent = false;
    const answer = await call
      .run(payload, async (input) => {
        const reply = await commands[method.name]?.(input, value, context);
        isSilent = reply === undefined && method.streamedOut;
        return reply;
      })
      .catch((error: unknown) => {
        value.undo();
        return unexpected(id, method)(error);
      });
    if (call.failure !== undefined) {
      value.undo();
      return [{ reply: { commandId: id, clientAction: { failure: { commandId: id, description: call.failure } } } }];
    }
    const delta = value.take();
    const streamed = stream.onChange !== undefined || stream.onCancel !== undefined;
    if (asked.deletes) this.#isDeleted = true;
    const clientAction = answer === undefined || (isSilent && 'reply' in answer) ? null : answer;
    const stateAction = toStateAction(delta, asked);
    const reply = { commandId: id, clientAction, sideEffects: call.effects, stateAction, streamed };
    const others = delta === undefined || asked.deletes ? [] : this.#changed();
    if (streamed && !asked.deletes) this.#streams.set(id, stream);
    return [{ reply }, ...others];
  }

  #context(
    call: Call,
    method: Method,
    stream: OpenStream<Value>,
    asked: { consistency: Consistency; deletes: boolean },
  ): CrdtContext<Value> {
    const checkStreamed = (): void => {
      call.checkOpen();
      if (!method.streamedOut) throw new Error(`${method.name} has one reply: only a stream of replies can stay open`);
    };
    return {
      ...call.context(),
      entityId: this.#entityId,
      consistency: (consistency) => {
        call.checkOpen();
        asked.consistency = consistency;
      },
      delete: () => {
        call.checkOpen();
        asked.deletes = true;
      },
      onChange: (handler) => {
        checkStreamed();
        stream.onChange = handler;
      },
      onCancel: (handler) => {
        checkStreamed();
        stream.onCancel = handler;
      },
    };
  }

  /** Tells the open streams that the value has changed. */
  #changed(): readonly StreamOut[] {
    const messages: StreamOut[] = [];
    for (const [commandId, { method, onChange }] of this.#streams) {
      if (onChange === undefined) continue;
      let endStream = false;
      const { clientAction, sideEffects } = this.#run(commandId, method, (context) =>
        onChange(this.#bound.value, { ...context, end: () => (endStream = true) }),
      );
      endStream ||= clientAction !== null && 'failure' in clientAction;
      if (endStream) this.#streams.delete(commandId);
      if (endStream || clientAction !== null || sideEffects.length > 0)
        messages.push({ streamedMessage: { commandId, clientAction, sideEffects, endStream } });
    }
    if (this.#bound.value.take() !== undefined) throw new StreamFailure(0, 'onChange must not change the value');
    return messages;
  }

  #cancelled(commandId: number): readonly StreamOut[] {
    const { method, onCancel } = this.#streams.get(commandId) ?? {};
    this.#streams.delete(commandId);
    if (method === undefined || onCancel === undefined) return [{ streamCancelledResponse: { commandId } }];
    const { sideEffects } = this.#run(commandId, method, (context) => onCancel(this.#bound.value, context));
    const delta = this.#bound.value.take();
    const stateAction = toStateAction(delta, { consistency: 'local', deletes: false });
    const response = { streamCancelledResponse: { commandId, sideEffects, stateAction } };
    return [response, ...(delta === undefined ? [] : this.#changed())];
  }

  /** Runs what an open stream has asked to be run. */
  #run(
    commandId: number,
    method: Method,
    handler: (context: CallContext) => Reply,
  ): { clientAction: cloudstate.ClientAction.$Properties | null; sideEffects: cloudstate.SideEffect.$Properties[] } {
    const call = new Call(this.#bound.schema, method);
    try {
      const reply = handler(call.context());
      const answer = call.answer(reply);
      const isSilent = reply === undefined && answer !== undefined && 'reply' in answer;
      if (call.failure === undefined)
        return { clientAction: answer === undefined || isSilent ? null : answer, sideEffects: call.effects };
    } catch (error) {
      if (!(error instanceof CommandFailed)) return unexpected(commandId, method)(error);
    } finally {
      call.finish();
    }
    const failure = { commandId, description: call.failure ?? '' };
    return { clientAction: { failure }, sideEffects: call.effects };
  }

  #apply(delta: Delta): void {
    try {
      this.#bound.value.apply(delta);
    } catch (error) {
      throw new StreamFailure(0, `Cannot apply a change: ${String(error)}`, { cause: error });
    }
  }
}

function toStateAction(
  delta: Delta | undefined,
  { consistency, deletes }: { consistency: Consistency; deletes: boolean },
): StateAction | null {
  if (!deletes && delta === undefined) return null;
  const writeConsistency = CONSISTENCIES[consistency];
  return deletes ? { delete: {}, writeConsistency } : { update: delta ?? null, writeConsistency };
}
