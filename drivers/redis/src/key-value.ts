import type { DeleteRequest, KeyValueStore, KvEntry, KvWritten, PutRequest } from '@stategate/journal-spi';
import { checkEpoch, eachInOrder, keyValueFrom, unmet } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { LIMITS } from './limits.ts';
import { fromRecord, toRecord } from './records.ts';
import { bytes, list, number, text } from './replies.ts';
import { PUT, RECOVER_VALUE } from './scripts.ts';

/** How many values one MGET of a list asks for. */
const LIST_CHUNK = 100;

/**
 * An entry is a key of its own, so that the server ends its time. The slot beside it stays: its epoch, revision and last token must
 * not be forgotten.
 */
export function createKeyValueStore(connection: Connection, keys: Keys): KeyValueStore {
  return keyValueFrom(connection.calls, {
    limits: LIMITS,
    get: async (key, call) => toEntry(await connection.command('read', 'GET', [keys.value(key).entry], call)),

    async recover(key, fence, call) {
      const { slot, entry } = keys.value(key);
      const reply = await connection.run(RECOVER_VALUE, 'seal', [slot, entry], [fence.epoch], call);
      const [epoch, value] = list(reply);
      checkEpoch(fence, number(epoch));
      return toEntry(value);
    },

    putMany: (requests, call) =>
      eachInOrder(
        requests,
        ({ key }) => keys.value(key).slot,
        (request) => write(request, call),
      ),

    async list(query, call) {
      const { namespace, collection, prefix = '', after, limit } = query;
      const { index } = keys.value({ namespace, collection, key: '' });
      const entries: (KvEntry & { readonly key: string })[] = [];
      let from =
        after !== undefined && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0
          ? `(${after}`
          : `[${prefix}`;
      // No key has the byte 255: it is UTF-8.
      const to = Buffer.concat([Buffer.from(`(${prefix}`), Buffer.of(255)]);
      while (entries.length < limit) {
        const chunk = Math.min(limit - entries.length, LIST_CHUNK);
        const found = await connection.command('read', 'ZRANGEBYLEX', [index, from, to, 'LIMIT', 0, chunk], call);
        const names = list(found).map(text);
        const last = names.at(-1);
        if (last === undefined) break;
        const wanted = names.map((key) => keys.value({ namespace, collection, key }).entry);
        const values = list(await connection.command('read', 'MGET', wanted, call));
        for (const [at, key] of names.entries()) {
          const entry = toEntry(values[at]);
          if (entry !== null) entries.push({ key, ...entry });
        }
        from = `(${last}`;
      }
      return entries;
    },
  });

  async function write(request: PutRequest | DeleteRequest, call: Call): Promise<KvWritten> {
    const { condition, fence, token, value } = request;
    const { slot, entry, index } = keys.value(request.key);
    const ttlMs = value === null || !request.ttlMs ? '' : Math.ceil(request.ttlMs);
    const rev = condition.if === 'rev' ? condition.rev : '';
    const args = [fence.epoch, token, condition.if, rev, ttlMs, request.key.key];
    const record = value === null ? [] : [toRecord(value, [token, fence.epoch])];
    const reply = await connection.run(PUT, 'write', [slot, entry, index], [...args, ...record], call);
    const [outcome, found, existed, epoch] = list(reply);
    if (text(outcome) === 'refused') {
      checkEpoch(fence, number(epoch));
      throw unmet(condition, text(found) || undefined);
    }
    return {
      rev: value === null ? null : text(found),
      duplicate: text(outcome) === 'duplicate',
      existed: number(existed) === 1,
    };
  }
}

/** A value of Redis is the revision, a line break, and the record. */
function toEntry(value: unknown): KvEntry | null {
  if (value === null || value === undefined) return null;
  const stored = bytes(value);
  const end = stored.indexOf('\n');
  const { payload, facts } = fromRecord(stored.subarray(end + 1));
  const [token, epoch] = facts;
  return { ...payload, rev: stored.toString('utf8', 0, end), token: String(token), epoch: Number(epoch) };
}
