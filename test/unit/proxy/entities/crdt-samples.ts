import fc from 'fast-check';
import type { google } from '@stategate/protocol';
import { type Crdt, type CrdtDelta, type CrdtType, typeOfDelta } from '../../../../src/proxy/entities/crdt/crdt.ts';
import { applyDelta } from '../../../../src/proxy/entities/crdt/values.ts';

export const TYPES = [
  'gcounter',
  'pncounter',
  'gset',
  'orset',
  'lwwregister',
  'flag',
  'ormap',
  'vote',
] as const satisfies readonly CrdtType[];

export function text(value: string): google.protobuf.Any.$Properties {
  return { typeUrl: 'p.cloudstate.io/string', value: Buffer.from(value) };
}

const element = fc.constantFrom('a', 'b', 'c', 'd').map(text);
const elements = fc.array(element, { maxLength: 3 });

/** Legal deltas of a user function. */
export function deltas(type: CrdtType, depth = 1): fc.Arbitrary<CrdtDelta> {
  switch (type) {
    case 'gcounter':
      return fc.bigInt(0n, 9n).map((increment) => ({ gcounter: { increment } }));
    case 'pncounter':
      return fc.bigInt(-9n, 9n).map((change) => ({ pncounter: { change } }));
    case 'gset':
      return elements.map((added) => ({ gset: { added } }));
    case 'orset':
      return fc
        .record({ cleared: fc.boolean(), removed: elements, added: elements })
        .map((orset) => ({ orset: { ...orset, cleared: orset.cleared && orset.removed.length > 0 } }));
    case 'lwwregister':
      return fc
        .record({ value: element, clock: fc.integer({ min: 0, max: 3 }), customClockValue: fc.bigInt(-5n, 5n) })
        .map((lwwregister) => ({ lwwregister }));
    case 'flag':
      return fc.constant({ flag: { value: true } });
    case 'vote':
      return fc.boolean().map((selfVote) => ({ vote: { selfVote } }));
    case 'ormap': {
      const types = TYPES.filter((nested) => nested !== 'ormap' || depth > 0);
      const nested = fc.constantFrom(...types).chain((one) => deltas(one, depth - 1));
      // A key keeps to one type, as programs do; that types may differ has a test of its own.
      const entry = nested.map((delta) => ({ key: text(typeOfDelta(delta) ?? ''), delta }));
      const entries = fc.array(entry, { maxLength: 2 });
      const keys = fc.array(fc.constantFrom(...types).map(text), { maxLength: 2 });
      return fc
        .record({ cleared: fc.boolean(), removed: keys, updated: entries, added: entries })
        .map((ormap) => ({ ormap: { ...ormap, cleared: ormap.cleared && ormap.removed.length > 1 } }));
    }
    default:
      return type satisfies never;
  }
}

export type Step =
  | { readonly do: 'write'; readonly at: number; readonly delta: CrdtDelta }
  /** The user function of a replica is told of what has come from others. */
  | { readonly do: 'push'; readonly at: number }
  /** A state of `from`, perhaps an old one or one that was sent before, reaches `to`. */
  | { readonly do: 'send'; readonly from: number; readonly to: number; readonly back: number };

export const REPLICAS = ['r1', 'r2', 'r3'] as const;
const replica = fc.nat({ max: REPLICAS.length - 1 });

export function histories(type: CrdtType): fc.Arbitrary<readonly Step[]> {
  const write = fc.record({ do: fc.constant('write' as const), at: replica, delta: deltas(type) });
  const push = fc.record({ do: fc.constant('push' as const), at: replica });
  const send = fc.record({
    do: fc.constant('send' as const),
    from: replica,
    to: replica,
    back: fc.constantFrom(0, 0, 0, 1, 2),
  });
  return fc.array(fc.oneof({ weight: 3, arbitrary: write }, push, { weight: 3, arbitrary: send }), {
    minLength: 12,
    maxLength: 30,
    size: 'max',
  });
}

export interface Replica {
  readonly name: string;
  /** Every state that it has had, the newest last. */
  readonly states: Crdt[];
  /** What its user function holds. */
  known: Crdt | undefined;
}

/** Carries a history out, as live entities do. */
export function play(
  steps: readonly Step[],
  {
    onPush = () => undefined,
    onWrite = () => undefined,
  }: {
    readonly onPush?: (known: Crdt | undefined, current: Crdt, name: string) => void;
    readonly onWrite?: (before: Crdt | undefined, after: Crdt) => void;
  } = {},
): readonly Replica[] {
  const replicas: readonly Replica[] = REPLICAS.map((name) => ({ name, states: [], known: undefined }));
  let nowMs = 1_000;
  for (const step of steps) {
    nowMs += 1;
    if (step.do === 'write') {
      const one = take(replicas, step.at);
      const { known } = one;
      const current = one.states.at(-1);
      one.known = applyDelta(known, step.delta, one.name, nowMs);
      onWrite(known, one.known);
      const follows = current === undefined || (current === known && one.known.type !== 'lwwregister');
      one.states.push(follows ? one.known : current.merge(one.known));
    } else if (step.do === 'send') {
      const sent = take(replicas, step.from).states.at(-1 - step.back);
      const { states } = take(replicas, step.to);
      if (sent !== undefined) states.push(states.at(-1)?.merge(sent) ?? sent);
    } else {
      const one = take(replicas, step.at);
      const current = one.states.at(-1);
      if (current === undefined) continue;
      onPush(one.known, current, one.name);
      one.known = current;
    }
  }
  return replicas;
}

function take(replicas: readonly Replica[], index: number): Replica {
  const found = replicas[index];
  if (found === undefined) throw new Error('no such replica');
  return found;
}

/** What a user function holds that has been told nothing but deltas, written from the protocol's words alone. */
export type Plain =
  | bigint
  | boolean
  | ReadonlySet<string>
  | string
  | { readonly votes: string }
  | ReadonlyMap<string, Plain>;

export function follow(before: Plain | undefined, delta: CrdtDelta): Plain {
  const { gcounter, pncounter, gset, orset, lwwregister, flag, ormap, vote } = delta;
  if (gcounter != null) return ((before as bigint | undefined) ?? 0n) + (gcounter.increment ?? 0n);
  if (pncounter != null) return ((before as bigint | undefined) ?? 0n) + (pncounter.change ?? 0n);
  if (gset != null) return new Set([...((before ?? []) as Set<string>), ...(gset.added ?? []).map(show)]);
  if (orset != null) {
    const set = new Set(orset.cleared === true ? [] : ((before ?? []) as Set<string>));
    for (const removed of orset.removed ?? []) if (!set.delete(show(removed))) throw new Error('removed, never added');
    return new Set([...set, ...(orset.added ?? []).map(show)]);
  }
  if (lwwregister != null) return show(lwwregister.value);
  if (flag != null) return flag.value ?? false;
  if (vote != null) return { votes: `${vote.selfVote} ${vote.votesFor} ${vote.totalVoters}` };
  const map = new Map<string, Plain>(ormap?.cleared === true ? [] : ((before ?? []) as Map<string, Plain>));
  for (const key of ormap?.removed ?? []) if (!map.delete(show(key))) throw new Error('removed, never added');
  for (const { key, delta: by } of ormap?.updated ?? []) {
    const value = map.get(show(key));
    if (value === undefined) throw new Error('updated, never added');
    map.set(show(key), follow(value, by ?? {}));
  }
  for (const { key, delta: by } of ormap?.added ?? []) {
    if (map.has(show(key))) throw new Error('added twice');
    map.set(show(key), follow(undefined, by ?? {}));
  }
  return map;
}

function show(any: google.protobuf.Any.$Properties | null | undefined): string {
  return `${any?.typeUrl} ${Buffer.from(any?.value ?? []).toString()}`;
}
