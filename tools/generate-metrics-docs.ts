import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MetricDescription, Metrics } from '../src/proxy/telemetry/metrics.ts';

/** Writes docs/reference/metrics.md from the metrics that a proxy has. */
const metrics = new Metrics('');
metrics.watch({
  isReady: () => false,
  entities: () => [],
  stashBytes: () => 0,
  effects: () => ({ running: 0, waiting: 0 }),
  stores: () => [],
  consumers: () => [],
});

const KINDS = [
  ['cloudstate_eventsourced_', 'event sourced'],
  ['stategate_value_', 'value'],
  ['stategate_crdt_', 'CRDT'],
] as const;

const all = metrics.describe();
const ofEntities = Map.groupBy(
  all.filter(({ name }) => KINDS.some(([prefix]) => name.startsWith(prefix))),
  ({ name }) => name.slice(KINDS.find(([prefix]) => name.startsWith(prefix))?.[0].length),
);
const entityRows = [...ofEntities].map(([suffix, [first, ...others]]) => {
  const kinds = others.length === KINDS.length - 1 ? 'all' : 'event sourced';
  return `| \`${suffix}\` | ${first?.type ?? ''} | ${kinds} | ${first?.help ?? ''} |`;
});
const isEntities = ({ name }: MetricDescription): boolean => KINDS.some(([prefix]) => name.startsWith(prefix));
const rows = (wanted: (metric: MetricDescription) => boolean): string =>
  all
    .filter(wanted)
    .map(({ name, type, labelNames, help }) => {
      const labels = labelNames.map((label) => `\`${label}\``).join(' ');
      return `| \`${name}\` | ${type} | ${labels} | ${help.replaceAll('|', '\\|')} |`;
    })
    .join('\n');

const page = `# Metrics

<!-- Made by \`npm run generate\` from src/proxy/telemetry. -->

\`GET :9090/metrics\` answers in the Prometheus text format 0.0.4, compressed for who accepts gzip. \`?name[]=stategate_ready\`, as
often as you like, asks for these metrics or samples only. Label values come from what the user function declares, from the
configuration and from fixed lists; entity ids never become one. How to switch it off or move it: \`metrics.*\` in
[the settings](config.md).

## Entities

The names of event sourced entities are those of the Cloudstate reference proxy. The other kinds have the same with a prefix of
their own: ${KINDS.map(([prefix, kind]) => `\`${prefix}\` (${kind})`).join(', ')}. The only label is \`entity_name\`, the persistence id.
Every command is counted once as received, and once as completed or failed when its reply or its failure went out.

| after the prefix | type | kinds | meaning |
|---|---|---|---|
${entityRows.join('\n')}

## The proxy

\`way\` is how a call came in: \`grpc\`, \`grpc-web\`, \`connect\` or \`http\`; \`event-log\` for consumed events. \`code\` is gRPC's, whatever the way:
the status that the caller was given, \`CANCELLED\` when it went away first. A call that is refused before it becomes a command
(JSON that is none, a message that is too large, unknown compression) is counted too, a request for what does not exist with
\`unknown\` as \`service\` and \`method\`. Not counted are the proxy's own services, \`/openapi.json\`, preflights and probes.
\`store\` is the name under \`stores\`, \`main\` for the one under \`store\`; \`outcome\` is \`ok\` or the code of the error, such as \`StoreUnavailable\`.

| name | type | labels | meaning |
|---|---|---|---|
${rows((metric) => !isEntities(metric) && metric.name.startsWith('stategate_'))}

## The process

| name | type | labels | meaning |
|---|---|---|---|
${rows((metric) => !isEntities(metric) && !metric.name.startsWith('stategate_'))}
`;

writeFileSync(join(import.meta.dirname, '../docs/reference/metrics.md'), page);
