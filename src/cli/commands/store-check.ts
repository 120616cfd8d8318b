import type { Driver } from '@stategate/journal-spi';
import { withStore } from '../open-store.ts';
import { storeFacts } from '../store-facts.ts';

const PROBES = 10;
const PROBE_TIMEOUT_MS = 5_000;

/** Opens the store, says what it is, what it promises and how fast it answers; ends with code 1 when it is not ready. */
export async function check(options: Readonly<Record<string, unknown>>): Promise<void> {
  await withStore(options, 'read', async ({ driver }) => {
    process.stdout.write(await storeFacts(driver));
    const latencies: number[] = [];
    let report = await probe(driver);
    for (let i = 0; i < PROBES && report.ready; i += 1) {
      report = await probe(driver);
      latencies.push(report.latencyMs);
    }
    latencies.sort((a, b) => a - b);
    const median = latencies[Math.floor(latencies.length / 2)];
    if (median !== undefined)
      process.stdout.write(`${'latency'.padEnd(19)}${median.toFixed(2)} ms (median of ${PROBES})\n`);
    for (const problem of report.problems) process.stdout.write(`${'problem'.padEnd(19)}${problem}\n`);
    process.stdout.write(report.ready ? '\nThe store is ready.\n' : '\nThe store is not ready.\n');
    if (!report.ready) process.exitCode = 1;
  });
}

function probe(driver: Driver): ReturnType<Driver['health']> {
  return driver.health({ deadline: performance.now() + PROBE_TIMEOUT_MS });
}
