import { Code, type Status } from '../transport/call.ts';
import { Entity, type EntityEnvironment } from './entity.ts';
import type { PendingCommand } from './stash.ts';

/** How often a drain looks whether everybody has finished. */
const DRAIN_POLL_MS = 20;

/** What a router sees of the live entities of one service. */
export interface EntityRegion {
  readonly size: number;
  handle(entityId: string, command: PendingCommand): void;
  /** Lets running and waiting commands finish, then passivates; resolves when all entities are gone or the time is over. */
  drain(timeoutMs: number): Promise<void>;
  drop(status: Status): void;
}

/** The live entities of one service: at most one life for each entity id at a time. */
export class Region<Write> implements EntityRegion {
  readonly #environment: EntityEnvironment<Write>;
  readonly #entities = new Map<string, Entity<Write>>();
  #closed: Status | undefined;

  constructor(environment: EntityEnvironment<Write>) {
    this.#environment = environment;
  }

  get size(): number {
    return this.#entities.size;
  }

  handle(entityId: string, command: PendingCommand): void {
    if (this.#closed !== undefined) {
      command.done({ type: 'failed', status: this.#closed });
      return;
    }
    let entity = this.#entities.get(entityId);
    if (entity === undefined) {
      entity = new Entity(entityId, this.#environment, (ended) => this.#onEnd(entityId, ended));
      this.#entities.set(entityId, entity);
    }
    entity.handle(command);
  }

  async drain(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (this.#entities.size > 0 && performance.now() < end) {
      for (const entity of this.#entities.values()) entity.passivate();
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    this.drop({ code: Code.UNAVAILABLE, message: 'the proxy is shutting down' });
  }

  drop(status: Status): void {
    this.#closed = status;
    for (const entity of this.#entities.values()) entity.drop(status);
  }

  #onEnd(entityId: string, ended: Entity<Write>): void {
    this.#entities.delete(entityId);
    for (const command of ended.takeStash()) this.handle(entityId, command);
  }
}
