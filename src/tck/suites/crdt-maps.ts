import type { ModelCase } from '../case.ts';
import {
  add,
  at,
  casesOfType,
  change,
  count,
  drop,
  enable,
  gone,
  grow,
  mapAdd,
  mapClear,
  mapDrop,
  run,
  set,
  to,
  up,
} from './crdts.ts';

export const crdtMapCases: readonly ModelCase[] = [
  ...casesOfType('ORMap', {
    'initial empty state': { steps: [run([], {})] },
    'state changes': {
      steps: [
        run(
          mapAdd('PNCounter-1', 'ORSet-1'),
          { 'ORSet-1': [], 'PNCounter-1': 0 },
          up({ ormap: { added: { 'ORSet-1': { orset: {} }, 'PNCounter-1': { pncounter: 0 } } } }),
        ),
        run(
          [...mapAdd('ORSet-1'), ...at('LWWRegister-1', set('zero'))],
          { 'LWWRegister-1': 'zero', 'ORSet-1': [], 'PNCounter-1': 0 },
          up({ ormap: { added: { 'LWWRegister-1': { lwwregister: 'zero' } } } }),
        ),
        run(
          [...at('PNCounter-1', ...change(42)), ...at('LWWRegister-1', set('one'))],
          { 'LWWRegister-1': 'one', 'ORSet-1': [], 'PNCounter-1': 42 },
          up({ ormap: { updated: { 'PNCounter-1': { pncounter: 42 }, 'LWWRegister-1': { lwwregister: 'one' } } } }),
        ),
        run(
          at('ORSet-1', ...add('a', 'b', 'c')),
          { 'LWWRegister-1': 'one', 'ORSet-1': ['a', 'b', 'c'], 'PNCounter-1': 42 },
          up({ ormap: { updated: { 'ORSet-1': { orset: { added: ['a', 'b', 'c'] } } } } }),
        ),
        run(
          [
            ...at('ORSet-1', ...drop('b'), ...add('d')),
            ...at('PNCounter-1', ...change(-123)),
            ...at('LWWRegister-1', set('two')),
          ],
          { 'LWWRegister-1': 'two', 'ORSet-1': ['a', 'c', 'd'], 'PNCounter-1': -81 },
          up({
            ormap: {
              updated: {
                'ORSet-1': { orset: { removed: ['b'], added: ['d'] } },
                'PNCounter-1': { pncounter: -123 },
                'LWWRegister-1': { lwwregister: 'two' },
              },
            },
          }),
        ),
        run(
          [mapDrop('ORSet-1')],
          { 'LWWRegister-1': 'two', 'PNCounter-1': -81 },
          up({ ormap: { removed: ['ORSet-1'] } }),
        ),
        run(
          [mapDrop('LWWRegister-1'), ...at('Flag-1', enable)],
          { 'Flag-1': true, 'PNCounter-1': -81 },
          up({ ormap: { removed: ['LWWRegister-1'], added: { 'Flag-1': { flag: true } } } }),
        ),
        run([mapClear], {}, up({ ormap: { cleared: true } })),
        run(
          [...mapAdd('PNCounter-2'), mapClear, ...at('GCounter-1', ...count(123))],
          { 'GCounter-1': 123 },
          up({ ormap: { cleared: true, added: { 'GCounter-1': { gcounter: 123 } } } }),
        ),
      ],
    },
    'initial delta in init': {
      init: {
        ormap: {
          added: {
            'PNCounter-1': { pncounter: 123 },
            'LWWRegister-1': { lwwregister: 'one' },
            'GSet-1': { gset: ['a', 'b', 'c'] },
          },
        },
      },
      steps: [
        run([], { 'GSet-1': ['a', 'b', 'c'], 'LWWRegister-1': 'one', 'PNCounter-1': 123 }),
        run(
          [mapDrop('LWWRegister-1'), ...at('PNCounter-1', ...change(-42))],
          { 'GSet-1': ['a', 'b', 'c'], 'PNCounter-1': 81 },
          up({ ormap: { removed: ['LWWRegister-1'], updated: { 'PNCounter-1': { pncounter: -42 } } } }),
        ),
      ],
    },
    'initial empty state with replicated initial delta': {
      steps: [
        to({
          ormap: {
            added: {
              'GCounter-1': { gcounter: 42 },
              'ORSet-1': { orset: { added: ['a', 'b', 'c'] } },
              'Flag-1': { flag: false },
            },
          },
        }),
        run([], { 'Flag-1': false, 'GCounter-1': 42, 'ORSet-1': ['a', 'b', 'c'] }),
      ],
    },
    'mix of local and replicated state changes': {
      steps: [
        run(mapAdd('PNCounter-1'), { 'PNCounter-1': 0 }, up({ ormap: { added: { 'PNCounter-1': { pncounter: 0 } } } })),
        to({ ormap: { added: { 'ORSet-1': { orset: { added: ['x'] } } } } }),
        to({
          ormap: {
            added: { 'LWWRegister-1': { lwwregister: 'one' } },
            updated: { 'ORSet-1': { orset: { added: ['y', 'z'] } } },
          },
        }),
        run(
          [...mapAdd('ORSet-2'), ...at('LWWRegister-2', set('two'))],
          {
            'LWWRegister-1': 'one',
            'LWWRegister-2': 'two',
            'ORSet-1': ['x', 'y', 'z'],
            'ORSet-2': [],
            'PNCounter-1': 0,
          },
          up({ ormap: { added: { 'LWWRegister-2': { lwwregister: 'two' }, 'ORSet-2': { orset: {} } } } }),
        ),
        run(
          [...at('PNCounter-1', ...change(42)), ...at('LWWRegister-1', set('ONE'))],
          {
            'LWWRegister-1': 'ONE',
            'LWWRegister-2': 'two',
            'ORSet-1': ['x', 'y', 'z'],
            'ORSet-2': [],
            'PNCounter-1': 42,
          },
          up({ ormap: { updated: { 'PNCounter-1': { pncounter: 42 }, 'LWWRegister-1': { lwwregister: 'ONE' } } } }),
        ),
        to({
          ormap: {
            removed: ['LWWRegister-2'],
            added: { 'ORMap-1': { ormap: { added: { 'PNCounter-1': { pncounter: 123 } } } } },
          },
        }),
        to({
          ormap: {
            removed: ['ORSet-1'],
            updated: {
              'ORSet-2': { orset: { added: ['a', 'b', 'c'] } },
              'ORMap-1': { ormap: { added: { 'LWWRegister-1': { lwwregister: 'ABC' } } } },
            },
          },
        }),
        run(
          at('ORMap-1', ...at('PNCounter-1', ...change(-456))),
          {
            'LWWRegister-1': 'ONE',
            'ORMap-1': { 'LWWRegister-1': 'ABC', 'PNCounter-1': -333 },
            'ORSet-2': ['a', 'b', 'c'],
            'PNCounter-1': 42,
          },
          up({ ormap: { updated: { 'ORMap-1': { ormap: { updated: { 'PNCounter-1': { pncounter: -456 } } } } } } }),
        ),
        to({ ormap: { cleared: true, added: { 'GSet-1': { gset: ['1', '2', '3'] } } } }),
        run(
          [mapDrop('PNCounter-1'), mapDrop('LWWRegister-1'), ...at('GSet-1', ...grow('2', '4', '6'))],
          { 'GSet-1': ['1', '2', '3', '4', '6'] },
          up({ ormap: { updated: { 'GSet-1': { gset: ['4', '6'] } } } }),
        ),
        run(
          [mapClear, ...mapAdd('GCounter-1')],
          { 'GCounter-1': 0 },
          up({ ormap: { cleared: true, added: { 'GCounter-1': { gcounter: 0 } } } }),
        ),
        to({ ormap: { removed: ['GSet-1'], added: { 'GCounter-1': { gcounter: 42 } } } }),
        run(
          at('GCounter-1', ...count(7)),
          { 'GCounter-1': 49 },
          up({ ormap: { updated: { 'GCounter-1': { gcounter: 7 } } } }),
        ),
      ],
    },
    'rehydration after passivation': {
      steps: [
        to({ ormap: { added: { 'PNCounter-1': { pncounter: 123 } } } }),
        run(
          at('PNCounter-1', ...change(321)),
          { 'PNCounter-1': 444 },
          up({ ormap: { updated: { 'PNCounter-1': { pncounter: 321 } } } }),
        ),
        { reopened: { ormap: { added: { 'PNCounter-1': { pncounter: 444 } } } } },
        run([], { 'PNCounter-1': 444 }),
        to({ ormap: { updated: { 'PNCounter-1': { pncounter: -42 } } } }),
        run(
          at('PNCounter-1', ...change(-360)),
          { 'PNCounter-1': 42 },
          up({ ormap: { updated: { 'PNCounter-1': { pncounter: -360 } } } }),
        ),
      ],
    },
    'delete action received from entity': {
      steps: [
        run(mapAdd('Flag-1'), { 'Flag-1': false }, up({ ormap: { added: { 'Flag-1': { flag: false } } } })),
        run([...at('Flag-1', enable), gone], { 'Flag-1': true }, { deleted: true }),
      ],
    },
  }),
];
