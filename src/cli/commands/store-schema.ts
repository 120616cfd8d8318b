import { withStore } from '../open-store.ts';

/** Prints the statements that the store still needs; with `--apply` runs them. */
export async function schema(options: Readonly<Record<string, unknown>>): Promise<void> {
  const apply = options['apply'] === true;
  await withStore(options, apply ? 'write' : 'read', async ({ driver }) => {
    const { current, target } = await driver.schema.status({});
    if (apply) {
      await driver.schema.migrate({});
      process.stdout.write(`The schema of ${driver.server.location} is at version ${target}.\n`);
      return;
    }
    const statements = await driver.schema.statements({});
    if (statements.length === 0) process.stdout.write(`-- nothing to do: the schema is at version ${current}\n`);
    else process.stdout.write(`-- from version ${current} to ${target}\n${statements.join(';\n\n')};\n`);
  });
}
