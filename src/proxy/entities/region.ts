import { Code, type Status } from '../transport/call.ts';
import type { PendingCommand } from './stash.ts';

/** How often a drain looks whether everybody has finished. */
const DRAIN_POLL_MS = 20;

/** One life of an entity. */
export interface LiveEntity {
  handle(command: PendingCommand): void;
  /** Ends the streamed calls of callers, now and from now on. */
  completeStreams(): void;
  /** Closes its stream when nothing is left to do, as after the idle time, and says whether it did. */
  passivate(): boolean;
  /** This process may not serve it any more. */
  drop(status: Status): void;
  /** The commands that came while it was closing. */
  takeStash(): readonly PendingCommand[];
}

/** What a router sees of the live entities of one service. */
export interface EntityRegion {
  readonly size: number;
  handle(entityId: string, command: PendingCommand): void;
  /** Ends the streamed calls of callers, which would have no end of their own. */
  completeStreams(): void;
  /** Lets up to so many entities passivate before their time, those first that were idle longest; says how many did. */
  passivateIdle(most: number): number;
  /** Lets running and waiting commands finish, then passivates; resolves when all entities are gone or the time is over. */
  drain(timeoutMs: number): Promise<void>;
  drop(status: Status): void;
}

/** The live entities of one service: at most one life for each entity id at a time. */
export class Region implements EntityRegion {
  readonly #activate: (entityId: string, onEnd: () => void) => LiveEntity;
  /** The one that had its last command longest ago comes first. */
  readonly #entities = new Map<string, LiveEntity>();
  #closed: Status | undefined;

  /** `activate` begins a life; `onEnd` is called when it has ended, never at once. */
  constructor(activate: (entityId: string, onEnd: () => void) => LiveEntity) {
    this.#activate = activate;
  }

  get size(): number {
    return this.#entities.size;
  }

  handle(entityId: string, command: PendingCommand): void {
    if (this.#closed !== undefined) {
      command.end(this.#closed);
      return;
    }
    const entity = this.#entities.get(entityId) ?? this.#activate(entityId, () => this.#onEnd(entityId));
    this.#entities.delete(entityId);
    this.#entities.set(entityId, entity);
    entity.handle(command);
  }

  completeStreams(): void {
    for (const entity of this.#entities.values()) entity.completeStreams();
  }

  passivateIdle(most: number): number {
    let passivated = 0;
    for (const entity of this.#entities.values()) {
      if (passivated === most) break;
      if (entity.passivate()) passivated += 1;
    }
    return passivated;
  }

  async drain(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (this.#entities.size > 0 && performance.now() < end) {
      this.completeStreams();
      this.passivateIdle(Infinity);
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    this.drop({ code: Code.UNAVAILABLE, message: 'the proxy is shutting down' });
  }

  drop(status: Status): void {
    this.#closed = status;
    for (const entity of this.#entities.values()) entity.drop(status);
  }

  #onEnd(entityId: string): void {
    const stash = this.#entities.get(entityId)?.takeStash() ?? [];
    this.#entities.delete(entityId);
    for (const command of stash) this.handle(entityId, command);
  }
}
