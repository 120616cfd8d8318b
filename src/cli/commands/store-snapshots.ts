import { CliError } from '../errors.ts';
import { withStore } from '../open-store.ts';
import { owning } from '../owning.ts';

/** Only while nobody else owns the store: a proxy that runs would save the next snapshot from the state of the last. */
export async function dropSnapshots(
  persistenceId: string,
  entityId: string,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  await withStore(options, 'write', async ({ driver, config }) => {
    const { namespace } = config.store;
    await owning(driver, namespace, async () => {
      const stream = { namespace, persistenceId, entityId };
      const { exists, deletedTo } = await driver.journal.head(stream, {});
      if (!exists)
        throw new CliError(
          `there is no entity "${entityId}" of "${persistenceId}": stategate store entities lists what there is`,
        );
      if (deletedTo > 0)
        throw new CliError(
          `the events up to ${deletedTo} were deleted: the snapshot is all that is left of them and stays`,
        );
      const removed = await driver.snapshots.delete(stream, {}, {});
      process.stdout.write(`removed ${removed} snapshot${removed === 1 ? '' : 's'}\n`);
    });
  });
}
