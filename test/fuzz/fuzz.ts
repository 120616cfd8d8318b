import { deepEqual } from 'node:assert/strict';
import { Callers } from './callers.ts';
import { PARSERS } from './parsers.ts';
import { requestTargets, userFunctionTargets } from './requests.ts';
import { runRounds } from './rounds.ts';
import { FuzzWorld } from './world.ts';

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly onProgress?: (done: number, heldBytes: number) => void;
}

/** Gives random and nearly right inputs to all that reads what comes from outside. */
export async function fuzz({ inputs, seed, onProgress }: FuzzOptions): Promise<number> {
  await using world = await FuzzWorld.start();
  using proxy = new Callers(world.apiPort);
  using userFunction = new Callers(world.userFunctionPort);
  return await runRounds({
    inputs,
    seed,
    computing: PARSERS,
    answering: [...requestTargets(proxy), ...userFunctionTargets(userFunction)],
    onProgress,
    async onRound() {
      await checkService(proxy);
      world.clearLog();
    },
  });
}

/** Every entity still answers as it should. */
async function checkService(proxy: Callers): Promise<void> {
  for (const path of ['/values/good', '/fuzz.Events/Run', '/fuzz.Flags/Run', '/acts']) {
    const pieces = [Buffer.from(JSON.stringify({ id: 'good', number: 5 }))];
    const headers = { 'content-type': 'application/json' };
    const { status, body } = await proxy.http1({ method: 'POST', path, headers, pieces });
    const { id, number } = JSON.parse(body.toString()) as Record<string, unknown>;
    deepEqual([path, status, id, number], [path, 200, 'good', 5]);
  }
}
