import type { WatchedConnection } from '../protocol/user-function.ts';
import type { Call, CallHandlers, Metadata, Status } from '../transport/call.ts';
import type { Metrics } from './metrics.ts';

/** The same connection; the calls that it opens are counted. Their paths are those of the protocol: a closed set. */
export function observedConnection(connection: WatchedConnection, metrics: Metrics): WatchedConnection {
  return {
    open: (path, headers, handlers): Call =>
      connection.open(path, headers, new ObservedHandlers(path, handlers, metrics)),
    watch: (onChange) => connection.watch(onChange),
    close: () => connection.close(),
  };
}

class ObservedHandlers implements CallHandlers {
  readonly #path: string;
  readonly #handlers: CallHandlers;
  readonly #metrics: Metrics;
  readonly #started = performance.now();

  constructor(path: string, handlers: CallHandlers, metrics: Metrics) {
    this.#path = path;
    this.#handlers = handlers;
    this.#metrics = metrics;
    metrics.userFunctionCallBegan(path);
  }

  onHeaders(headers: Metadata): void {
    this.#handlers.onHeaders(headers);
  }

  onMessage(bytes: Uint8Array): void {
    this.#handlers.onMessage(bytes);
  }

  onHalfClose(): void {
    this.#handlers.onHalfClose();
  }

  onEnd(status: Status, trailers: Metadata): void {
    this.#metrics.userFunctionCallEnded(this.#path, status.code, performance.now() - this.#started);
    this.#handlers.onEnd(status, trailers);
  }

  onDrain(): void {
    this.#handlers.onDrain();
  }
}
