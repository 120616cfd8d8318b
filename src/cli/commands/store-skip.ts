import { randomUUID } from 'node:crypto';
import { PARKED } from '@stategate/proxy/store';
import { CliError } from '../errors.ts';
import { withStore } from '../open-store.ts';
import { owning } from '../owning.ts';
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
