import { describe, expect, test } from 'vitest';
import { type Crdt, type CrdtDelta, typeOfDelta, type View } from '../../../../src/proxy/entities/crdt/crdt.ts';
import { applyDelta } from '../../../../src/proxy/entities/crdt/values.ts';
import { follow, text } from './crdt-samples.ts';

const a = text('a');
const b = text('b');
const c = text('c');
const view: View = { replica: 'r1', members: ['r1', 'r2', 'r3'] };

/** What the deltas make of nothing, all written by one replica. */
function of(...deltas: readonly CrdtDelta[]): Crdt {
  return by('r1', undefined, ...deltas);
}

function by(replica: string, value: Crdt | undefined, ...deltas: readonly CrdtDelta[]): Crdt {
  const made = deltas.reduce<Crdt | undefined>((crdt, delta) => applyDelta(crdt, delta, replica, 1_000), value);
  if (made === undefined) throw new Error('no delta');
  return made;
}

function held(crdt: Crdt): unknown {
  return follow(undefined, crdt.fullDelta(view));
}

const set = (added: readonly string[] = [], removed: readonly string[] = [], cleared = false): CrdtDelta => ({
  orset: { added: added.map(text), removed: removed.map(text), cleared },
});
const ormap = (parts: {
  added?: readonly (readonly [string, CrdtDelta])[];
  updated?: readonly (readonly [string, CrdtDelta])[];
  removed?: readonly string[];
  cleared?: boolean;
}): CrdtDelta => ({
  ormap: {
    cleared: parts.cleared ?? false,
    removed: (parts.removed ?? []).map(text),
    updated: (parts.updated ?? []).map(([key, delta]) => ({ key: text(key), delta })),
    added: (parts.added ?? []).map(([key, delta]) => ({ key: text(key), delta })),
  },
});
const count = (increment: bigint): CrdtDelta => ({ gcounter: { increment } });
const register = (value: string, clock = 0, customClockValue = 0n): CrdtDelta => ({
  lwwregister: { value: text(value), clock, customClockValue },
});

describe('what the user function may not send', () => {
  test.each<[string, readonly CrdtDelta[], string]>([
    ['no member', [{}], 'Empty delta'],
    ['no member later', [count(1n), {}], 'Empty delta'],
    ['a decrement', [count(-5n)], 'Cannot decrement a GCounter, requested amount was -5'],
    [
      'a decrement as it comes from the wire',
      [count(2n ** 64n - 5n)],
      'Cannot decrement a GCounter, requested amount was -5',
    ],
    [
      'more than a counter holds',
      [count(2n ** 63n - 1n), count(1n)],
      'A counter cannot count beyond 9223372036854775807',
    ],
    ['off after on', [{ flag: { value: true } }, { flag: { value: false } }], 'Cannot switch off already enabled flag'],
    ['a GCounter for a Flag', [{ flag: {} }, count(1n)], 'GCounterDelta is incompatible with CRDT Flag'],
    ['a PNCounter', [count(1n), { pncounter: {} }], 'PNCounterDelta is incompatible with CRDT GCounter'],
    ['a GSet', [count(1n), { gset: {} }], 'GSetDelta is incompatible with CRDT GCounter'],
    ['an ORSet', [{ gset: {} }, set(['a'])], 'ORSetDelta is incompatible with CRDT GSet'],
    ['a register', [count(1n), register('a')], 'LWWRegisterDelta is incompatible with CRDT GCounter'],
    ['a Flag', [count(1n), { flag: {} }], 'FlagDelta is incompatible with CRDT GCounter'],
    ['an ORMap', [{ vote: {} }, { ormap: {} }], 'ORMap is incompatible with CRDT Vote'],
    ['a Vote', [{ ormap: {} }, { vote: {} }], 'Vote is incompatible with CRDT ORMap'],
    ['a key without a value', [ormap({ added: [['k', {}]] })], 'Empty delta'],
    [
      'a key of another type',
      [ormap({ added: [['k', count(1n)]] }), ormap({ added: [['k', { flag: {} }]] })],
      'FlagDelta is incompatible with CRDT GCounter',
    ],
  ])('%s', (_, deltas, message) => {
    expect(() => of(...deltas)).toThrow(expect.objectContaining({ name: 'CrdtError', message }) as Error);
  });
});

describe('deltas towards the user function', () => {
  test.each<[string, Crdt, Crdt, CrdtDelta | undefined]>([
    ['nothing changed', of(count(1n)), of(count(1n)), undefined],
    ['a counter counts on', of(count(1n)), of(count(1n), count(4n)), count(4n)],
    [
      'a counter counts down',
      of({ pncounter: { change: 1n } }),
      of({ pncounter: { change: -1n } }),
      { pncounter: { change: -2n } },
    ],
    ['a set grows', of({ gset: { added: [a] } }), of({ gset: { added: [a, b] } }), { gset: { added: [b] } }],
    ['a set becomes empty', of(set(['a', 'b'])), of(set()), { orset: { cleared: true } }],
    ['a set changes a little', of(set(['a', 'b'])), of(set(['b', 'c'])), { orset: { removed: [a], added: [c] } }],
    ['a set changes much', of(set(['a', 'b'])), of(set(['c'])), { orset: { cleared: true, added: [c] } }],
    [
      'a register, without its clock',
      of(register('a', 2, 5n)),
      of(register('b', 2, 6n)),
      { lwwregister: { value: b } },
    ],
    ['a register written again with the same', of(register('a', 2, 5n)), of(register('a', 2, 6n)), undefined],
    ['a flag is switched on', of({ flag: {} }), of({ flag: { value: true } }), { flag: { value: true } }],
    [
      'a vote, whole',
      of({ vote: { selfVote: true } }),
      by('r2', of({ vote: { selfVote: true } }), { vote: { selfVote: true } }),
      { vote: { selfVote: true, votesFor: 2, totalVoters: 3 } },
    ],
    ['a map becomes empty', of(ormap({ added: [['k', count(1n)]] })), of(ormap({})), { ormap: { cleared: true } }],
    [
      'a map changes in every way',
      of(
        ormap({
          added: [
            ['gone', count(1n)],
            ['more', count(1n)],
            ['other', count(1n)],
          ],
        }),
      ),
      of(
        ormap({
          added: [
            ['more', count(3n)],
            ['other', { flag: {} }],
            ['new', count(0n)],
          ],
        }),
      ),
      ormap({
        removed: ['gone', 'other'],
        updated: [['more', count(2n)]],
        added: [
          ['other', { flag: { value: false } }],
          ['new', count(0n)],
        ],
      }),
    ],
    [
      'a map in a map',
      of(ormap({ added: [['m', ormap({ added: [['k', count(1n)]] })]] })),
      of(ormap({ added: [['m', ormap({ added: [['k', count(2n)]] })]] })),
      ormap({ updated: [['m', ormap({ updated: [['k', count(1n)]] })]] }),
    ],
  ])('%s', (_, before, after, delta) => {
    const found = before.deltaTo(after, view);
    expect(found === undefined ? undefined : plain(found)).toEqual(delta === undefined ? undefined : plain(delta));
  });

  test.each<[string, CrdtDelta]>([
    ['GCounter', count(0n)],
    ['PNCounter', { pncounter: { change: 0n } }],
    ['GSet', { gset: { added: [] } }],
    ['ORSet', { orset: { added: [] } }],
    ['LWWRegister', { lwwregister: { value: text('') } }],
    ['Flag', { flag: { value: false } }],
    ['ORMap', { ormap: { added: [] } }],
    ['Vote', { vote: { selfVote: false, votesFor: 0, totalVoters: 3 } }],
  ])('a zero %s has a delta all the same, so that its type is known', (_, delta) => {
    expect(plain(of(delta).fullDelta(view))).toEqual(plain(delta));
  });

  test.each<[string, Crdt, Crdt]>([
    ['another type', of(count(1n)), of({ flag: {} })],
    ['a counter that went down', of(count(2n)), of(count(1n))],
    ['a set that lost something', of({ gset: { added: [a] } }), of({ gset: { added: [b] } })],
    ['a flag that went off', of({ flag: { value: true } }), of({ flag: {} })],
  ])('%s cannot follow', (_, before, after) => {
    expect(() => before.deltaTo(after, view)).toThrow(expect.objectContaining({ name: 'CrdtError' }) as Error);
  });
});

describe('clocks of a register', () => {
  /** What two writes by one replica, merged, leave. */
  const left = (first: CrdtDelta, second: CrdtDelta): unknown => held(of(first).merge(by('r1', of(first), second)));
  const [CUSTOM, AUTO, REVERSE] = [2, 3, 1];

  test.each<[string, CrdtDelta, CrdtDelta, string]>([
    ['default: the last write, in the same millisecond too', register('a'), register('b'), 'b'],
    ['reverse: the first write', register('a', REVERSE), register('b', REVERSE), 'a'],
    ['custom: the higher value', register('a', CUSTOM, 5n), register('b', CUSTOM, 4n), 'a'],
    ['custom: the higher value, later', register('a', CUSTOM, 5n), register('b', CUSTOM, 6n), 'b'],
    ['auto increment: a lower value counts on', register('a', CUSTOM, 5n), register('b', AUTO, 4n), 'b'],
    ['auto increment: a higher value is taken', register('a', CUSTOM, 5n), register('b', AUTO, 9n), 'b'],
    [
      'auto increment begins at the given value, not at the wall clock',
      register('a', AUTO, 5n),
      register('b', CUSTOM, 6n),
      'b',
    ],
  ])('%s', (_, first, second, value) => {
    expect(left(first, second)).toBe(`p.cloudstate.io/string ${value}`);
  });

  test('of writes at the same time, that of the lowest replica', () => {
    const [one, other] = [
      by('r1', undefined, register('a', CUSTOM, 1n)),
      by('r2', undefined, register('b', CUSTOM, 1n)),
    ];
    expect([held(one.merge(other)), held(other.merge(one))]).toEqual([held(one), held(one)]);
  });
});

describe('what replicas do at the same time', () => {
  test('an element that is added here and removed there stays', () => {
    const both = of(set(['a', 'b']));
    const merged = by('r1', both, set([], ['a', 'b'])).merge(by('r2', both, set(['a'])));
    expect(held(merged)).toEqual(held(of(set(['a']))));
  });

  test('a key that is changed here and removed there stays, with its whole value', () => {
    const both = of(ormap({ added: [['k', count(1n)]] }));
    const merged = by('r1', both, ormap({ removed: ['k'] })).merge(
      by('r2', both, ormap({ updated: [['k', count(2n)]] })),
    );
    expect(held(merged)).toEqual(new Map([['p.cloudstate.io/string k', 3n]]));
  });

  test.each<[string, CrdtDelta, CrdtDelta, CrdtDelta, unknown]>([
    ['counts', count(9n), count(2n), count(3n), 5n],
    ['elements', set(['x', 'y']), set(['a']), set(['b']), held(of(set(['x', 'y', 'a', 'b'])))],
  ])(
    'a key that is removed and added again here, and changed there, loses no %s of afterwards',
    (what, before, here, there, value) => {
      const both = of(ormap({ added: [['k', before]] }));
      const one = by('r1', both, ormap({ removed: ['k'] }), ormap({ added: [['k', here]] }));
      const other = by('r2', both, ormap({ updated: [['k', there]] }));
      const merged = held(one.merge(other)) as ReadonlyMap<string, unknown>;
      const left = merged.get('p.cloudstate.io/string k');
      if (what === 'counts') expect(left).toBe(value);
      else expect([...(left as Set<string>)].map((name) => name.slice(-1)).toSorted()).toEqual(['a', 'b']);
    },
  );

  test('a vote under a key that is removed and added again counts anew', () => {
    const yes: CrdtDelta = { vote: { selfVote: true } };
    const both = of(ormap({ added: [['k', yes]] }));
    const other = by('r2', both, ormap({ updated: [['k', yes]] }));
    const one = by('r1', both, ormap({ removed: ['k'] }), ormap({ added: [['k', { vote: {} }]] }));
    // Of r2 alone: r1 has voted no since.
    expect(held(one.merge(other))).toEqual(new Map([['p.cloudstate.io/string k', { votes: 'false 1 3' }]]));
  });

  test('keys of two types: both replicas see the same one', () => {
    const [one, other] = [
      of(ormap({ added: [['k', count(1n)]] })),
      by('r2', undefined, ormap({ added: [['k', { flag: {} }]] })),
    ];
    expect(held(one.merge(other))).toEqual(held(other.merge(one)));
    expect(held(one.merge(other))).toEqual(new Map([['p.cloudstate.io/string k', false]]));
  });

  test('an update of a key that is not there, or has another type, changes nothing', () => {
    const before = of(ormap({ added: [['k', count(1n)]] }));
    const after = by(
      'r1',
      before,
      ormap({
        updated: [
          ['none', count(1n)],
          ['k', { flag: { value: true } }],
        ],
      }),
    );
    expect(before.deltaTo(after, view)).toBeUndefined();
  });

  test('elements of equal bytes and different types are different', () => {
    const one = { typeUrl: 'p.cloudstate.io/string', value: Buffer.from('x') };
    const other = { typeUrl: 'p.cloudstate.io/bytes', value: Buffer.from('x') };
    expect(held(of({ gset: { added: [one, other, one] } }))).toHaveProperty('size', 2);
  });
});

/** Without the fields that are at their defaults, and by the type's member only. */
function plain(delta: CrdtDelta): unknown {
  const type = typeOfDelta(delta);
  const clean = (value: unknown): unknown => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString();
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, member]) => [name, clean(member)] as const);
    return Object.fromEntries(members.filter(([, m]) => m !== false && !(Array.isArray(m) && m.length === 0)));
  };
  return { [`${type}`]: clean(type && delta[type]) };
}
