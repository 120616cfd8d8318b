import { randomUUID } from 'node:crypto';
import type { Driver, Fence } from '@stategate/journal-spi';
import { ownAlone, PARKED } from '@stategate/proxy/store';
import { CliError } from '../errors.ts';
import { withStore } from '../open-store.ts';
import { readParked } from '../parked.ts';

/** Gives up one parked event; what it holds back comes at the next start of the proxy. Only while no proxy owns the store. */
export async function skipParked(
  eventLog: string,
  group: string,
  entityId: string,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  await withStore(options, 'write', async ({ driver, config }) => {
    const { namespace } = config.store;
    await owning(driver, namespace, async (fence) => {
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
          fence,
          token: randomUUID(),
        },
        {},
      );
      process.stdout.write(`skipped event ${event.sequenceNr} of ${entityId}\n`);
    });
  });
}

/** Takes the namespace as a proxy does, so that none can run meanwhile. */
async function owning(driver: Driver, namespace: string, use: (fence: Fence) => Promise<void>): Promise<void> {
  const listener = {
    onWaiting(reason: string): void {
      throw new CliError(reason);
    },
    onLost: tell,
    onTrouble: tell,
  };
  const owner = `stategate-store-${process.pid}`;
  const ownership = await ownAlone(driver, namespace, owner, listener, new AbortController().signal);
  try {
    await use(ownership.fence);
  } finally {
    await ownership.release();
  }
}

function tell(error: unknown): void {
  process.stderr.write(`stategate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
