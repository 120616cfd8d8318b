import type { ModelCase } from '../case.ts';
import { casesOfType, enable, gone, run, set, to, up, vote } from './crdts.ts';

export const crdtRegisterCases: readonly ModelCase[] = [
  ...casesOfType('LWWRegister', {
    'initial empty state': { steps: [run([], '', up({ lwwregister: '' }))] },
    'state changes': {
      steps: [
        run([set('one')], 'one', up({ lwwregister: 'one' })),
        run([set('two')], 'two', up({ lwwregister: 'two' })),
      ],
    },
    'initial delta in init': { init: { lwwregister: 'one' }, steps: [run([], 'one')] },
    'initial empty state with replicated initial delta': {
      steps: [to({ lwwregister: 'one' }), run([], 'one')],
    },
    'mix of local and replicated state changes': {
      steps: [
        run([set('A')], 'A', up({ lwwregister: 'A' })),
        to({ lwwregister: 'B' }),
        to({ lwwregister: 'C' }),
        run([], 'C'),
        run([set('D')], 'D', up({ lwwregister: 'D' })),
        to({ lwwregister: 'D' }),
        run([set('E')], 'E', up({ lwwregister: 'E' })),
      ],
    },
    'state changes with clock settings': {
      steps: [
        run([set('A', 'REVERSE')], 'A', up({ lwwregister: ['A', 1, 0] })),
        run([set('A', 'CUSTOM', 123)], 'A', up({ lwwregister: ['A', 2, 123] })),
        {
          actions: [set('A', 'CUSTOM_AUTO_INCREMENT', 456)],
          id: 2,
          told: { state: 'A', ...up({ lwwregister: ['A', 3, 456] }) },
        },
      ],
    },
    'rehydration after passivation': {
      steps: [
        run([set('A')], 'A', up({ lwwregister: 'A' })),
        to({ lwwregister: 'B' }),
        run([], 'B'),
        run([set('C')], 'C', up({ lwwregister: 'C' })),
        { reopened: { lwwregister: 'C' } },
        run([], 'C'),
        to({ lwwregister: 'D' }),
        run([set('E')], 'E', up({ lwwregister: 'E' })),
      ],
    },
    'delete action received from entity': {
      steps: [run([set('one')], 'one', up({ lwwregister: 'one' })), run([gone], 'one', { deleted: true })],
    },
  }),
  ...casesOfType('Flag', {
    'initial empty state': { steps: [run([], false)] },
    'state changes': { steps: [run([enable], true, up({ flag: true }))] },
    'initial delta in init': {
      init: { flag: false },
      steps: [run([], false), { reopened: { flag: true } }, run([], true)],
    },
    'initial empty state with replicated initial delta': {
      steps: [to({ flag: false }), run([], false), { reopened: undefined }, to({ flag: true }), run([], true)],
    },
    'mix of local and replicated state changes': {
      steps: [
        to({ flag: false }),
        run([], false),
        run([enable], true, up({ flag: true })),
        to({ flag: true }),
        to({ flag: false }),
        run([], true),
        { reopened: undefined },
        to({ flag: true }),
        run([], true),
        run([enable], true),
        to({ flag: true }),
        to({ flag: false }),
        run([], true),
      ],
    },
    'rehydration after passivation': {
      steps: [run([], false), run([enable], true, up({ flag: true })), { reopened: { flag: true } }, run([], true)],
    },
    'delete action received from entity': {
      steps: [run([enable], true, up({ flag: true })), run([gone], true, { deleted: true })],
    },
  }),
  ...casesOfType('Vote', {
    'initial empty state': { steps: [run([], [false, 0, 1])] },
    'state changes': {
      steps: [
        run([vote(true)], [true, 1, 1], up({ vote: true })),
        run([vote(true)], [true, 1, 1]),
        run([vote(false)], [false, 0, 1], up({ vote: false })),
        run([vote(false)], [false, 0, 1]),
      ],
    },
    'initial delta in init': {
      init: { vote: [true, 2, 3] },
      steps: [run([], [true, 2, 3]), run([vote(false)], [false, 1, 3], up({ vote: false }))],
    },
    'initial empty state with replicated initial delta': {
      steps: [to({ vote: [false, 3, 5] }), run([], [false, 3, 5]), run([vote(true)], [true, 4, 5], up({ vote: true }))],
    },
    'mix of local and replicated state changes': {
      steps: [
        to({ vote: [false, 2, 4] }),
        run([], [false, 2, 4]),
        run([vote(true)], [true, 3, 4], up({ vote: true })),
        to({ vote: [true, 5, 7] }),
        to({ vote: [true, 4, 6] }),
        run([vote(false)], [false, 3, 6], up({ vote: false })),
      ],
    },
    'rehydration after passivation': {
      steps: [
        run([], [false, 0, 1]),
        to({ vote: [false, 2, 5] }),
        run([vote(true)], [true, 3, 5], up({ vote: true })),
        { reopened: { vote: [true, 3, 5] } },
        run([], [true, 3, 5]),
        run([vote(false)], [false, 2, 5], up({ vote: false })),
      ],
    },
    'delete action received from entity': {
      steps: [run([vote(true)], [true, 1, 1], up({ vote: true })), run([gone], [true, 1, 1], { deleted: true })],
    },
  }),
];
