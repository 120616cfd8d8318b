import { cases, familyOf } from '@stategate/journal-spi/conformance';
import type { ConformanceReport, Family } from '@stategate/journal-spi/conformance';
import { formatSizeBytes } from '@stategate/proxy/config';

/** A result file, and whether the sources that it stands for are still what they were. */
export interface Evidence {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly report: ConformanceReport;
  readonly freshness: 'current' | 'stale' | 'unknown';
}

interface Column {
  readonly name: string;
  cell(evidence: Evidence): string;
}

const COLUMNS: readonly Column[] = [
  { name: 'driver', cell: driverCell },
  proven('journal', ['journal']),
  proven('key-value', ['key-value']),
  proven('snapshots', ['snapshots']),
  proven('fencing', ['fencing', 'exclusive use'], ({ capabilities }) => capabilities.exclusive),
  proven('feed', ['feed'], ({ capabilities: { feed } }) =>
    feed === false ? '' : `${feed.order}, ${feed.live}, ${feed.complete}`,
  ),
  proven('TTL', ['TTL'], ({ capabilities: { ttl } }) => (ttl === false ? '' : ttl)),
  proven('limits', ['limits'], limits),
  { name: 'durability', cell: ({ report }) => durability(report) },
  { name: 'single binary', cell: () => 'not built' },
  { name: 'server', cell: ({ report: { server } }) => `${server.product} ${server.version}` },
  { name: 'real or emulated', cell: ({ report }) => report.server.kind },
  { name: 'date', cell: ({ report }) => report.run.date },
  { name: 'cases passed', cell: casesCell },
];

/** The support matrix: nothing in it but what result files say. */
export function renderMatrix(all: readonly Evidence[]): string {
  const order = all.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const rows = [
    COLUMNS.map(({ name }) => name),
    COLUMNS.map(() => '---'),
    ...order.map((evidence) => COLUMNS.map((column) => column.cell(evidence))),
  ];
  return `# Which store can do what

<!-- Made by \`npm run matrix\` from test/drivers/results. Written by hand it would not be there after the next run. -->

Every cell is what the conformance suite saw, and leads to the result of every case. Numbers are cases that passed, of those that apply.

${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

| | |
|---|---|
| ● | every case passed, on the real server (or without one, in the process) |
| ◐ | every case passed, on a server that speaks the real one's protocol |
| ◌ | some cases were not run here; the result says why |
| ○ | declared absent, and its absence was checked |
| ✕ | a case failed |
| ? | the suite has cases that this result does not |

A result is stale when the sources that it stands for have changed since; self-reported when they are not in this repository.
Durability is what the driver found in the settings of the server: what an acknowledged write survives.
`;
}

function proven(name: string, families: readonly Family[], detail?: (report: ConformanceReport) => string): Column {
  const wanted = cases.map(({ id }) => id).filter((id) => families.includes(familyOf(id)));
  return {
    name,
    cell({ file, report }) {
      const link = `[${verdict(report, wanted)}](${file})`;
      const text = detail?.(report) ?? '';
      return text === '' ? link : `${link} ${text}`;
    },
  };
}

/** One sign and a count for some cases. A tick needs all of them. */
function verdict({ cases: found, server }: ConformanceReport, wanted: readonly string[]): string {
  const outcomes = wanted.map((id) => found.find((one) => one.id === id)?.outcome ?? 'missing');
  const count = (outcome: (typeof outcomes)[number]) => outcomes.filter((each) => each === outcome).length;
  const applicable = wanted.length - count('unsupported');
  const numbers = `${count('pass')}/${applicable}`;
  if (count('fail') > 0) return `✕ ${numbers}`;
  if (count('missing') > 0 || wanted.length === 0) return `? ${numbers}`;
  if (applicable === 0) return '○';
  if (count('not-run') > 0) return `◌ ${numbers}`;
  return `${server.kind === 'emulated' ? '◐' : '●'} ${numbers}`;
}

function driverCell({ report: { driver }, freshness }: Evidence): string {
  const name = driver.variant === undefined ? driver.name : `${driver.name} (${driver.variant})`;
  const marks = [
    ...(driver.package.startsWith('@stategate/') ? [] : ['third-party']),
    ...(freshness === 'stale' ? ['**stale**'] : freshness === 'unknown' ? ['self-reported'] : []),
  ];
  return [`${name} ${driver.version}`, ...marks].join(', ');
}

function limits({ limits: of }: ConformanceReport): string {
  const size = formatSizeBytes;
  return [
    `event ${size(of.maxEventBytes)}`,
    `batch ${of.maxBatchEvents} / ${size(of.maxBatchBytes)}`,
    `snapshot ${size(of.maxSnapshotBytes)}`,
    `value ${size(of.maxValueBytes)}`,
  ].join(', ');
}

function durability({ capabilities: { durability: what, ackLossOnFailover } }: ConformanceReport): string {
  return ackLossOnFailover ? `${what}; a failover may lose the last writes` : what;
}

function casesCell({ file, report: { summary } }: Evidence): string {
  const applicable = summary.pass + summary.fail + summary['not-run'];
  const more = [
    ...(summary.fail > 0 ? [`${summary.fail} failed`] : []),
    ...(summary['not-run'] > 0 ? [`${summary['not-run']} not run`] : []),
    ...(summary.unsupported > 0 ? [`${summary.unsupported} unsupported`] : []),
  ];
  return [`[${summary.pass}/${applicable}](${file})`, ...more].join(', ');
}
