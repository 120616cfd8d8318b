import { getHeapStatistics } from 'node:v8';
import type { EntityRegion } from './region.ts';

const LOOK_MS = 1_000;
/** How many of a service's entities leave at a time. */
const PART = 0.1;

/**
 * While more than this part of the heap that Node may use is in use, the entities that were idle longest leave memory before their time:
 * more of them than fit must not end the process. `onPassivated` is told how many did. Ends with the function it returns.
 */
export function watchHeap(
  maxHeap: number,
  regions: () => Iterable<EntityRegion>,
  onPassivated: (entities: number) => void,
): () => void {
  const timer = setInterval(() => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (used <= maxHeap * limit) return;
    let passivated = 0;
    for (const region of regions()) passivated += region.passivateIdle(Math.ceil(region.size * PART));
    if (passivated > 0) onPassivated(passivated);
  }, LOOK_MS);
  return () => clearInterval(timer);
}
