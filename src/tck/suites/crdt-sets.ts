import type { ModelCase } from '../case.ts';
import { add, casesOfType, clear, drop, gone, grow, run, to, up } from './crdts.ts';

export const crdtSetCases: readonly ModelCase[] = [
  ...casesOfType('GSet', {
    'initial empty state': { steps: [run([], [])] },
    'state changes': {
      steps: [
        run(grow('a', 'b'), ['a', 'b'], up({ gset: ['a', 'b'] })),
        run(grow('b', 'c'), ['a', 'b', 'c'], up({ gset: ['c'] })),
        run(grow('c', 'a'), ['a', 'b', 'c']),
      ],
    },
    'initial delta in init': {
      init: { gset: ['a', 'b', 'c'] },
      steps: [run(grow('c', 'd', 'e'), ['a', 'b', 'c', 'd', 'e'], up({ gset: ['d', 'e'] }))],
    },
    'initial empty state with replicated initial delta': {
      steps: [to({ gset: ['x', 'y'] }), run(grow('z'), ['x', 'y', 'z'], up({ gset: ['z'] }))],
    },
    'mix of local and replicated state changes': {
      steps: [
        run(grow('a'), ['a'], up({ gset: ['a'] })),
        to({ gset: ['a'] }),
        to({ gset: ['b'] }),
        to({ gset: ['c'] }),
        run([], ['a', 'b', 'c']),
        run(grow('c', 'd', 'e'), ['a', 'b', 'c', 'd', 'e'], up({ gset: ['d', 'e'] })),
        to({ gset: ['f'] }),
        run(grow('g', 'd', 'b'), ['a', 'b', 'c', 'd', 'e', 'f', 'g'], up({ gset: ['g'] })),
      ],
    },
    'rehydration after passivation': {
      steps: [
        run(grow('a'), ['a'], up({ gset: ['a'] })),
        to({ gset: ['b'] }),
        run([], ['a', 'b']),
        run(grow('c'), ['a', 'b', 'c'], up({ gset: ['c'] })),
        { reopened: { gset: ['a', 'b', 'c'] } },
        run([], ['a', 'b', 'c']),
        to({ gset: ['d'] }),
        run(grow('e'), ['a', 'b', 'c', 'd', 'e'], up({ gset: ['e'] })),
      ],
    },
    'delete action received from entity': {
      steps: [run(grow('x'), ['x'], up({ gset: ['x'] })), run([gone], ['x'], { deleted: true })],
    },
  }),
  ...casesOfType('ORSet', {
    'initial empty state': { steps: [run([], [])] },
    'state changes': {
      steps: [
        run(add('a', 'b'), ['a', 'b'], up({ orset: { added: ['a', 'b'] } })),
        run(add('b', 'c'), ['a', 'b', 'c'], up({ orset: { added: ['c'] } })),
        run(add('c', 'a'), ['a', 'b', 'c']),
        run(drop('b', 'd'), ['a', 'c'], up({ orset: { removed: ['b'] } })),
        run([...drop('c', 'd'), ...add('b', 'c')], ['a', 'b', 'c'], up({ orset: { added: ['b'] } })),
        run([clear], [], up({ orset: { cleared: true } })),
        run([...add('a'), clear, ...add('x')], ['x'], up({ orset: { cleared: true, added: ['x'] } })),
      ],
    },
    'initial delta in init': {
      init: { orset: { added: ['a', 'b', 'c'] } },
      steps: [run([...drop('c'), ...add('d')], ['a', 'b', 'd'], up({ orset: { removed: ['c'], added: ['d'] } }))],
    },
    'initial empty state with replicated initial delta': {
      steps: [
        to({ orset: { added: ['x', 'y'] } }),
        run([...drop('x'), ...add('z')], ['y', 'z'], up({ orset: { removed: ['x'], added: ['z'] } })),
      ],
    },
    'mix of local and replicated state changes': {
      steps: [
        run(add('a'), ['a'], up({ orset: { added: ['a'] } })),
        to({ orset: { added: ['a', 'b'] } }),
        to({ orset: { added: ['c', 'd'] } }),
        to({ orset: { removed: ['b', 'd'] } }),
        run([], ['a', 'c']),
        run(add('c', 'd', 'e'), ['a', 'c', 'd', 'e'], up({ orset: { added: ['d', 'e'] } })),
        to({ orset: { removed: ['a', 'c'], added: ['f'] } }),
        run([...add('g'), ...drop('a', 'd')], ['e', 'f', 'g'], up({ orset: { removed: ['d'], added: ['g'] } })),
        to({ orset: { cleared: true, added: ['x', 'y', 'z'] } }),
        run([...add('q', 'x'), ...drop('z')], ['q', 'x', 'y'], up({ orset: { removed: ['z'], added: ['q'] } })),
        to({ orset: { removed: ['x', 'y'], added: ['r', 'p'] } }),
        run(add('s'), ['p', 'q', 'r', 's'], up({ orset: { added: ['s'] } })),
        to({ orset: { added: ['a', 'b', 'c'] } }),
        run([clear, ...add('abc')], ['abc'], up({ orset: { cleared: true, added: ['abc'] } })),
      ],
    },
    'rehydration after passivation': {
      steps: [
        run(add('a'), ['a'], up({ orset: { added: ['a'] } })),
        to({ orset: { removed: ['a'], added: ['b'] } }),
        run([], ['b']),
        run(add('c'), ['b', 'c'], up({ orset: { added: ['c'] } })),
        { reopened: { orset: { added: ['b', 'c'] } } },
        run([], ['b', 'c']),
        to({ orset: { cleared: true, added: ['p', 'q'] } }),
        run([...add('x', 'y'), ...drop('x')], ['p', 'q', 'y'], up({ orset: { added: ['y'] } })),
      ],
    },
    'delete action received from entity': {
      steps: [run(add('x'), ['x'], up({ orset: { added: ['x'] } })), run([gone], ['x'], { deleted: true })],
    },
  }),
];
