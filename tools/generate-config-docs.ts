import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_KEYS } from '@stategate/proxy/config';

/** Writes docs/reference/config.md from the schema. */
const rows = CONFIG_KEYS.map(({ path, byDefault, env, meaning }) => {
  const value =
    byDefault === undefined ? '' : `\`${typeof byDefault === 'string' ? byDefault : JSON.stringify(byDefault)}\``;
  return `| \`${path}\` | ${value} | ${meaning.replaceAll('|', '\\|')} | ${env.map((name) => `\`${name}\``).join(' ')} |`;
});

const page = `# Settings

<!-- Made by \`npm run generate\` from src/proxy/config/schema.ts. -->

Times are written with their unit (\`500ms\`, \`30s\`, \`1m\`), sizes too (\`64KiB\`, \`12MiB\`); a bare number is milliseconds or bytes.
Any key below \`store.config\` may be \`{fromFile: PATH}\` or \`{fromEnv: NAME}\`. How files, environment and flags go together:
[run the proxy](../how-to/run-the-proxy.md).

| key | default | meaning | environment |
|---|---|---|---|
${rows.join('\n')}

## \`store.config\` of the drivers that come with Stategate

| driver | key | default | meaning |
|---|---|---|---|
| \`sqlite\` | \`path\` | \`./.stategate/stategate.db\` | The database file; its folder is made when missing. Short form: \`sqlite:PATH\`. |
| \`sqlite\` | \`maxBytes\` | | Most bytes the file may grow to; above it writes end as \`RESOURCE_EXHAUSTED\`. |
| \`inmemory\` | \`maxBytes\` | \`268435456\` | Most bytes that are kept. |
`;

writeFileSync(join(import.meta.dirname, '../docs/reference/config.md'), page);
