import type { ServiceMethod, ServiceModel } from '../protocol/service-model.ts';
import type { CommandRouter, ReplySink, RunningCommand } from '../routing/command.ts';
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
}

/** Serves the user function's methods as gRPC: payloads pass through untouched (protocol-spec §8.2, §8.4). */
export function acceptGrpc({ model, router, own }: GrpcServices): AcceptCall {
  const methods = new Map<string, ServiceMethod>();
  for (const service of model.services.values()) {
    for (const method of service.methods.values()) methods.set(method.path, method);
  }
  return (call) => {
    const method = methods.get(call.path);
    if (method !== undefined) return new UnaryCall(call, method, router);
    const accept = own.get(call.path);
    if (accept !== undefined) return accept(call);
    call.end({ code: Code.UNIMPLEMENTED, message: unknownMethod(call.path, model) });
    return IGNORED;
  };
}

/** One command from one message. */
class UnaryCall implements CallHandlers, ReplySink {
  readonly #call: Call;
  readonly #method: ServiceMethod;
  readonly #router: CommandRouter;
  #payload: Uint8Array | undefined;
  #running: RunningCommand | undefined;
  #answered = false;
  #over = false;

  constructor(call: Call, method: ServiceMethod, router: CommandRouter) {
    this.#call = call;
    this.#method = method;
    this.#router = router;
  }

  onHeaders(): void {
    // Read when the command is dispatched.
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#payload === undefined) this.#payload = new Uint8Array(bytes);
    else this.end({ code: Code.INVALID_ARGUMENT, message: `${this.#call.path} takes one message, more than one came` });
  }

  onHalfClose(): void {
    if (this.#over) return;
    if (this.#payload === undefined) {
      this.end({ code: Code.INVALID_ARGUMENT, message: `${this.#call.path} takes one message, none came` });
      return;
    }
    const { deadlineMs } = this.#call;
    const deadline = deadlineMs === undefined ? Infinity : performance.now() + deadlineMs;
    const call = this.#call;
    const context = {
      // Most methods never look at it.
      get metadata(): Metadata {
        return call.headers;
      },
      deadline,
    };
    this.#running = this.#router.dispatch(this.#method, this.#payload, context, this);
  }

  onEnd(status: Status): void {
    this.#over = true;
    if (status.code === Code.CANCELLED) this.#running?.cancel();
  }

  onDrain(): void {
    // A unary answer is one message.
  }

  message(payload: Uint8Array, metadata: Metadata): void {
    if (this.#over || this.#answered) return;
    this.#answered = true;
    // Bytes do not travel as initial metadata here (§8.4).
    if (metadata.length > 0)
      this.#call.sendHeaders(replyHeaders(metadata).filter(([name]) => !name.startsWith('grpc-')));
    this.#call.send(payload);
  }

  end(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.#call.end(status.code === Code.OK ? OK : status);
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
