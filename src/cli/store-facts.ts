import type { Driver } from '@stategate/journal-spi';
import { formatSizeBytes } from '@stategate/proxy/config';

/** What a store is and can do, one fact a line. */
export async function storeFacts({ server, capabilities, limits, schema }: Driver): Promise<string> {
  const { current, target } = await schema.status({});
  const facts: (readonly [string, string])[] = [
    ['store', `${server.product} ${server.version}`],
    ['location', server.location],
    ['schema', current === target ? String(current) : `${current}, this driver writes ${target}`],
    ...Object.entries(capabilities).map(([name, value]) => [name, describe(value)] as const),
    ...Object.entries(limits).map(
      ([name, limit]: [string, number]) =>
        [name, name.endsWith('Bytes') ? formatSizeBytes(limit) : String(limit)] as const,
    ),
  ];
  return facts.map(([name, value]) => `${name.padEnd(19)}${value}\n`).join('');
}

function describe(value: string | boolean | object): string {
  if (typeof value === 'object') return Object.values(value).join(', ');
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
}
