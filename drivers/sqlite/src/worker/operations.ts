import type { Packer, Unpacker } from './packing.ts';

/** What the worker can be asked to do. A message asks for one operation, for one or many requests. */
export type OperationName =
  | 'append'
  | 'recover'
  | 'resolve'
  | 'head'
  | 'read'
  | 'deleteTo'
  | 'list'
  | 'saveSnapshot'
  | 'loadSnapshot'
  | 'deleteSnapshots'
  | 'put'
  | 'recoverValue'
  | 'get'
  | 'listValues'
  | 'claim'
  | 'currentFence'
  | 'feed'
  | 'health'
  | 'schemaVersion'
  | 'schemaStatements'
  | 'migrate'
  | 'lock'
  | 'unlock';

export interface Operation {
  /** How it touches the file: `upkeep` = a write that must still work when the store is full. */
  readonly access: 'read' | 'write' | 'upkeep';
  /** Takes one request off the message. What it returns does the work and adds one outcome, and may be called again after a rollback. */
  readonly prepare: (input: Unpacker, now: number) => (output: Packer) => void;
}

export type Operations = { readonly [Name in OperationName]: Operation };
