import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_KEYS } from '@stategate/proxy/config';
import { z } from 'zod';
import { optionsSchema as cassandra } from '../drivers/cassandra/src/options.ts';
import { optionsSchema as dynamodb } from '../drivers/dynamodb/src/options.ts';
import { optionsSchema as inmemory } from '../drivers/inmemory/src/options.ts';
import { optionsSchema as mongodb } from '../drivers/mongodb/src/options.ts';
import { optionsSchema as postgres } from '../drivers/postgres/src/options.ts';
import { optionsSchema as redis } from '../drivers/redis/src/options.ts';
import { optionsSchema as sqlite } from '../drivers/sqlite/src/options.ts';

const DRIVERS = { sqlite, inmemory, postgres, redis, mongodb, dynamodb, cassandra };

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Writes docs/reference/config.md from the schemas. */
const rows = CONFIG_KEYS.map(({ path, byDefault, env, meaning }) => {
  return `| \`${path}\` | ${code(byDefault)} | ${cell(meaning)} | ${env.map((name) => `\`${name}\``).join(' ')} |`;
});

const ofDrivers = Object.entries(DRIVERS).map(([name, schema]) => {
  const keys = keysOf([], z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return `### ${name}\n\n| key | default | meaning |\n|---|---|---|\n${keys.join('\n')}\n`;
});

/** One row for each key, those of an object after the object itself. */
function keysOf(above: readonly string[], { properties = {} }: JsonSchema): readonly string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (typeof schema === 'boolean') return [];
    const path = [...above, name];
    const objects = [schema, ...(schema.anyOf ?? [])].filter((one) => typeof one === 'object');
    return [
      `| \`${path.join('.')}\` | ${code(schema.default)} | ${cell(meaningOf(schema))} |`,
      ...objects.flatMap((one) => keysOf(path, one)),
    ];
  });
}

function meaningOf({ description = '', enum: choices = [] }: JsonSchema): string {
  const unsaid = choices.some((choice) => !description.includes(String(choice)));
  return unsaid ? `${description}: ${choices.map((choice) => code(choice)).join(', ')}` : description;
}

function code(value: unknown): string {
  if (value === undefined) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

const page = `# Settings

<!-- Made by \`npm run generate\` from src/proxy/config/schema.ts and drivers/*/src/options.ts. -->

Times are written with their unit (\`500ms\`, \`30s\`, \`1m\`), sizes too (\`64KiB\`, \`12MiB\`); a bare number is milliseconds or bytes.
Any key below \`store.config\` may be \`{fromFile: PATH}\` or \`{fromEnv: NAME}\`. How files, environment and flags go together:
[run the proxy](../how-to/run-the-proxy.md).

| key | default | meaning | environment |
|---|---|---|---|
${rows.join('\n')}

## \`store.config\`

The keys of each driver; times are numbers of milliseconds, sizes numbers of bytes. Short forms: [choose a store](../how-to/choose-a-store.md).

${ofDrivers.join('\n')}`;

writeFileSync(join(import.meta.dirname, '../docs/reference/config.md'), page);
