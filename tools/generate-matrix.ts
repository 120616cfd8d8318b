import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvidence } from './matrix/evidence.ts';
import { renderMatrix } from './matrix/render.ts';

/** Writes compat-matrix.md from the committed results. */
const root = join(import.meta.dirname, '..');
const evidence = readEvidence(root);
writeFileSync(join(root, 'compat-matrix.md'), renderMatrix(evidence));
for (const { file, freshness } of evidence) {
  if (freshness === 'stale') process.stdout.write(`${file} is stale: npm run conformance\n`);
}
