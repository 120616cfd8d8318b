import { writeFile } from 'node:fs/promises';
import { inspect, styleText } from 'node:util';
import {
  type Case,
  type CaseResult,
  countOutcomes,
  formatJson,
  formatJUnit,
  judgeAll,
  modelCases,
  ModelWorld,
  proxyCases,
  ProxyWorld,
  type Report,
  tally,
} from '@stategate/tck';
import { CliError } from '../errors.ts';
import { printable, table } from '../table.ts';

type Options = Readonly<Record<string, unknown>>;

const COLORS = { pass: 'green', fail: 'red', 'not-run': 'yellow' } as const;
const USER_FUNCTION = '127.0.0.1:8080';

/** Judges a user function or a proxy, and ends with exit code 1 when a case fails or none could be run. */
export async function tck(options: Options): Promise<void> {
  const report = options['proxy'] === undefined ? await judgeFunction(options) : await judgeProxy(options);
  process.stdout.write(summary(report));
  const { json, junit } = options;
  if (typeof json === 'string') await writeFile(json, formatJson(report));
  if (typeof junit === 'string') await writeFile(junit, formatJUnit(report));
  const { pass, fail } = countOutcomes(report.results);
  if (fail > 0 || pass === 0) process.exitCode = 1;
}

async function judgeFunction(options: Options): Promise<Report> {
  const address = addressOf('--function', options['function']);
  const cases = wanted(modelCases, options);
  await using world = await ModelWorld.start(address, waitMs(options));
  return { kind: 'function', address, results: await judgeAll(world, cases, progress(cases.length)) };
}

async function judgeProxy(options: Options): Promise<Report> {
  const proxy = addressOf('--proxy', options['proxy']);
  const userFunction = addressOf('--function', options['function'] ?? USER_FUNCTION);
  const listen = addressOf('--listen', options['listen']);
  const cases = wanted(proxyCases, options);
  const where = { proxy, userFunction, listen, waitMs: waitMs(options) };
  await using world = await ProxyWorld.start(where, (port) => {
    process.stdout.write(
      `Waiting for the proxy at ${proxy}; its user function is to be port ${port} of this machine.\n`,
    );
  });
  return { kind: 'proxy', address: proxy, results: await judgeAll(world, cases, progress(cases.length)) };
}

/** `host:port`, or a port of this machine. */
function addressOf(flag: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new CliError('say who is judged: --function HOST:PORT for a user function, or --proxy HOST:PORT');
  }
  if (/^\d+$/.test(value)) return `127.0.0.1:${value}`;
  if (/^(\[[\da-f:]+\]|[^:[\]]+):\d+$/i.test(value)) return value;
  throw new CliError(`${flag} ${value}: write it as HOST:PORT`);
}

function waitMs({ wait }: Options): number {
  const seconds = Number(wait);
  if (seconds >= 0) return seconds * 1000;
  throw new CliError(`--wait ${String(wait)}: give a number of seconds`);
}

function wanted<World>(cases: readonly Case<World>[], { filter }: Options): readonly Case<World>[] {
  if (typeof filter !== 'string') return cases;
  const some = cases.filter((one) => `${one.suite}: ${one.name}`.includes(filter));
  if (some.length > 0) return some;
  throw new CliError(
    `--filter ${filter}: no case has that in its name; a name is such as "${cases[0]?.suite}: ${cases[0]?.name}"`,
  );
}

function progress(total: number): (result: CaseResult) => void {
  let count = 0;
  return (result) => {
    count += 1;
    const { outcome, suite, name, durationMs } = result;
    const word = outcome.padEnd(7);
    const shown = process.stdout.isTTY ? styleText(COLORS[outcome], word) : word;
    const place = `${count}`.padStart(`${total}`.length);
    const more = outcome === 'not-run' ? result.reason : `${durationMs} ms`;
    process.stdout.write(`${place}/${total} ${shown} ${suite}: ${name} (${more})\n`);
  };
}

function summary({ kind, address, results }: Report): string {
  const rows = tally(results).map(({ suite, pass, fail, notRun }) => [suite, pass, fail, notRun]);
  const { pass, fail, notRun } = countOutcomes(results);
  return [
    ...results.map(failure),
    `\nThe ${kind} at ${address}\n`,
    table(['', 'PASS', 'FAIL', 'NOT RUN'], rows),
    ...needs(results),
    `\n${pass} of ${results.length} cases passed, ${fail} failed, ${notRun} not run.\n`,
  ].join('');
}

/** What was not run, once for each reason. */
function needs(results: readonly CaseResult[]): readonly string[] {
  const reasons = new Set(results.flatMap((one) => (one.outcome === 'not-run' ? [`${one.suite}: ${one.reason}`] : [])));
  return [...reasons].map((reason) => `not run: ${printable(reason)}\n`);
}

function failure(result: CaseResult): string {
  if (result.outcome !== 'fail') return '';
  const { suite, name, reason } = result;
  const head = `\nfail ${suite}: ${name}\n  ${printable(reason)}\n`;
  if (!('expected' in result)) return head;
  return `${head}  expected ${inspected(result.expected)}\n  got      ${inspected(result.got)}\n`;
}

function inspected(value: unknown): string {
  const text = inspect(value, { depth: null, breakLength: 100, maxStringLength: 1_000 });
  return text.replaceAll('\n', '\n           ');
}
