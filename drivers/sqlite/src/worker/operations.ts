import type { WorkerParts } from '../worker-source.ts';
import type { Value } from './packing.ts';

export type StreamNames = readonly [namespace: string, persistenceId: string, entityId: string];
export type KeyNames = readonly [namespace: string, collection: string, key: string];

export type PayloadRow = readonly [manifest: string, payload: Uint8Array, meta: Uint8Array | null];
export type EventRow = readonly [sequenceNr: number, epoch: number, at: number, ...PayloadRow];
export type SnapshotRow = readonly [sequenceNr: number, at: number, ...PayloadRow];
export type EntryRow = readonly [rev: number, token: string, epoch: number, ...PayloadRow];

/** The most that a page holds; one event in any case. */
export type PageBounds = readonly [events: number, bytes: number];
export type HeadRow = readonly [head: number, deletedTo: number, epoch: number];
/** `last`: of the append that follows the expected head, when it has the token. */
export type StandingRow = readonly [head: number, epoch: number, last: number | null];

/**
 * What the worker can be asked to do: each operation takes a request and the time. What goes over and comes back are lists, as
 * the statements take and return them. An operation that refuses a write returns what it found: whoever asked makes the error.
 */
export type Operations = ReturnType<WorkerParts['journalOperations']> &
  ReturnType<WorkerParts['snapshotOperations']> &
  ReturnType<WorkerParts['keyValueOperations']> &
  ReturnType<WorkerParts['fenceOperations']> &
  ReturnType<WorkerParts['feedOperations']> &
  ReturnType<WorkerParts['healthOperations']> &
  ReturnType<WorkerParts['lockOperations']> & { schemaVersion(): number };

export type OperationName = keyof Operations;
export type Request<Name extends OperationName> =
  Parameters<Operations[Name]> extends readonly [infer Given extends readonly Value[], ...unknown[]]
    ? Given
    : readonly [];
export type Answer<Name extends OperationName> = ReturnType<Operations[Name]>;
