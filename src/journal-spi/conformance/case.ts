import type { Capabilities, Driver, DriverDefinition, DriverEnv } from '../driver.ts';
import type { Fence, Offset, OpOptions } from '../stream.ts';

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
  /** Another target, whose store was never opened before, and whose configuration leaves the schema to `migrate`. */
  readonly unmigratedStore?: () => Promise<ConformanceTarget>;
  /** An offset of the form that the driver makes, from which the target's store cannot go on. */
  readonly expiredOffset?: () => Offset;
  /** The store's server, which no other test uses meanwhile. */
  readonly server?: ServerHooks;
}

export interface ServerHooks {
  /** Returns when it is down. */
  stop(): Promise<void>;
  /** Starts it on the same address and data, and returns when it accepts connections. */
  start(): Promise<void>;
  /** Keeps its connections open and lets it do nothing, as SIGSTOP does. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export type ConformanceCase = {
  /** Keeps its meaning for ever. */
  readonly id: string;
  /** What a driver does, as a sentence. */
  readonly title: string;
  readonly needs?: readonly (keyof ConformanceHooks)[];
  /** For cases that wait for a server: more than others may take. */
  readonly deadlineMs?: number;
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
  /** Opens the store, or the one given, once more, with a clock of the case's own. Closed after the case, when it does not do so itself. */
  open(target?: ConformanceTarget, env?: Pick<DriverEnv, 'now'>): Promise<Driver>;
  /** Puts a sentence into the result: what this run of the case left out. */
  note(text: string): void;
  /** Numbers from 0 up to 1, the same in every run with the same seed. */
  random(): number;
}

/** Why a case was not run: the list is closed, so that nothing is left out silently. */
export const NOT_RUN_REASONS = {
  'no-hook': 'the harness cannot prepare this for the store',
  'server-not-available': 'there is no server here that may be stopped',
} as const;

export type CaseResult = {
  readonly id: string;
  readonly title: string;
  readonly durationMs: number;
  /** What the run of the case left out. */
  readonly notes: readonly string[];
} & (
  | { readonly outcome: 'pass' }
  | { readonly outcome: 'fail'; readonly error: unknown }
  /** Declared absent, and the absence check passed. */
  | { readonly outcome: 'unsupported' }
  | { readonly outcome: 'not-run'; readonly reason: keyof typeof NOT_RUN_REASONS }
);
