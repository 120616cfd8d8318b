import type { Epoch, FenceStore, StoreLease } from '@stategate/journal-spi';
import { fencesFrom, Recent } from '@stategate/journal-spi/kit';
import type { Call, LeaseHolder, Scope } from '@stategate/journal-spi/kit';
import { ALONE, number, numberOf, partition, text, textOf } from './items.ts';
import type { Item, Key } from './items.ts';
import type { Table } from './table.ts';

/** Scopes whose leases are watched at once. */
const MAX_SIGHTINGS = 10_000;

/** The state of somebody else's lease, and since when it was not seen to change. */
interface Sighting {
  readonly state: string;
  readonly since: number;
}

/**
 * DynamoDB has no clock of its own. So a lease (`m` its length, `h` its heartbeat, a number that rises with every renewal) is over
 * when the one who wants it has watched it for its whole length, on its own monotonic clock, and seen no heartbeat: clocks need not
 * agree. A newcomer waits for that long even when the holder died long ago.
 */
export function createFences(table: Table): { readonly fences: FenceStore; readonly lease: StoreLease } {
  const sightings = new Recent<Sighting>(MAX_SIGHTINGS);

  return fencesFrom(table.calls, {
    draw: (at, owner, leaseMs, call) => (leaseMs === null ? claim(at, owner, call) : acquire(at, owner, leaseMs, call)),

    async current(at, call) {
      const found = await table.get(fenceKey(at), call);
      return found === undefined ? null : { epoch: numberOf(found, 'e'), owner: textOf(found, 'o') };
    },

    async extend(at, epoch, leaseMs, call) {
      const [change, more] =
        leaseMs === null ? ['REMOVE m'] : ['SET m = :m ADD h :one', { ':m': number(leaseMs), ':one': number(1) }];
      const update = { change, when: 'e = :e', values: { ':e': number(epoch), ...more } };
      const { written, item } = await table.update(fenceKey(at), update, call);
      return written ? epoch : numberOf(item, 'e');
    },
  });

  async function claim(at: Scope, owner: string, call: Call): Promise<Epoch> {
    const epoch = await nextEpoch(at, call);
    // Who has a higher one came later, and is current already.
    const when = 'attribute_not_exists(e) OR e < :e';
    const values = { ':e': number(epoch), ':o': text(owner), ':zero': number(0) };
    await table.update(fenceKey(at), { change: 'SET e = :e, o = :o, h = :zero REMOVE m', when, values }, call);
    return epoch;
  }

  async function acquire(at: Scope, owner: string, leaseMs: number, call: Call): Promise<Epoch | LeaseHolder> {
    const key = fenceKey(at);
    const found = (await table.get(key, call)) ?? {};
    if ('m' in found && textOf(found, 'o') !== owner) {
      const leftMs = leftOf(key, found);
      if (leftMs > 0) return { owner: textOf(found, 'o'), leftMs };
    }
    const epoch = await nextEpoch(at, call);
    // Only after who was seen, without a heartbeat since.
    const when = 'attribute_not_exists(e) OR (e = :seen AND h = :beat)';
    const values = {
      ':e': number(epoch),
      ':o': text(owner),
      ':m': number(leaseMs),
      ':zero': number(0),
      ':seen': number(numberOf(found, 'e')),
      ':beat': number(numberOf(found, 'h')),
    };
    const update = { change: 'SET e = :e, o = :o, m = :m, h = :zero', when, values };
    const { written, item } = await table.update(key, update, call);
    if (!written) return { owner: textOf(item, 'o'), leftMs: leaseMs };
    sightings.delete(key.pk);
    return epoch;
  }

  /** How long the lease that is there may last, as far as we know. */
  function leftOf({ pk }: Key, found: Item): number {
    const state = `${numberOf(found, 'e')}.${numberOf(found, 'h')}`;
    const seen = sightings.get(pk);
    const { since } = seen?.state === state ? seen : { since: performance.now() };
    sightings.set(pk, { state, since });
    return since + numberOf(found, 'm') - performance.now();
  }

  async function nextEpoch({ namespace }: Scope, call: Call): Promise<Epoch> {
    const key = { pk: partition('fences', namespace), sk: ALONE };
    const draw = { change: 'ADD e :one', values: { ':one': number(1) }, returns: 'ALL_NEW' } as const;
    return numberOf((await table.update(key, draw, call)).item, 'e');
  }
}

function fenceKey({ namespace, scope }: Scope): Key {
  return { pk: partition('fence', namespace, scope), sk: ALONE };
}
