import type { DatabaseSync } from 'node:sqlite';
import type { Operations } from './operations.ts';

/**
 * The lock is an open exclusive transaction on a tiny database of its own: the kernel ends it with the process, however that
 * ends. Who holds it is written beside it, for people.
 */
export function lockOperations(path: string, instanceId: string): Pick<Operations, 'lock' | 'unlock'> & Disposable {
  const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
  const { readFileSync, rmSync, writeFileSync } = process.getBuiltinModule('node:fs');
  const ownerPath = `${path}.owner`;
  const holderPath = `${path}.owner.pid`;
  let held: DatabaseSync | undefined;

  function holder(): string {
    try {
      return readFileSync(holderPath, 'utf8').trim();
    } catch {
      return 'process unknown'; // It has the lock, and is just about to say so.
    }
  }

  function release(): void {
    if (held === undefined) return;
    rmSync(holderPath, { force: true });
    held.close();
    held = undefined;
  }

  return {
    lock: {
      access: 'read',
      prepare: () => (output) => {
        const owner = new Database(ownerPath, { timeout: 0 });
        try {
          owner.exec('BEGIN EXCLUSIVE');
          writeFileSync(holderPath, `process ${process.pid}, instance ${instanceId}\n`);
        } catch (error) {
          owner.close();
          if (!(error instanceof Error && 'errcode' in error && error.errcode === 5)) throw error;
          return output.add('held', holder());
        }
        held = owner;
        output.add('done');
      },
    },

    unlock: {
      access: 'read',
      prepare: () => (output) => {
        release();
        output.add('done');
      },
    },

    [Symbol.dispose]: release,
  };
}
