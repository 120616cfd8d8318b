import { cloudstate } from '@stategate/protocol';
import type { Connection } from '../transport/call.ts';
import { callUnary } from '../transport/unary.ts';
import { ENTITY_TYPES, PROTOCOL_MAJOR, PROTOCOL_MINOR } from './discovery.ts';

const DISCOVER_TIMEOUT_MS = 10_000;
const REPORT_TIMEOUT_MS = 5_000;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 10_000;

/** A connection that is kept open and says when it is. */
export interface WatchedConnection extends Connection {
  watch(onChange: (connected: boolean) => void): void;
  close(): void;
}

export interface UserFunctionListener {
  /** The answer of `discover`, once for each connection that was made. */
  onSpec(spec: cloudstate.EntitySpec): void;
  onLost(): void;
  /** `discover` failed on a connection that stands; it is tried again in `retryMs`. */
  onDiscoveryFailed(error: unknown, retryMs: number): void;
}

/** The proxy's line to the user function: asks what it serves whenever a connection is made, and tells it what went wrong. */
export class UserFunction {
  readonly connection: WatchedConnection;
  readonly #proxyVersion: string;
  #generation = 0;

  constructor(connection: WatchedConnection, proxyVersion: string) {
    this.connection = connection;
    this.#proxyVersion = proxyVersion;
  }

  start(listener: UserFunctionListener): void {
    this.connection.watch((connected) => {
      this.#generation += 1;
      if (connected) void this.#discover(listener, this.#generation);
      else listener.onLost();
    });
  }

  async #discover(listener: UserFunctionListener, generation: number): Promise<void> {
    const info = cloudstate.ProxyInfo.encode({
      protocolMajorVersion: PROTOCOL_MAJOR,
      protocolMinorVersion: PROTOCOL_MINOR,
      proxyName: 'stategate',
      proxyVersion: this.#proxyVersion,
      supportedEntityTypes: [...ENTITY_TYPES.keys()],
    }).finish();
    for (let retryMs = RETRY_MIN_MS; generation === this.#generation; retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)) {
      try {
        const answer = await callUnary(
          this.connection,
          '/cloudstate.EntityDiscovery/discover',
          info,
          DISCOVER_TIMEOUT_MS,
        );
        if (generation === this.#generation) listener.onSpec(cloudstate.EntitySpec.decode(answer));
        return;
      } catch (error) {
        if (generation !== this.#generation) return;
        listener.onDiscoveryFailed(error, retryMs);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  /** Tells the user function; whether it listens is its own affair (§2.5). Resolves when it has answered or had its time. */
  async reportError(message: string): Promise<void> {
    const error = cloudstate.UserFunctionError.encode({ message }).finish();
    await callUnary(this.connection, '/cloudstate.EntityDiscovery/reportError', error, REPORT_TIMEOUT_MS).catch(
      () => undefined,
    );
  }

  close(): void {
    this.#generation += 1;
    this.connection.close();
  }
}
