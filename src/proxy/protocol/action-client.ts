import { cloudstate } from '@stategate/protocol';
import type { AnyPayload, CommandOutcome } from '../entities/outcome.ts';
import { type Call, Code, type Connection, type Metadata, type Status } from '../transport/call.ts';
import { fromClientAction, fromSideEffects, toMetadata } from './client-action.ts';

const PATH = '/cloudstate.action.ActionProtocol/handleUnary';
const { ActionCommand, ActionResponse } = cloudstate.action;

export interface UnaryAction {
  readonly serviceName: string;
  readonly commandName: string;
  readonly payload: AnyPayload;
  readonly metadata: Metadata;
  readonly timeoutMs: number;
}

/** Calls a unary action of the user function (protocol-spec §5); `done` is called exactly once. */
export function callAction(
  connection: Connection,
  action: UnaryAction,
  done: (outcome: CommandOutcome) => void,
): { cancel(): void } {
  let answer: CommandOutcome | undefined;
  let over = false;
  const finish = (outcome: CommandOutcome): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(outcome);
  };
  const call: Call = connection.open(PATH, [], {
    onHeaders: () => undefined,
    onHalfClose: () => undefined,
    onDrain: () => undefined,
    onMessage(bytes) {
      answer ??= decode(bytes);
    },
    onEnd(status) {
      finish(
        status.code === Code.OK
          ? (answer ?? failed({ code: Code.UNKNOWN, message: 'the action ended without an answer' }))
          : failed(status),
      );
    },
  });
  const timer = setTimeout(() => {
    finish(
      failed({
        code: Code.DEADLINE_EXCEEDED,
        message: `the action did not answer within ${Math.round(action.timeoutMs)} ms`,
      }),
    );
    call.cancel(Code.DEADLINE_EXCEEDED);
  }, action.timeoutMs);
  const { serviceName, commandName: name, payload, metadata } = action;
  call.send(ActionCommand.encode({ serviceName, name, payload, metadata: toMetadata(metadata) }).finish());
  call.halfClose();
  return {
    cancel() {
      finish(failed({ code: Code.CANCELLED, message: 'the caller cancelled the call' }));
      call.cancel(Code.CANCELLED);
    },
  };
}

function decode(bytes: Uint8Array): CommandOutcome {
  try {
    const { reply, forward, failure, sideEffects } = ActionResponse.decode(bytes);
    return {
      type: 'answered',
      action: fromClientAction({ reply: reply ?? null, forward: forward ?? null, failure: failure ?? null }),
      sideEffects: fromSideEffects(sideEffects),
    };
  } catch (error) {
    return failed({ code: Code.UNKNOWN, message: `the action's answer cannot be read: ${String(error)}` });
  }
}

function failed(status: Status): CommandOutcome {
  return { type: 'failed', status };
}
