import { stategate } from '@stategate/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Crdt, CrdtType } from '../../../../src/proxy/entities/crdt/crdt.ts';
import { fromState } from '../../../../src/proxy/entities/crdt/values.ts';
import { follow, histories, play, REPLICAS, TYPES } from './crdt-samples.ts';

const { CrdtState } = stategate.v1;
const RUNS = { numRuns: 300 };
const view = { replica: 'r1', members: REPLICAS };

describe.each(TYPES)('%s', (type: CrdtType) => {
  test('merge is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(histories(type), (steps) => {
        const states = play(steps).flatMap((replica) => replica.states.slice(-2));
        for (const [a, b, c] of states.map((one, i) => [one, states[i + 1] ?? one, states[i + 2] ?? one] as const)) {
          expect(bytes(a.merge(b))).toEqual(bytes(b.merge(a)));
          expect(bytes(a.merge(b).merge(c))).toEqual(bytes(a.merge(b.merge(c))));
          expect(bytes(a.merge(b).merge(b))).toEqual(bytes(a.merge(b)));
          expect(bytes(a.merge(a))).toEqual(bytes(a));
        }
      }),
      RUNS,
    );
  });

  test('replicas end with the same after an exchange of states, whatever was lost, repeated or late before', () => {
    fc.assert(
      fc.property(histories(type), fc.array(fc.nat({ max: 5 }), { maxLength: 6 }), (steps, order) => {
        const last = play(steps).flatMap(({ states }) => states.slice(-1));
        const join = (states: readonly Crdt[]): string => bytes(states.reduce((all, one) => all.merge(one)));
        if (last.length === 0) return;
        const shuffled = [...last, ...order.flatMap((i) => last[i % last.length] ?? [])].toSorted(
          (one, other) => (order[last.indexOf(one)] ?? 0) - (order[last.indexOf(other)] ?? 0),
        );
        expect(join(shuffled)).toBe(join(last));
      }),
      RUNS,
    );
  });

  test('a user function that follows the deltas holds the value', () => {
    fc.assert(
      fc.property(histories(type), (steps) => {
        play(steps, {
          onPush(known, current, replica) {
            const from = { ...view, replica };
            const full = follow(undefined, current.fullDelta(from));
            if (known === undefined) return;
            const delta = known.deltaTo(current, from);
            const held = follow(undefined, known.fullDelta(from));
            expect(delta === undefined ? held : follow(held, delta)).toEqual(full);
            expect(current.deltaTo(current, from)).toBeUndefined();
          },
        });
      }),
      RUNS,
    );
  });

  test('a change is in what comes after it, and merging what was before takes nothing of it back', () => {
    fc.assert(
      fc.property(histories(type), (steps) => {
        play(steps, {
          onWrite(before, after) {
            // Only the clock of a register may say otherwise.
            if (before === undefined || type === 'lwwregister') return;
            expect(bytes(before.merge(after))).toBe(bytes(after));
            expect(bytes(after.merge(before))).toBe(bytes(after));
          },
        });
      }),
      RUNS,
    );
  });

  test('what is encoded is decoded to the same, and the same states have the same bytes', () => {
    fc.assert(
      fc.property(histories(type), (steps) => {
        for (const state of play(steps).flatMap(({ states }) => states)) {
          const again = fromState(CrdtState.decode(Buffer.from(bytes(state), 'latin1')));
          expect(bytes(again)).toBe(bytes(state));
          expect(follow(undefined, again.fullDelta(view))).toEqual(follow(undefined, state.fullDelta(view)));
        }
      }),
      RUNS,
    );
  });
});

function bytes(crdt: Crdt): string {
  return Buffer.from(CrdtState.encode(crdt.toState()).finish()).toString('latin1');
}
