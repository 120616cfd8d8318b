import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSources, parseReport } from '@stategate/journal-spi/conformance';
import type { ConformanceReport } from '@stategate/journal-spi/conformance';
import type { Evidence } from './render.ts';

/** Where results are committed, from the root of the repository. */
export const RESULTS = 'test/drivers/results';

/** What a result of one of our drivers stands for; `variant` tells results of one driver apart. */
export function resultFile(name: string, variant?: string): string {
  return `${RESULTS}/${variant === undefined ? name : `${name}@${variant}`}.json`;
}

/** All committed results. Throws for a file that is not one, or that was changed by hand. */
export function readEvidence(root: string): readonly Evidence[] {
  const files = globSync('*.json', { cwd: join(root, RESULTS) });
  return files.map((name) => {
    const file = `${RESULTS}/${name}`;
    try {
      const report = parseReport(readFileSync(join(root, file), 'utf8'));
      return { file, report, freshness: freshnessOf(root, report) };
    } catch (cause) {
      throw new Error(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  });
}

/** Ours stand for the driver and the suite. */
export function sourceFolders(driver: string): readonly string[] {
  return [`drivers/${driver}/src`, 'src/journal-spi'];
}

export function freshnessOf(root: string, { driver, sources }: ConformanceReport): Evidence['freshness'] {
  const ours = driver.package === `@stategate/driver-${driver.name}`;
  const named = new Set(sources.map(({ folder }) => folder));
  if (ours && !sourceFolders(driver.name).every((folder) => named.has(folder))) return 'stale';
  if (sources.length === 0) return 'unknown';
  return sources.every(({ folder, sha256 }) => currentHash(root, folder) === sha256) ? 'current' : 'stale';
}

function currentHash(root: string, folder: string): string | undefined {
  try {
    return hashSources(root, folder).sha256;
  } catch {
    return undefined; // It is gone.
  }
}
