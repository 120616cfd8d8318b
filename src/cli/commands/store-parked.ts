import { withStore } from '../open-store.ts';
import { readParked } from '../parked.ts';
import { table } from '../table.ts';

/** The events that consumers could not take; each holds back the later events of its entity. */
export async function parked(options: Readonly<Record<string, unknown>>): Promise<void> {
  await withStore(options, 'read', async ({ driver, config }) => {
    const consumers = await readParked(driver, config.store.namespace);
    const rows = consumers.flatMap(({ events: { eventLog, group, parked: events } }) =>
      events.map(({ entityId, sequenceNr, type, tries, at, reason }) => [
        eventLog,
        group,
        entityId,
        sequenceNr,
        type,
        tries,
        new Date(at).toISOString(),
        reason,
      ]),
    );
    if (rows.length === 0) {
      process.stdout.write('No event is parked.\n');
      return;
    }
    const names = ['EVENT LOG', 'GROUP', 'ENTITY ID', 'SEQUENCE NR', 'TYPE', 'TRIES', 'SINCE', 'REASON'];
    process.stdout.write(table(names, rows));
    process.stdout.write('(tried again when the user function or the proxy starts)\n');
  });
}
