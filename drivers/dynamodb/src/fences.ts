import type { Epoch, FenceStore, OpOptions, StoreError, StoreLease } from '@stategate/journal-spi';
import { checkEpoch, leased } from '@stategate/journal-spi/kit';
import type { Call } from '@stategate/journal-spi/kit';
import { ALONE, number, numberOf, partition, text, textOf } from './items.ts';
import type { Item, Key } from './items.ts';
import type { Table } from './table.ts';

export function createFenceStore(table: Table): FenceStore {
  return {
    claim: (namespace, scope, owner, options) =>
      table.calls.run('write', options, async (call) => {
        const epoch = await nextEpoch(table, namespace, call);
        // Who has a higher one came later, and is current already.
        const when = 'attribute_not_exists(e) OR e < :e';
        const values = { ':e': number(epoch), ':o': text(owner), ':zero': number(0) };
        const update = { change: 'SET e = :e, o = :o, h = :zero REMOVE m', when, values };
        await table.update(fenceKey(namespace, scope), update, call);
        return { epoch };
      }),

    current: (namespace, scope, options) =>
      table.calls.run('read', options, async (call) => {
        const found = await table.get(fenceKey(namespace, scope), call);
        return found === undefined ? null : { epoch: numberOf(found, 'e'), owner: textOf(found, 'o') };
      }),
  };
}

/** What was seen of somebody else's lease, and since when it has not changed. */
interface Sighting {
  readonly epoch: Epoch;
  readonly beat: number;
  readonly since: number;
}

/**
 * DynamoDB has no clock of its own. So a lease (`m` its length, `h` its heartbeat, a number that rises with every renewal) is over
 * when the one who wants it has watched it for its whole length, on its own monotonic clock, and seen no heartbeat: clocks need not
 * agree. A newcomer waits for that long even when the holder died long ago.
 */
export function createStoreLease(table: Table): StoreLease {
  const sightings = new Map<string, Sighting>();

  /** How long the lease that is there may last, as far as we know. */
  function restOf(key: Key, found: Item): number {
    const [epoch, beat, lengthMs] = [numberOf(found, 'e'), numberOf(found, 'h'), numberOf(found, 'm')];
    const seen = sightings.get(key.pk);
    const same = seen?.epoch === epoch && seen.beat === beat ? seen : { epoch, beat, since: performance.now() };
    sightings.set(key.pk, same);
    return same.since + lengthMs - performance.now();
  }

  function taken(scope: string, found: Item, restMs: number): StoreError {
    return leased(scope, textOf(found, 'o'), table.server.location, restMs);
  }

  return {
    acquire: (namespace, scope, owner, leaseMs, options) =>
      table.calls.run('write', options, async (call) => {
        const key = fenceKey(namespace, scope);
        const found = await table.get(key, call);
        if (found !== undefined && 'm' in found && textOf(found, 'o') !== owner) {
          const restMs = restOf(key, found);
          if (restMs > 0) throw taken(scope, found, restMs);
        }
        const epoch = await nextEpoch(table, namespace, call);
        // Only after who was seen, without a heartbeat since.
        const when = found === undefined ? 'attribute_not_exists(e)' : 'e = :seen AND h = :beat';
        const seen = found && { ':seen': number(numberOf(found, 'e')), ':beat': number(numberOf(found, 'h')) };
        const values = { ':e': number(epoch), ':o': text(owner), ':m': number(leaseMs), ':zero': number(0), ...seen };
        const update = { change: 'SET e = :e, o = :o, m = :m, h = :zero', when, values };
        const { written, item } = await table.update(key, update, call);
        if (!written) throw taken(scope, item, leaseMs);
        sightings.delete(key.pk);
        return { epoch };
      }),

    async renew(namespace, scope, epoch, leaseMs, options) {
      const values = { ':m': number(leaseMs), ':one': number(1) };
      const current = await hold(namespace, scope, epoch, 'SET m = :m ADD h :one', values, options);
      checkEpoch({ scope, epoch }, current);
    },

    async release(namespace, scope, epoch, options) {
      await hold(namespace, scope, epoch, 'REMOVE m', {}, options);
    },
  };

  /** Changes the lease of an epoch, and gives the scope's current epoch. */
  function hold(
    namespace: string,
    scope: string,
    epoch: Epoch,
    change: string,
    more: Item,
    options: OpOptions,
  ): Promise<Epoch> {
    return table.calls.run('write', options, async (call) => {
      const update = { change, when: 'e = :e', values: { ':e': number(epoch), ...more } };
      const { written, item } = await table.update(fenceKey(namespace, scope), update, call);
      return written ? epoch : numberOf(item, 'e');
    });
  }
}

async function nextEpoch(table: Table, namespace: string, call: Call): Promise<Epoch> {
  const key = { pk: partition('fences', namespace), sk: ALONE };
  const { item } = await table.update(
    key,
    { change: 'ADD e :one', values: { ':one': number(1) }, returns: 'ALL_NEW' },
    call,
  );
  return numberOf(item, 'e');
}

function fenceKey(namespace: string, scope: string): Key {
  return { pk: partition('fence', namespace, scope), sk: ALONE };
}
