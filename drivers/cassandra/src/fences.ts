import type { Epoch, FenceStore, OpOptions, StoreLease } from '@stategate/journal-spi';
import { fenced, leased } from '@stategate/journal-spi/kit';
import { Lanes } from './lanes.ts';
import { numberOf, requiredNumber, textOf } from './rows.ts';
import type { Session } from './session.ts';

/** How many namespaces are written at once. */
const WIDTH = 16;

interface Scope {
  /** Of the namespace: the last epoch that was claimed in it. */
  readonly counter: Epoch | undefined;
  readonly held: { readonly epoch: Epoch; readonly owner: string; readonly leaseUntil: number } | undefined;
}

/** The counter belongs to the partition of the namespace, its scopes are rows: one conditional write moves both. */
export function createFences(session: Session): { readonly fences: FenceStore; readonly lease: StoreLease } {
  const table = session.table('fences');
  const theScope = 'ns = ? AND scope = ?';
  const counterCql = `SELECT DISTINCT ns, counter FROM ${table} WHERE ns = ?`;
  const scopeCql = `SELECT epoch, owner, lease_until FROM ${table} WHERE ${theScope}`;
  const claimCql = `UPDATE ${table} SET counter = ?, epoch = ?, owner = ?, lease_until = ? WHERE ${theScope} IF counter = ? AND lease_until = ?`;
  const renewCql = `UPDATE ${table} SET lease_until = ? WHERE ${theScope} IF epoch = ?`;
  const clockCql = 'SELECT toUnixTimestamp(now()) AS now FROM system.local';
  const lanes = new Lanes<never>(WIDTH);

  async function read(namespace: string, scope: string, options: OpOptions): Promise<Scope> {
    // The first ends what is undecided in the partition, the second then sees it.
    const [row = {}] = await session.select({ cql: counterCql, params: [namespace] }, options, 'serial');
    const [held] = await session.select({ cql: scopeCql, params: [namespace, scope] }, options);
    const counter = numberOf(row, 'counter');
    if (held === undefined) return { counter, held };
    const leaseUntil = requiredNumber(held, 'lease_until');
    return { counter, held: { epoch: requiredNumber(held, 'epoch'), owner: textOf(held, 'owner'), leaseUntil } };
  }

  /** `check` refuses what must not be claimed, or says until when the claim is leased. */
  function claim(
    namespace: string,
    scope: string,
    owner: string,
    options: OpOptions,
    check: (found: Scope) => Promise<number>,
  ): Promise<{ readonly epoch: Epoch }> {
    return lanes.run([namespace], options, async () => {
      for (;;) {
        const found = await read(namespace, scope, options);
        const leaseUntil = await check(found);
        const epoch = (found.counter ?? 0) + 1;
        const before = [found.counter ?? null, found.held?.leaseUntil ?? null];
        const params = [epoch, epoch, owner, leaseUntil, namespace, scope, ...before];
        if ((await session.cas([{ cql: claimCql, params }], options)).applied) return { epoch };
      }
    });
  }

  /** The time of the server, as the clocks of those who hold leases may differ. In milliseconds since 1970. */
  async function clock(options: OpOptions): Promise<number> {
    const [row = {}] = await session.select({ cql: clockCql, params: [] }, options);
    return requiredNumber(row, 'now');
  }

  const fences: FenceStore = {
    claim: (namespace, scope, owner, options) =>
      session.calls.run('write', options, (bounded) => claim(namespace, scope, owner, bounded, async () => 0)),

    current: (namespace, scope, options) =>
      session.calls.run('read', options, async (bounded) => {
        const { held } = await read(namespace, scope, bounded);
        return held === undefined ? null : { epoch: held.epoch, owner: held.owner };
      }),
  };

  const lease: StoreLease = {
    acquire: (namespace, scope, owner, leaseMs, options) =>
      session.calls.run('write', options, (bounded) =>
        claim(namespace, scope, owner, bounded, async ({ held }) => {
          const now = await clock(bounded);
          const retryAfterMs = (held?.leaseUntil ?? 0) - now;
          if (held !== undefined && held.owner !== owner && retryAfterMs > 0) {
            throw leased(scope, held.owner, session.location, retryAfterMs);
          }
          return now + leaseMs;
        }),
      ),

    renew: (namespace, scope, epoch, leaseMs, options) =>
      session.calls.run('write', options, (bounded) =>
        lanes.run([namespace], bounded, async () => {
          const params = [(await clock(bounded)) + leaseMs, namespace, scope, epoch];
          const result = await session.cas([{ cql: renewCql, params }], bounded, 'seal');
          if (!result.applied) throw fenced({ scope, epoch }, numberOf(result.row, 'epoch') ?? 0);
        }),
      ),

    release: (namespace, scope, epoch, options) =>
      session.calls.run('write', options, (bounded) =>
        lanes.run([namespace], bounded, async () => {
          await session.cas([{ cql: renewCql, params: [0, namespace, scope, epoch] }], bounded, 'seal');
        }),
      ),
  };

  return { fences, lease };
}
