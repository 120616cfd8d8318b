import { randomUUID } from 'node:crypto';
import { type Driver, isStoreError, type StreamKey } from '@stategate/journal-spi';

/** What became of one stream that changed hands while its old owner was writing. */
export interface HandOff {
  /** The old owner told its caller that the event is stored. */
  readonly acknowledged: boolean;
  /** The new owner, which answers from what it recovered, knows the event. */
  readonly known: boolean;
}

/**
 * The old owner is about to append when a new owner takes the stream over; then its append goes on. With `naive` the fence is what
 * many systems do: each owner looks at the current epoch before it writes, and the store is not told about epochs at all.
 */
export async function handOff(oldOwner: Driver, newOwner: Driver, fencing: 'naive' | 'ours'): Promise<HandOff> {
  const stream: StreamKey = { namespace: `hand-off-${randomUUID()}`, persistenceId: 'cart', entityId: 'a' };
  const claim = async (driver: Driver, owner: string): Promise<number> =>
    (await driver.fences.claim(stream.namespace, 'all', owner, options())).epoch;
  const recover = async (driver: Driver, epoch: number): Promise<number> => {
    const fence = { scope: 'all', epoch: fencing === 'naive' ? 0 : epoch };
    const recovered = await driver.journal.recover(
      { stream, fence, snapshot: false, page: driver.tuning.page },
      options(),
    );
    return recovered.head.head;
  };

  const oldEpoch = await claim(oldOwner, 'old');
  const expected = await recover(oldOwner, oldEpoch);
  const mayWrite = (await oldOwner.fences.current(stream.namespace, 'all', options()))?.epoch === oldEpoch;

  const newEpoch = await claim(newOwner, 'new');
  const known = await recover(newOwner, newEpoch);

  const events = [{ manifest: 'event', payload: Buffer.from('paid') }];
  const fence = { scope: 'all', epoch: fencing === 'naive' ? 0 : oldEpoch };
  const acknowledged =
    mayWrite &&
    (await isStored(oldOwner.journal.append({ stream, expected, fence, token: randomUUID(), events }, options())));
  return { acknowledged, known: known > 0 };
}

async function isStored(append: Promise<unknown>): Promise<boolean> {
  try {
    await append;
    return true;
  } catch (error) {
    if (isStoreError(error) && error.code === 'Fenced') return false;
    throw error;
  }
}

function options(): { deadline: number } {
  return { deadline: performance.now() + 20_000 };
}
