import type { Connection, Status } from '../../transport/call.ts';
import type { EntityEvents } from '../entity.ts';
import type { StashBudget } from '../stash.ts';
import type { CrdtCodec, CrdtStorage } from './kind.ts';

/** What the CRDT entities of one service share. */
export interface CrdtEnvironment {
  readonly serviceName: string;
  readonly codec: CrdtCodec;
  readonly connection: Connection;
  openStorage(entityId: string): CrdtStorage;
  /** Admits recoveries, so that not all entities read at once. */
  admit(recovery: () => Promise<void>): Promise<void>;
  /** What the caller is told when the store failed. */
  storeStatus(error: unknown): Status;
  /** Tells the user function about a mistake of its own. */
  reportError(message: string): void;
  readonly stash: StashBudget;
  readonly passivationTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly closeGraceMs: number;
  readonly events: EntityEvents;
}
