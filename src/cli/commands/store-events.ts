import type { StoredEvent, StreamHead } from '@stategate/journal-spi';
import { CliError } from '../errors.ts';
import { readNumber } from '../numbers.ts';
import { withStore } from '../open-store.ts';
import { preview, table } from '../table.ts';

export async function events(
  persistenceId: string,
  entityId: string,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  await withStore(options, 'read', async ({ driver, config }) => {
    const stream = { namespace: config.store.namespace, persistenceId, entityId };
    const head = await driver.journal.head(stream, {});
    if (!head.exists)
      throw new CliError(
        `there is no entity "${entityId}" of "${persistenceId}": stategate store entities lists what there is`,
      );
    const print = options['json'] === true ? printJson : printTable;
    // Page by page: a stream may be larger than memory.
    for await (const page of driver.journal.read(stream, chooseRange(head, options), {})) {
      if (page.events.length > 0) print(page.events);
    }
  });
}

function chooseRange(
  { head, deletedTo }: StreamHead,
  options: Readonly<Record<string, unknown>>,
): { from?: number; to?: number } {
  const last = readNumber(options, 'last');
  const from = last === undefined ? readNumber(options, 'from') : Math.max(deletedTo + 1, head - last + 1);
  const to = readNumber(options, 'to');
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function printTable(page: readonly StoredEvent[]): void {
  const rows = page.map((event) => [
    event.sequenceNr,
    new Date(event.at).toISOString(),
    event.manifest,
    event.payload.length,
    preview(event.payload),
  ]);
  process.stdout.write(table(['SEQUENCE NR', 'TIME', 'TYPE', 'BYTES', 'PAYLOAD'], rows));
}

function printJson(page: readonly StoredEvent[]): void {
  for (const { sequenceNr, at, epoch, manifest, payload } of page) {
    const time = new Date(at).toISOString();
    process.stdout.write(
      `${JSON.stringify({ sequenceNr, time, epoch, type: manifest, payload: Buffer.from(payload).toString('base64') })}\n`,
    );
  }
}
