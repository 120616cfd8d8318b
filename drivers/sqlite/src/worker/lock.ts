import type { DatabaseSync } from 'node:sqlite';
import type { WorkerOptions } from './serve.ts';

/**
 * The lock is an open exclusive transaction on a tiny database of its own: the kernel ends it with the process, however that
 * ends. Who holds it is written beside it, for people.
 */
export function lockOperations({ path, instanceId }: WorkerOptions) {
  const { DatabaseSync: Sqlite } = process.getBuiltinModule('node:sqlite');
  const { readFileSync, rmSync, writeFileSync } = process.getBuiltinModule('node:fs');
  const holderPath = `${path}.owner.pid`;
  let held: DatabaseSync | undefined;

  function holder(): string {
    try {
      return readFileSync(holderPath, 'utf8').trim();
    } catch {
      return 'process unknown'; // It has the lock, and is just about to say so.
    }
  }

  return {
    /** Who holds it, null when it was taken. */
    lock(): string | null {
      const owner = new Sqlite(`${path}.owner`, { timeout: 0 });
      try {
        owner.exec('BEGIN EXCLUSIVE');
        writeFileSync(holderPath, `process ${process.pid}, instance ${instanceId}\n`);
      } catch (error) {
        owner.close();
        if (!(error instanceof Error && 'errcode' in error && error.errcode === 5)) throw error;
        return holder();
      }
      held = owner;
      return null;
    },

    unlock(): null {
      if (held !== undefined) rmSync(holderPath, { force: true });
      held?.close();
      held = undefined;
      return null;
    },
  };
}
