import type { ModelWorld } from './model-world.ts';
import type { ProxyWorld } from './proxy-world.ts';

export const SUITES = [
  'discovery',
  'action',
  'value entity',
  'event sourced',
  'CRDT',
  'reflection',
  'event log',
] as const;
export type Suite = (typeof SUITES)[number];

/** One judgement. Names are unique within a suite and a side. */
export interface Case<World> {
  readonly suite: Suite;
  readonly name: string;
  /** The services that the user function has to serve for it. */
  readonly needs: readonly string[];
  /** @throws Mismatch, or any other error, when it is not passed */
  run(world: World): Promise<void>;
}

/** Of a user function: the kit plays the proxy. */
export type ModelCase = Case<ModelWorld>;
/** Of a proxy: the kit is its client, and sees what it sends to the user function. */
export type ProxyCase = Case<ProxyWorld>;

/** Cases of one suite that need the same services, by their names. */
export function casesOf<World>(
  suite: Suite,
  needs: readonly string[],
  table: Readonly<Record<string, (world: World) => Promise<void>>>,
): readonly Case<World>[] {
  return Object.entries(table).map(([name, run]) => ({ suite, name, needs, run }));
}
