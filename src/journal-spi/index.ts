export * from './driver.ts';
export * from './errors.ts';
export * from './feed.ts';
export * from './fences.ts';
export * from './journal.ts';
export * from './key-value.ts';
export * from './snapshots.ts';
export * from './stream.ts';
