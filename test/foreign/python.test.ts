import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { notRun } from '../support/not-run.ts';
import { testTally } from './tally.ts';

testTally(
  {
    language: 'python',
    async missing() {
      const version = await promisify(execFile)('python3', ['--version']).then(
        ({ stdout }) => stdout.trim(),
        () => 'no python3',
      );
      // The library's gRPC has wheels for this version only.
      return version.startsWith('Python 3.11.') ? undefined : `needs Python 3.11, found ${version}`;
    },
    refusal: "['negative amount']",
    exception: "['boom']",
    noHandler: /Missing command handler function/,
    snapshots: false,
  },
  notRun,
);
