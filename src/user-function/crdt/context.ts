import type { CallContext, Reply } from '../call.ts';
import type { Node } from './node.ts';

/** How many nodes must have a change before the caller gets the reply. */
export type Consistency = 'local' | 'majority' | 'all';

export interface CrdtContext<Value extends Node> extends CallContext {
  readonly entityId: string;
  /** Of what this command changes. Default `local`. */
  consistency(consistency: Consistency): void;
  /** The entity is gone when the handler finishes without failing: for every node, for a day. */
  delete(): void;
  /**
   * Only in methods with a stream of replies: keeps the stream open. Called after every change that others make, in this process
   * or elsewhere; what it gives goes to the caller, nothing goes when it gives nothing. It must not change the value.
   */
  onChange(handler: (value: Value, context: ChangeContext) => Reply): void;
  /** Only in methods with a stream of replies: keeps the stream open. Called when the caller has gone; may change the value. */
  onCancel(handler: (value: Value, context: CancelContext) => void): void;
}

export interface ChangeContext extends CallContext {
  /** The stream ends after this reply. */
  end(): void;
}

export type CancelContext = Pick<CallContext, 'effect'>;

/** One handler for each method. */
export type CrdtCommands<Value extends Node, Commands> = {
  readonly [Name in keyof Commands]: (
    command: Commands[Name],
    value: Value,
    context: CrdtContext<Value>,
  ) => Reply | Promise<Reply>;
};
