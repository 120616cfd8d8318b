import { randomUUID } from 'node:crypto';
import type { Driver, Epoch } from '@stategate/journal-spi';
import { CliError } from '../errors.ts';
import { withStore } from '../open-store.ts';
import { PARKED, readParked } from '../parked.ts';

/** As the proxy claims it: everything in a namespace. */
const ALL = 'all';
const LEASE_MS = 6_000;

/** Gives up one parked event; what it holds back comes at the next start of the proxy. Only while no proxy owns the store. */
export async function skipParked(
  eventLog: string,
  group: string,
  entityId: string,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  await withStore(options, 'write', async ({ driver, config }) => {
    const { namespace } = config.store;
    await owning(driver, namespace, async (epoch) => {
      const consumers = await readParked(driver, namespace);
      const found = consumers.find(({ events }) => events.eventLog === eventLog && events.group === group);
      const event = found?.events.parked.find((one) => one.entityId === entityId);
      if (found === undefined || event === undefined)
        throw new CliError(
          `no event of "${entityId}" of "${eventLog}" is parked for "${group}": stategate store parked lists those that are`,
        );
      const { entry, events } = found;
      const parked = events.parked.map((one) =>
        one === event
          ? { ...one, sequenceNr: one.sequenceNr + 1, tries: 0, reason: 'waits behind a skipped one' }
          : one,
      );
      const payload = Buffer.from(JSON.stringify({ ...events, parked }));
      await driver.keyValue.put(
        {
          key: { namespace, collection: PARKED, key: entry.key },
          value: { manifest: entry.manifest, payload },
          condition: { if: 'rev', rev: entry.rev },
          fence: { scope: ALL, epoch },
          token: randomUUID(),
        },
        {},
      );
      process.stdout.write(`skipped event ${event.sequenceNr} of ${entityId}\n`);
    });
  });
}

/** Takes the namespace as a proxy does, so that none can run meanwhile. */
async function owning(driver: Driver, namespace: string, use: (epoch: Epoch) => Promise<void>): Promise<void> {
  const owner = `stategate-store-${process.pid}`;
  const { lease } = driver;
  if (lease !== undefined) {
    const { epoch } = await lease.acquire(namespace, ALL, owner, LEASE_MS, {});
    try {
      await use(epoch);
    } finally {
      await lease.release(namespace, ALL, epoch, {});
    }
    return;
  }
  const lock = await driver.lock?.acquire();
  try {
    await use((await driver.fences.claim(namespace, ALL, owner, {})).epoch);
  } finally {
    await lock?.release();
  }
}
