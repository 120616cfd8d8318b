import { ttlCases } from './ttl.ts';

/** What users look up: every case belongs to one of them. */
export const FAMILIES = [
  'journal',
  'snapshots',
  'key-value',
  'TTL',
  'feed',
  'fencing',
  'exclusive use',
  'limits',
  'schema',
  'health',
  'lifecycle',
] as const;

export type Family = (typeof FAMILIES)[number];

const BY_PREFIX: Readonly<Record<string, Family>> = {
  JA: 'journal',
  JR: 'journal',
  JD: 'journal',
  S: 'snapshots',
  K: 'key-value',
  F: 'feed',
  X: 'fencing',
  LM: 'limits',
  M: 'schema',
  H: 'health',
  L: 'lifecycle',
};

const TTL = new Set(ttlCases.filter((each) => each.requires !== undefined).map(({ id }) => id));

/** Throws for an id that is not one of a case. */
export function familyOf(id: string): Family {
  if (TTL.has(id)) return 'TTL';
  if (/^X-2\d$/.test(id) || id === 'L-11') return 'exclusive use';
  const family = BY_PREFIX[id.replace(/-\d+$/, '')];
  if (family === undefined) throw new Error(`no family has cases like ${id}`);
  return family;
}
