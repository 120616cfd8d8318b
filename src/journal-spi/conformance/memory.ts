import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of this process that something still refers to. */
export function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage: unknown = runInNewContext('gc');
  // What the first one finds is only freed while the second one waits for it.
  if (typeof collectGarbage === 'function') for (const _ of ['first', 'second']) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
