import { crc32 } from 'node:zlib';

/** Over how many partitions the names of one namespace or collection are spread. Stored names depend on it: it never changes. */
export const BUCKETS = 16;

/** How many names are looked into at once when they are listed. */
export const LIST_STEP = 256;

export function bucketOf(name: string): number {
  return crc32(name) % BUCKETS;
}
