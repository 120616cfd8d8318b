import type { ModelCase } from '../case.ts';
import { casesOfType, change, count, gone, run, to, up } from './crdts.ts';

export const crdtCounterCases: readonly ModelCase[] = [
  ...casesOfType('GCounter', {
    'initial empty state': { steps: [run([], 0)] },
    'state changes': {
      steps: [run(count(42), 42, up({ gcounter: 42 })), run(count(1, 2, 3), 48, up({ gcounter: 6 }))],
    },
    'initial delta in init': {
      init: { gcounter: 42 },
      steps: [run(count(123), 165, up({ gcounter: 123 }))],
    },
    'initial empty state with replicated initial delta': {
      steps: [to({ gcounter: 42 }), run(count(123), 165, up({ gcounter: 123 }))],
    },
    'mix of local and replicated state changes': {
      steps: [
        run(count(1), 1, up({ gcounter: 1 })),
        to({ gcounter: 2 }),
        to({ gcounter: 3 }),
        run([], 6),
        run(count(4), 10, up({ gcounter: 4 })),
        to({ gcounter: 5 }),
        run(count(6), 21, up({ gcounter: 6 })),
      ],
    },
    'rehydration after passivation': {
      steps: [
        run(count(1), 1, up({ gcounter: 1 })),
        to({ gcounter: 2 }),
        run([], 3),
        run(count(3), 6, up({ gcounter: 3 })),
        { reopened: { gcounter: 6 } },
        run([], 6),
        to({ gcounter: 4 }),
        run(count(5), 15, up({ gcounter: 5 })),
      ],
    },
    'delete action received from entity': {
      steps: [run(count(42), 42, up({ gcounter: 42 })), run([gone], 42, { deleted: true })],
    },
  }),
  ...casesOfType('PNCounter', {
    'initial empty state': { steps: [run([], 0)] },
    'state changes': {
      steps: [run(change(1, -2, 3), 2, up({ pncounter: 2 })), run(change(-4, 5, -6), -3, up({ pncounter: -5 }))],
    },
    'initial delta in init': {
      init: { pncounter: 42 },
      steps: [run(change(-123), -81, up({ pncounter: -123 }))],
    },
    'initial empty state with replicated initial delta': {
      steps: [to({ pncounter: -42 }), run(change(123), 81, up({ pncounter: 123 }))],
    },
    'mix of local and replicated state changes': {
      steps: [
        run(change(1), 1, up({ pncounter: 1 })),
        to({ pncounter: -2 }),
        to({ pncounter: 3 }),
        run([], 2),
        run(change(-4), -2, up({ pncounter: -4 })),
        to({ pncounter: 5 }),
        run(change(-6), -3, up({ pncounter: -6 })),
      ],
    },
    'rehydration after passivation': {
      steps: [
        run(change(1), 1, up({ pncounter: 1 })),
        to({ pncounter: -2 }),
        run([], -1),
        run(change(3), 2, up({ pncounter: 3 })),
        { reopened: { pncounter: 2 } },
        run([], 2),
        to({ pncounter: -4 }),
        run(change(5), 3, up({ pncounter: 5 })),
      ],
    },
    'delete action received from entity': {
      steps: [run(change(42), 42, up({ pncounter: 42 })), run([gone], 42, { deleted: true })],
    },
  }),
];
