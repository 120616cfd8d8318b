import { casesOf, type ModelCase } from '../case.ts';
import type { ModelWorld } from '../model-world.ts';
import { CRDTS } from '../spec.ts';
import {
  at,
  change,
  CONFIGURED,
  consistently,
  count,
  effect,
  fail,
  forward,
  grow,
  mapAdd,
  message,
  MODEL,
  play,
  run,
  SERVICES,
  TWO,
  up,
} from './crdts.ts';

const failure = 'expected failure';

/** What CRDTs declare, and what they can do whatever their type. */
export const crdtEffectCases: readonly ModelCase[] = [
  ...casesOf('CRDT', SERVICES, {
    async 'verify CRDT entity discovery'(world: ModelWorld) {
      for (const service of [MODEL, TWO]) world.expectEntity(service, { entityType: CRDTS });
    },
  }),
  ...casesOf('CRDT', [CONFIGURED], {
    async 'verify CRDT configured entity'(world: ModelWorld) {
      world.expectEntity(CONFIGURED, { entityType: CRDTS, passivationStrategy: { timeout: { timeout: 100 } } });
    },
  }),
  ...casesOf('CRDT', SERVICES, {
    'verify forward to second service': play('GCounter', [
      run(count(42), 42, up({ gcounter: 42 })),
      { actions: [forward('X-1')], told: { forward: 'X-1' } },
      run([], 42),
    ]),
    'verify forward with state changes': play('PNCounter', [
      { actions: [...change(-42), forward('X-1')], told: { forward: 'X-1', ...up({ pncounter: -42 }) } },
    ]),
    'verify reply with side effect to second service': play('GSet', [
      run(grow('one'), ['one'], up({ gset: ['one'] })),
      run([effect('X-1')], ['one'], { effects: ['X-1'] }),
      run([], ['one']),
    ]),
    'verify synchronous side effect to second service': play('ORSet', [
      run([effect('X-1', true)], [], { effects: ['X-1!'] }),
    ]),
    'verify forward and side effect to second service': play('LWWRegister', [
      {
        actions: [effect('B-1'), forward('A-1')],
        told: { forward: 'A-1', effects: ['B-1'], ...up({ lwwregister: '' }) },
      },
    ]),
    'verify reply with multiple side effects': play('Flag', [
      run([effect('1'), effect('2'), effect('3')], false, { effects: ['1', '2', '3'] }),
    ]),
    'verify reply with multiple side effects and state changes': play('ORMap', [
      run(
        [...mapAdd('PNCounter-1'), ...at('GSet-1', ...grow('a', 'b', 'c')), effect('1'), effect('2'), effect('3')],
        { 'GSet-1': ['a', 'b', 'c'], 'PNCounter-1': 0 },
        {
          effects: ['1', '2', '3'],
          ...up({ ormap: { added: { 'GSet-1': { gset: ['a', 'b', 'c'] }, 'PNCounter-1': { pncounter: 0 } } } }),
        },
      ),
    ]),
    'verify failure action': play('GCounter', [{ actions: [fail(failure)], told: { failure } }]),
    'verify connection after failure action': play('PNCounter', [
      run(change(42), 42, up({ pncounter: 42 })),
      { actions: [fail(failure)], told: { failure } },
      run([], 42),
    ]),
    'verify streamed responses': play('GCounter', [
      { stream: {}, told: { state: 0 } },
      run(count(1), 1, up({ gcounter: 1 }), [message(1, 1)]),
      run(count(2), 3, up({ gcounter: 2 }), [message(1, 3)]),
      run(count(3), 6, up({ gcounter: 3 }), [message(1, 6)]),
    ]),
    'verify streamed responses with stream ending action': play('GCounter', [
      { stream: { endState: { gcounter: { value: 3 } } }, told: { state: 0 } },
      run(count(1), 1, up({ gcounter: 1 }), [message(1, 1)]),
      run(count(2), 3, up({ gcounter: 2 }), [message(1, 3, { end: true })]),
      run(count(3), 6, up({ gcounter: 3 })),
    ]),
    'verify streamed responses with cancellation': play('PNCounter', [
      { stream: { cancelUpdate: { pncounter: { change: -42 } } }, told: { state: 0 } },
      run(change(10), 10, up({ pncounter: 10 }), [message(1, 10)]),
      run(change(20), 30, up({ pncounter: 20 }), [message(1, 30)]),
      { cancel: 1, told: up({ pncounter: -42 }) },
      run([], -12),
      run(change(30), 18, up({ pncounter: 30 })),
    ]),
    'verify empty streamed responses with cancellation': play('PNCounter', [
      run(change(10), 10, up({ pncounter: 10 })),
      { stream: { cancelUpdate: { pncounter: { change: -42 } }, empty: true }, told: {} },
      { cancel: 2, told: up({ pncounter: -42 }) },
      run([], -32),
    ]),
    'verify streamed responses with side effects': play('GSet', [
      { stream: { effects: [{ id: 'one' }, { id: 'two', synchronous: true }] }, told: { state: [] } },
      run(grow('a'), ['a'], up({ gset: ['a'] }), [message(1, ['a'], { effects: ['one', 'two!'] })]),
      run(grow('b'), ['a', 'b'], up({ gset: ['b'] }), [message(1, ['a', 'b'], { effects: ['one', 'two!'] })]),
    ]),
    'verify write consistency can be configured': play('GCounter', [
      run([consistently(1, 'LOCAL')], 1, up({ gcounter: 1 })),
      run([consistently(2, 'MAJORITY')], 3, { ...up({ gcounter: 2 }), consistency: 1 }),
      run([consistently(3, 'ALL')], 6, { ...up({ gcounter: 3 }), consistency: 2 }),
    ]),
  }),
];
