import type { DatabaseSync } from 'node:sqlite';
import type { Operations } from './operations.ts';
import type { Packer, Unpacker } from './packing.ts';

interface ValueRow {
  readonly id: number;
  readonly key: string;
  readonly epoch: number;
  readonly rev: number;
  readonly writtenEpoch: number;
  readonly token: string | null;
  readonly expiresAt: number | null;
  readonly manifest: string;
  readonly payload: Uint8Array | null;
  readonly meta: Uint8Array | null;
}

type Names = readonly [namespace: string, collection: string, key: string];

export function keyValueOperations(
  database: DatabaseSync,
): Pick<Operations, 'put' | 'recoverValue' | 'get' | 'listValues'> {
  const columns = `
    SELECT id, key, epoch, rev, written_epoch AS writtenEpoch, token, expires_at AS expiresAt, manifest, payload, meta
    FROM value WHERE namespace = ? AND collection = ?`;
  const find = database.prepare(`${columns} AND key = ?`);
  const from = database.prepare(`${columns} AND key >= ? AND key > ? ORDER BY key`);
  const insert = database.prepare('INSERT INTO value (namespace, collection, key, epoch) VALUES (?, ?, ?, ?)');
  const raise = database.prepare('UPDATE value SET epoch = ? WHERE id = ?');
  const write = database.prepare(`
    UPDATE value SET epoch = ?1, written_epoch = ?1, rev = ?2, token = ?3, expires_at = ?4, manifest = ?5, payload = ?6, meta = ?7
    WHERE id = ?8`);

  const names = (input: Unpacker): Names => [input.text(), input.text(), input.text()];
  const row = (key: Names) => find.get(...key) as ValueRow | undefined;

  /** The row when it holds an entry: not a deleted, expired or only sealed one. */
  function live(value: ValueRow | undefined, now: number): (ValueRow & { readonly payload: Uint8Array }) | undefined {
    if (value === undefined || value.payload === null) return undefined;
    return value.expiresAt !== null && value.expiresAt <= now ? undefined : { ...value, payload: value.payload };
  }

  function holds(condition: string, rev: string, entry: ValueRow | undefined): boolean {
    if (condition === 'any') return true;
    if (condition === 'absent') return entry === undefined;
    return entry !== undefined && (condition === 'exists' || String(entry.rev) === rev);
  }

  function addEntry(output: Packer, entry: ValueRow & { readonly payload: Uint8Array }): void {
    output.add(String(entry.rev), entry.token ?? '', entry.writtenEpoch);
    output.addPayload(entry);
  }

  function addEntryOrNone(output: Packer, entry: ReturnType<typeof live>): void {
    if (entry === undefined) return output.add('none');
    output.add('entry');
    addEntry(output, entry);
  }

  return {
    put: {
      access: 'write',
      prepare(input, now) {
        const key = names(input);
        const epoch = input.number();
        const token = input.text();
        const condition = input.text();
        const rev = input.text();
        const ttlMs = input.number();
        const value = input.number() === 1 ? input.payload() : undefined;
        return (output) => {
          const before = row(key);
          const entry = live(before, now);
          const existed = entry === undefined ? 0 : 1;
          if (before?.token === token)
            return output.add('duplicate', existed, before.payload === null ? '' : String(before.rev));
          if (before && before.epoch > epoch) return output.add('fenced', before.epoch);
          if (!holds(condition, rev, entry)) return output.add('unmet', entry ? String(entry.rev) : '');
          const id = before?.id ?? Number(insert.run(...key, epoch).lastInsertRowid);
          const next = (before?.rev ?? 0) + 1;
          const expiresAt = ttlMs > 0 ? Math.ceil(now + ttlMs) : null;
          const { manifest = '', payload = null, meta = null } = value ?? {};
          write.run(epoch, next, token, expiresAt, manifest, payload, meta, id);
          output.add('written', existed, payload === null ? '' : String(next));
        };
      },
    },

    recoverValue: {
      access: 'upkeep',
      prepare(input, now) {
        const key = names(input);
        const epoch = input.number();
        return (output) => {
          const value = row(key);
          if (value && value.epoch > epoch) return output.add('fenced', value.epoch);
          if (value === undefined) insert.run(...key, epoch);
          else if (value.epoch < epoch) raise.run(epoch, value.id);
          addEntryOrNone(output, live(value, now));
        };
      },
    },

    get: {
      access: 'read',
      prepare(input, now) {
        const key = names(input);
        return (output) => addEntryOrNone(output, live(row(key), now));
      },
    },

    listValues: {
      access: 'read',
      prepare(input, now) {
        const collection = [input.text(), input.text()] as const;
        const prefix = input.text();
        const after = input.text();
        const limit = input.number();
        return (output) => {
          // Keys with one prefix are neighbours. A pattern would have to escape, and SQLite's string functions end at a NUL.
          const entries = [];
          for (const value of from.iterate(...collection, prefix, after) as Iterable<unknown> as Iterable<ValueRow>) {
            if (entries.length === limit || !value.key.startsWith(prefix)) break;
            const entry = live(value, now);
            if (entry) entries.push(entry);
          }
          output.add('entries', entries.length);
          for (const entry of entries) {
            output.add(entry.key);
            addEntry(output, entry);
          }
        };
      },
    },
  };
}
