import type { Capabilities, Driver, DriverDefinition } from '../driver.ts';
import type { Fence, OpOptions } from '../stream.ts';

/** What is under test: a driver, and a store that `config` reaches every time it is opened. */
export interface ConformanceTarget {
  readonly definition: DriverDefinition;
  /** As a user writes it: it goes through the driver's schema. */
  readonly config: unknown;
  readonly hooks?: ConformanceHooks;
}

/** What only the harness can do for a store. A case that needs an absent hook is `not-run`. */
export interface ConformanceHooks {
  /** Another target, whose store was never opened before. */
  readonly emptyStore?: () => Promise<ConformanceTarget>;
  /** Marks a store that `emptyStore` made, and nobody has open, as written by a newer version of the driver. */
  readonly raiseSchema?: (store: ConformanceTarget) => Promise<void>;
}

export type ConformanceCase = {
  /** Keeps its meaning for ever. */
  readonly id: string;
  /** What a driver does, as a sentence. */
  readonly title: string;
  readonly needs?: readonly (keyof ConformanceHooks)[];
  /** Rejects when the driver does something else. */
  run(context: CaseContext): Promise<void>;
} & (
  | { readonly requires?: undefined }
  | {
      /** Whether the driver declares what `run` tests. */
      requires(capabilities: Capabilities): boolean;
      /** Runs when it does not: rejects when the feature is there all the same, or is missing in a way that nobody notices. */
      absence(context: CaseContext): Promise<void>;
    }
);

export interface CaseContext {
  readonly driver: Driver;
  /** Of this run of this case alone. */
  readonly namespace: string;
  /** Claimed for this case: the namespace's first epoch. */
  readonly fence: Fence;
  /** For every call: ends with the case. */
  readonly options: OpOptions;
  readonly target: ConformanceTarget;
  /** Opens the store, or the one given, once more. Closed after the case, when it does not do so itself. */
  open(target?: ConformanceTarget): Promise<Driver>;
}

/** Why a case was not run: the list is closed, so that nothing is left out silently. */
export const NOT_RUN_REASONS = {
  'no-hook': 'the harness cannot prepare this for the store',
} as const;

export type CaseResult = { readonly id: string; readonly title: string; readonly durationMs: number } & (
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'fail'; readonly error: unknown }
  /** Declared absent, and the absence check passed. */
  | { readonly outcome: 'unsupported' }
  | { readonly outcome: 'not-run'; readonly reason: keyof typeof NOT_RUN_REASONS }
);
