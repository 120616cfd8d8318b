import type { SchemaManager } from '../driver.ts';
import { StoreError } from '../errors.ts';
import type { Call, Calls } from './calls.ts';

/** What a driver adds to create its tables, or what it has instead, and to bring them up to date. */
export interface SchemaParts {
  /** Of the driver: what is to be updated for tables that are newer. */
  readonly packageName: string;
  readonly target: number;
  /** The version of what is there, 0 when nothing is. */
  current(call: Call): Promise<number>;
  /** What leads from there to the target. */
  statements(current: number, call: Call): Promise<readonly string[]>;
  /** The same, done: safe when several do it at once. */
  migrate(current: number, call: Call): Promise<void>;
  /** How long `migrate` may take when nobody says: as any call when absent. */
  readonly migrateMs?: number;
}

/** The tables on a server, as `journalFrom`. Those of a newer driver are `SchemaMismatch`. */
export function schemaFrom(calls: Calls, parts: SchemaParts): SchemaManager {
  const { packageName, target, migrateMs } = parts;

  async function currentOf(call: Call): Promise<number> {
    const current = await parts.current(call);
    if (current <= target) return current;
    const versions = `version ${current}, this one knows ${target}`;
    const message = `${calls.location} was written by a newer driver (${versions}): update ${packageName}`;
    throw new StoreError('SchemaMismatch', message);
  }

  return {
    status: (options) => calls.run('read', options, async (call) => ({ current: await currentOf(call), target })),

    statements: (options) =>
      calls.run('read', options, async (call) => {
        const current = await currentOf(call);
        return current === target ? [] : parts.statements(current, call);
      }),

    migrate: (options) =>
      calls.run(
        'write',
        migrateMs === undefined ? options : { deadline: performance.now() + migrateMs, ...options },
        async (call) => {
          const current = await currentOf(call);
          if (current < target) await parts.migrate(current, call);
        },
      ),
  };
}
