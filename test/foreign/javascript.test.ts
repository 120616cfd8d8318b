import { notRun } from '../support/not-run.ts';
import { testTally } from './tally.ts';

testTally(
  {
    language: 'js',
    missing: () => Promise.resolve(undefined),
    refusal: 'negative amount',
    exception: 'Unexpected entity failure',
    noHandler: /^Unexpected entity failure$/,
    snapshots: true,
  },
  notRun,
);
