import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/fuzz.ts';
import { toMiB } from '../test/fuzz/rounds.ts';

/** `npm run fuzz -- --inputs 1000000 [--seed 7]`: other inputs every time, unless the seed is given. */
const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '20000' }, seed: { type: 'string' } },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 30));
if (!Number.isSafeInteger(inputs) || inputs < 1) throw new Error(`--inputs ${values.inputs}: a number from 1 on`);
if (!Number.isSafeInteger(seed)) throw new Error(`--seed ${values.seed}: a whole number`);
console.log(`${inputs} inputs, --seed ${seed}`);

const started = performance.now();
const done = await fuzz({
  inputs,
  seed,
  onProgress(soFar, heldBytes) {
    const seconds = (performance.now() - started) / 1_000;
    console.log(`${soFar} inputs in ${seconds.toFixed(0)} s, ${toMiB(heldBytes)} MiB held`);
  },
});
console.log(`${done} inputs, all answered or refused`);
