import type { Epoch, FenceStore, OpOptions, StoreLease } from '@stategate/journal-spi';
import { fenced, leased } from '@stategate/journal-spi/kit';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { list, number, text } from './replies.ts';
import { CLAIM, HOLD } from './scripts.ts';

export function createFenceStore(connection: Connection, keys: Keys): FenceStore {
  return {
    async claim(namespace, scope, owner, options) {
      const names = [keys.fences(namespace), keys.lease(namespace, scope)];
      const [, epoch] = list(await connection.run(CLAIM, 'write', names, [scope, owner], options));
      return { epoch: number(epoch) };
    },

    async current(namespace, scope, options) {
      const args = [keys.fences(namespace), `scope:${scope}`];
      const found = await connection.command('read', 'HGET', args, options);
      if (found === null) return null;
      const [epoch, ...owner] = text(found).split(' ');
      return { epoch: Number(epoch), owner: owner.join(' ') };
    },
  };
}

/** A lease is a key with a time, which the server ends. */
export function createStoreLease(connection: Connection, keys: Keys): StoreLease {
  /** With a time it renews, without one it releases; gives the scope's epoch when that is another one. */
  async function hold(
    namespace: string,
    scope: string,
    args: readonly number[],
    options: OpOptions,
  ): Promise<Epoch | null> {
    const names = [keys.fences(namespace), keys.lease(namespace, scope)];
    const [outcome, current] = list(await connection.run(HOLD, 'write', names, [scope, ...args], options));
    return text(outcome) === 'fenced' ? number(current) : null;
  }

  return {
    async acquire(namespace, scope, owner, leaseMs, options) {
      const names = [keys.fences(namespace), keys.lease(namespace, scope)];
      const args = [scope, owner, Math.ceil(leaseMs)];
      const [outcome, detail, leftMs] = list(await connection.run(CLAIM, 'write', names, args, options));
      if (text(outcome) === 'claimed') return { epoch: number(detail) };
      throw leased(scope, text(detail), connection.location, number(leftMs));
    },

    async renew(namespace, scope, epoch, leaseMs, options) {
      const current = await hold(namespace, scope, [epoch, Math.ceil(leaseMs)], options);
      if (current !== null) throw fenced({ scope, epoch }, current);
    },

    async release(namespace, scope, epoch, options) {
      await hold(namespace, scope, [epoch], options);
    },
  };
}
