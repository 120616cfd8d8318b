import { cloudstate } from '@stategate/protocol';
import type { Answer, AnswerSink, AnyPayload, RunningCommand } from '../entities/outcome.ts';
import { type Call, type CallHandlers, Code, type Connection, type Metadata, type Status } from '../transport/call.ts';
import { fromClientAction, fromSideEffects, toMetadata } from './client-action.ts';
import type { ServiceMethod } from './service-model.ts';

const { ActionCommand, ActionResponse } = cloudstate.action;

const UNANSWERED: Status = { code: Code.UNKNOWN, message: 'the action ended without an answer' };

/** Which rpc of the user function handles a method (protocol-spec §5.1). */
const PATHS = {
  unary: '/cloudstate.action.ActionProtocol/handleUnary',
  server_streaming: '/cloudstate.action.ActionProtocol/handleStreamedOut',
  client_streaming: '/cloudstate.action.ActionProtocol/handleStreamedIn',
  bidi_streaming: '/cloudstate.action.ActionProtocol/handleStreamed',
} as const;

/** A call of an action, which takes one message or any number. */
export interface ActionCall extends RunningCommand {
  /** `payload` is borrowed. False: no more for now, until `onDrain`. */
  send(payload: AnyPayload, metadata: Metadata): boolean;
  halfClose(): void;
}

/** The call at the user function. */
export class ActionClientCall implements ActionCall, CallHandlers {
  readonly #method: ServiceMethod;
  readonly #metadata: Metadata;
  readonly #answers: AnswerSink;
  readonly #onDrain: () => void;
  readonly #call: Call;
  /** The one answer of a method without a stream of them: it counts when the call has ended well. */
  #answer: Answer | undefined;
  #over = false;

  /** Streamed methods are named in a message of their own, before the first of the caller. */
  constructor(
    connection: Connection,
    method: ServiceMethod,
    metadata: Metadata,
    answers: AnswerSink,
    onDrain: () => void,
  ) {
    this.#method = method;
    this.#metadata = metadata;
    this.#answers = answers;
    this.#onDrain = onDrain;
    this.#call = connection.open(PATHS[method.desc.methodKind], [], this);
    if (method.streamedIn) this.#call.send(ActionCommand.encode(this.#head()).finish());
  }

  send(payload: AnyPayload, metadata: Metadata): boolean {
    if (this.#over) return true;
    const command = this.#method.streamedIn
      ? { payload, metadata: toMetadata(metadata) }
      : { ...this.#head(), payload };
    return this.#call.send(ActionCommand.encode(command).finish());
  }

  halfClose(): void {
    if (!this.#over) this.#call.halfClose();
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#call.cancel(Code.CANCELLED);
  }

  resume(): void {
    if (!this.#over) this.#call.resume();
  }

  onHeaders(): void {
    // A user function has nothing to say there.
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#over || this.#answer !== undefined) return;
    let answer;
    try {
      answer = decode(bytes);
    } catch (error) {
      this.cancel();
      this.#answers.end({ code: Code.UNKNOWN, message: `the action's answer cannot be read: ${String(error)}` });
      return;
    }
    if (!this.#method.streamedOut) this.#answer = answer;
    else if (!this.#answers.answer(answer)) this.#call.pause();
  }

  onHalfClose(): void {
    // Its status follows.
  }

  onDrain(): void {
    if (!this.#over) this.#onDrain();
  }

  onEnd(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    const isGood = status.code === Code.OK;
    if (isGood && this.#answer !== undefined) this.#answers.answer(this.#answer);
    this.#answers.end(isGood && this.#answer === undefined && !this.#method.streamedOut ? UNANSWERED : status);
  }

  #head(): { serviceName: string; name: string; metadata: cloudstate.Metadata.$Properties } {
    const { service, name } = this.#method;
    return { serviceName: service.name, name, metadata: toMetadata(this.#metadata) };
  }
}

/** The bytes are copied: answers may have to wait for their turn. */
function decode(bytes: Uint8Array): Answer {
  const { reply, forward, failure, sideEffects } = ActionResponse.decode(Buffer.from(bytes));
  return {
    action: fromClientAction({ reply: reply ?? null, forward: forward ?? null, failure: failure ?? null }),
    sideEffects: fromSideEffects(sideEffects),
  };
}
