import { NOT_RUNNING } from '../entities/outcome.ts';
import type { Span } from '../entities/span.ts';
import type { ServiceMethod } from '../protocol/service-model.ts';
import type { CommandContext, CommandRouter, IncomingSink, ReplySink, RunningCommand } from '../routing/command.ts';
import { Code, type Metadata, type Status } from '../transport/call.ts';
import { statusName } from '../transport/unary.ts';
import type { Logger } from './logger.ts';
import type { CallMetrics, Way } from './metrics.ts';
import type { Tracer } from './tracer.ts';

/** A caller may call its request what it likes, in so many characters. */
const REQUEST_ID_MAX = 128;
const CANCELLED: Status = { code: Code.CANCELLED, message: 'the caller cancelled the call' };

export interface CallObservers {
  readonly way: Way;
  readonly log: Logger;
  readonly metrics: CallMetrics | undefined;
  readonly tracer: Tracer | undefined;
}

/** The same router; its calls are counted, traced and, at level `debug`, logged: one line when they end, never what they carry. */
export function observedRouter(router: CommandRouter, observers: CallObservers): CommandRouter {
  return {
    dispatch(method, payload, context, sink) {
      const call = new ObservedCall(observers, method, context, sink);
      call.readEntityId(payload);
      call.running = router.dispatch(method, payload, call.context, call);
      return call;
    },
    open(method, context, sink) {
      const call = new ObservedCall(observers, method, context, sink);
      const onDrain = (): void => sink.onDrain();
      const running = router.open(method, call.context, {
        message: (payload, metadata) => call.message(payload, metadata),
        end: (status) => call.end(status),
        onDrain,
      } satisfies IncomingSink);
      call.running = running;
      return {
        send: (payload) => running.send(payload),
        halfClose: () => running.halfClose(),
        cancel: (told) => call.cancel(told),
        resume: () => call.resume(),
      };
    },
  };
}

/** Between the caller's sink and its command: learns of the end, whichever side it comes from. */
class ObservedCall implements ReplySink, RunningCommand {
  readonly #observers: CallObservers;
  readonly #method: ServiceMethod;
  readonly #sink: ReplySink;
  readonly #context: CommandContext;
  readonly #started = performance.now();
  readonly #span: Span | undefined;
  #entityId: string | undefined;
  #over = false;
  running: RunningCommand = NOT_RUNNING;

  constructor(observers: CallObservers, method: ServiceMethod, context: CommandContext, sink: ReplySink) {
    this.#observers = observers;
    this.#method = method;
    this.#sink = sink;
    this.#context = context;
    observers.metrics?.began();
    this.#span = observers.tracer?.call(method.path.slice(1), context.metadata, {
      'rpc.system': 'grpc',
      'rpc.service': method.service.name,
      'rpc.method': method.name,
      'stategate.way': observers.way,
    });
  }

  /** What the router gets: the caller's context, within this call's span. */
  get context(): CommandContext {
    const context = this.#context;
    const span = this.#span;
    if (span === undefined) return context;
    const { metadata, deadline, typeUrl } = context;
    return typeUrl === undefined ? { metadata, deadline, span } : { metadata, deadline, typeUrl, span };
  }

  /** Only the log line wants it. */
  readEntityId(payload: Uint8Array): void {
    if (!this.#observers.log.isLevelEnabled('debug')) return;
    try {
      this.#entityId = this.#method.entityKey?.(payload);
    } catch {
      // The caller is told what is wrong with it.
    }
  }

  message(payload: Uint8Array, metadata: Metadata): boolean | Status {
    return this.#sink.message(payload, metadata);
  }

  end(status: Status): void {
    this.#ended(status);
    this.#sink.end(status);
  }

  cancel(told = CANCELLED): void {
    this.#ended(told);
    this.running.cancel();
  }

  resume(): void {
    this.running.resume();
  }

  #ended(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    const { metrics, log, way } = this.#observers;
    const durationMs = performance.now() - this.#started;
    metrics?.ended(this.#method, status.code, durationMs);
    this.#span?.end(status);
    if (!log.isLevelEnabled('debug')) return;
    const { service, name } = this.#method;
    const requestId = this.#context.metadata.find(([key]) => key === 'x-request-id')?.[1];
    log.debug(
      {
        way,
        service: service.name,
        commandName: name,
        entityId: this.#entityId,
        requestId: typeof requestId === 'string' ? requestId.slice(0, REQUEST_ID_MAX) : undefined,
        traceparent: this.#span?.traceparent,
        code: statusName(status.code),
        durationMs: Math.round(durationMs * 1000) / 1000,
      },
      'Call',
    );
  }
}
