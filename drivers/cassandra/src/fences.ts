import type { Epoch, OpOptions } from '@stategate/journal-spi';
import { fencesFrom } from '@stategate/journal-spi/kit';
import type { Scope } from '@stategate/journal-spi/kit';
import { Lanes } from './lanes.ts';
import { numberOf, requiredNumber, textOf } from './rows.ts';
import type { Session } from './session.ts';

interface Found {
  /** Of the namespace: the last epoch that was claimed in it. */
  readonly counter: Epoch | undefined;
  readonly held?: { readonly epoch: Epoch; readonly owner: string; readonly leaseUntil: number };
}

/** The counter belongs to the partition of the namespace, its scopes are rows: one conditional write moves both. */
export function createFences(session: Session): ReturnType<typeof fencesFrom> {
  const table = session.table('fences');
  const theScope = 'ns = ? AND scope = ?';
  const scopeCql = `SELECT counter, epoch, owner, lease_until FROM ${table} WHERE ${theScope}`;
  const counterCql = `SELECT DISTINCT ns, counter FROM ${table} WHERE ns = ?`;
  const claimCql = `UPDATE ${table} SET counter = ?, epoch = ?, owner = ?, lease_until = ? WHERE ${theScope} IF counter = ? AND lease_until = ?`;
  const extendCql = `UPDATE ${table} SET lease_until = ? WHERE ${theScope} IF epoch = ?`;
  const clockCql = 'SELECT toUnixTimestamp(now()) AS now FROM system.local';
  const lanes = new Lanes<never>();

  async function read({ namespace, scope }: Scope, options: OpOptions): Promise<Found> {
    // The first ends what is undecided in the partition, the second then sees it.
    const [row] = await session.select({ cql: scopeCql, params: [namespace, scope] }, options, 'serial');
    if (row === undefined) {
      const [partition = {}] = await session.select({ cql: counterCql, params: [namespace] }, options);
      return { counter: numberOf(partition, 'counter') };
    }
    const leaseUntil = requiredNumber(row, 'lease_until');
    const held = { epoch: requiredNumber(row, 'epoch'), owner: textOf(row, 'owner'), leaseUntil };
    return { counter: requiredNumber(row, 'counter'), held };
  }

  /** The time of the server, as the clocks of those who hold leases may differ. In milliseconds since 1970. */
  async function clock(options: OpOptions): Promise<number> {
    const [row = {}] = await session.select({ cql: clockCql, params: [] }, options);
    return requiredNumber(row, 'now');
  }

  return fencesFrom(session.calls, {
    draw: (at, owner, leaseMs, call) =>
      lanes.run([at.namespace], call, async () => {
        for (;;) {
          const { counter, held } = await read(at, call);
          const now = leaseMs === null ? 0 : await clock(call);
          const leftMs = (held?.leaseUntil ?? 0) - now;
          if (leaseMs !== null && held !== undefined && held.owner !== owner && leftMs > 0) {
            return { owner: held.owner, leftMs };
          }
          const epoch = (counter ?? 0) + 1;
          const drawn = [epoch, epoch, owner, now + (leaseMs ?? 0)];
          const params = [...drawn, at.namespace, at.scope, counter ?? null, held?.leaseUntil ?? null];
          if ((await session.cas([{ cql: claimCql, params }], call)).applied) return epoch;
        }
      }),

    async current(at, call) {
      const { held } = await read(at, call);
      return held === undefined ? null : { epoch: held.epoch, owner: held.owner };
    },

    extend: ({ namespace, scope }, epoch, leaseMs, call) =>
      lanes.run([namespace], call, async () => {
        const leaseUntil = leaseMs === null ? 0 : (await clock(call)) + leaseMs;
        const params = [leaseUntil, namespace, scope, epoch];
        const result = await session.cas([{ cql: extendCql, params }], call, 'seal');
        return result.applied ? epoch : (numberOf(result.row, 'epoch') ?? 0);
      }),
  });
}
