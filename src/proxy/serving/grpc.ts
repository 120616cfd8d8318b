import { NOT_RUNNING } from '../entities/outcome.ts';
import type { ServiceMethod, ServiceModel } from '../protocol/service-model.ts';
import type { CommandContext, CommandRouter, IncomingCommand, ReplySink, RunningCommand } from '../routing/command.ts';
import type { CountRefused } from '../telemetry/metrics.ts';
import {
  type AcceptCall,
  type Call,
  type CallHandlers,
  Code,
  type Metadata,
  OK,
  type Status,
} from '../transport/call.ts';
import { replyHeaders } from './http-answers.ts';

export interface GrpcServices {
  readonly model: ServiceModel;
  readonly router: CommandRouter;
  /** The proxy's own services (reflection, health), by path. */
  readonly own: ReadonlyMap<string, AcceptCall>;
  readonly countRefused: CountRefused;
}

/** Serves the user function's methods as gRPC: payloads pass through untouched (protocol-spec §8.2, §8.4). */
export function acceptGrpc({ model, router, own, countRefused }: GrpcServices): AcceptCall {
  return (call) => {
    const method = model.methods.get(call.path);
    if (method !== undefined) {
      const Served = method.streamedIn ? ManyMessagesCall : OneMessageCall;
      return new Served(call, method, router, countRefused);
    }
    const accept = own.get(call.path);
    if (accept !== undefined) return accept(call);
    countRefused(undefined, Code.UNIMPLEMENTED);
    call.end({ code: Code.UNIMPLEMENTED, message: unknownMethod(call.path, model) });
    return IGNORED;
  };
}

/** What calls of every kind have in common: the way back to the caller. */
abstract class ServedCall implements CallHandlers, ReplySink {
  protected readonly call: Call;
  protected readonly method: ServiceMethod;
  protected readonly router: CommandRouter;
  /** Absent until the router has it. */
  protected running: RunningCommand | undefined;
  protected over = false;
  readonly #countRefused: CountRefused;
  #answered = false;

  constructor(call: Call, method: ServiceMethod, router: CommandRouter, countRefused: CountRefused) {
    this.call = call;
    this.method = method;
    this.router = router;
    this.#countRefused = countRefused;
  }

  abstract onHeaders(): void;
  abstract onMessage(bytes: Uint8Array): void;
  abstract onHalfClose(): void;

  /** Also when the call was ended for what the caller sent, which the command knows nothing of. */
  onEnd(status: Status): void {
    if (this.running === undefined) this.#countRefused(this.method, status.code);
    if (this.over) return;
    this.over = true;
    this.running?.cancel(status);
  }

  onDrain(): void {
    this.running?.resume();
  }

  message(payload: Uint8Array, metadata: Metadata): boolean {
    if (this.over) return true;
    if (this.#answered) return this.method.streamedOut ? this.call.send(payload) : true;
    this.#answered = true;
    // Only the first reply can still decide on the headers (§8.4).
    if (metadata.length > 0)
      this.call.sendHeaders(replyHeaders(metadata).filter(([name]) => !name.startsWith('grpc-')));
    return this.call.send(payload);
  }

  end(status: Status): void {
    if (this.over) return;
    this.over = true;
    this.call.end(status.code === Code.OK ? OK : status);
  }

  protected context(): CommandContext {
    const { call } = this;
    const { deadlineMs } = call;
    return {
      // Most methods never look at it.
      get metadata(): Metadata {
        return call.headers;
      },
      deadline: deadlineMs === undefined ? Infinity : performance.now() + deadlineMs,
    };
  }
}

/** One command from one message. */
class OneMessageCall extends ServedCall {
  #payload: Uint8Array | undefined;

  onHeaders(): void {
    // Read when the command is dispatched.
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#payload === undefined) this.#payload = new Uint8Array(bytes);
    else this.end({ code: Code.INVALID_ARGUMENT, message: `${this.call.path} takes one message, more than one came` });
  }

  onHalfClose(): void {
    if (this.over) return;
    if (this.#payload === undefined)
      this.end({ code: Code.INVALID_ARGUMENT, message: `${this.call.path} takes one message, none came` });
    else {
      // It may be over before it is returned.
      this.running = NOT_RUNNING;
      this.running = this.router.dispatch(this.method, this.#payload, this.context(), this);
    }
  }
}

/** One command from any number of messages: it begins before the first of them. */
class ManyMessagesCall extends ServedCall {
  #command: IncomingCommand | undefined;

  onHeaders(): void {
    this.running = NOT_RUNNING;
    this.#command = this.router.open(this.method, this.context(), {
      message: (payload, metadata) => this.message(payload, metadata),
      end: (status) => this.end(status),
      onDrain: () => this.call.resume(),
    });
    this.running = this.#command;
  }

  onMessage(bytes: Uint8Array): void {
    if (!this.over && this.#command?.send(bytes) === false) this.call.pause();
  }

  onHalfClose(): void {
    if (!this.over) this.#command?.halfClose();
  }
}

const nothing = (): void => undefined;
const IGNORED: CallHandlers = {
  onHeaders: nothing,
  onMessage: nothing,
  onHalfClose: nothing,
  onEnd: nothing,
  onDrain: nothing,
};

function unknownMethod(path: string, model: ServiceModel): string {
  const [, serviceName = '', methodName = ''] = path.split('/');
  const service = model.services.get(serviceName);
  if (service === undefined)
    return `there is no service "${serviceName}": the user function serves ${[...model.services.keys()].join(', ')}`;
  return `${serviceName} has no method "${methodName}": it has ${[...service.methods.keys()].join(', ')}`;
}
