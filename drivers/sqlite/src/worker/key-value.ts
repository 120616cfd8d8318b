import type { Database } from './database.ts';
import type { EntryRow, KeyNames, PayloadRow } from './operations.ts';

/** Without a payload there is no entry: it was deleted, or only sealed. */
type ValueRow = readonly [
  id: number,
  current: number,
  expiresAt: number | null,
  key: string,
  rev: number,
  token: string | null,
  epoch: number,
  manifest: string,
  payload: Uint8Array | null,
  meta: Uint8Array | null,
];

export function keyValueOperations({ prepare }: Database) {
  const columns = `
    SELECT id, epoch, expires_at, key, rev, token, written_epoch, manifest, payload, meta
    FROM value WHERE namespace = ? AND collection = ?`;
  const find = prepare<ValueRow>(`${columns} AND key = ?`);
  const from = prepare<ValueRow>(`${columns} AND key >= ? AND key > ? ORDER BY key`);
  const insert = prepare('INSERT INTO value (namespace, collection, key, epoch) VALUES (?, ?, ?, ?)');
  const raise = prepare('UPDATE value SET epoch = ? WHERE id = ?');
  const write = prepare(`
    UPDATE value SET epoch = ?1, written_epoch = ?1, rev = ?2, token = ?3, expires_at = ?4, manifest = ?5, payload = ?6, meta = ?7
    WHERE id = ?8`);
  const nothing: ValueRow = [0, 0, null, '', 0, null, 0, '', null, null];

  /** The entry, unless it is past its time. */
  function live([, , expiresAt, , rev, token, epoch, manifest, payload, meta]: ValueRow, now: number): EntryRow | null {
    if (payload === null || (expiresAt !== null && expiresAt <= now)) return null;
    return [rev, token ?? '', epoch, manifest, payload, meta];
  }

  return {
    /** `before`: the revision of the entry that was there. */
    put(
      [names, epoch, token, condition, conditionRev, ttlMs, value]: readonly [
        KeyNames,
        number,
        string,
        'any' | 'absent' | 'exists' | 'rev',
        string | null,
        number | null,
        PayloadRow | null,
      ],
      now: number,
    ): readonly [
      verdict: 'written' | 'duplicate' | 'refused',
      epoch: number,
      before: number | null,
      rev: number | null,
    ] {
      const row = find.get(...names) ?? nothing;
      const [id, current, , , last, lastToken, , , payload] = row;
      const before = live(row, now)?.[0] ?? null;
      if (lastToken === token) return ['duplicate', current, before, payload === null ? null : last];
      const met = {
        any: true,
        absent: before === null,
        exists: before !== null,
        rev: before !== null && String(before) === conditionRev,
      }[condition];
      if (current > epoch || !met) return ['refused', current, before, null];
      const place = id === 0 ? Number(insert.run(...names, epoch).lastInsertRowid) : id;
      const expiresAt = ttlMs === null ? null : Math.ceil(now + ttlMs);
      write.run(epoch, last + 1, token, expiresAt, ...(value ?? ['', null, null]), place);
      return ['written', epoch, before, value === null ? null : last + 1];
    },

    /** When the epoch that comes back is higher, nothing was sealed. */
    recoverValue([names, epoch]: readonly [KeyNames, number], now: number): readonly [number, EntryRow | null] {
      const row = find.get(...names) ?? nothing;
      const [id, current] = row;
      if (current > epoch) return [current, null];
      if (id === 0) insert.run(...names, epoch);
      else if (current < epoch) raise.run(epoch, id);
      return [epoch, live(row, now)];
    },

    get: ([names]: readonly [KeyNames], now: number) => live(find.get(...names) ?? nothing, now),

    listValues(
      [namespace, collection, prefix, after, limit]: readonly [string, string, string, string, number],
      now: number,
    ) {
      const found: (readonly [key: string, ...EntryRow])[] = [];
      // Keys with one prefix are neighbours. A pattern would have to escape, and SQLite's string functions end at a NUL.
      for (const row of from.iterate(namespace, collection, prefix, after)) {
        const [, , , key] = row;
        if (found.length === limit || !key.startsWith(prefix)) break;
        const entry = live(row, now);
        if (entry !== null) found.push([key, ...entry]);
      }
      return found;
    },
  };
}
