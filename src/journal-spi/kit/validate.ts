import type { Limits } from '../driver.ts';
import { StoreError } from '../errors.ts';
import type { FeedQuery } from '../feed.ts';
import type { AppendRequest, ListQuery, PageSize, ReadQuery, RecoverRequest } from '../journal.ts';
import type { DeleteRequest, KvKey, KvListQuery, PutRequest } from '../key-value.ts';
import type { NewSnapshot } from '../snapshots.ts';
import type { Fence, Payload, SequenceNr, StreamKey } from '../stream.ts';

const MAX_KEY_BYTES = 1024;
const MAX_TOKEN_CHARACTERS = 36;
const MAX_TTL_MS = 10 * 365 * 24 * 3_600_000;

/** Throws `InvalidRequest` or `…TooLarge` for an append that no store may try to write. */
export function validateAppend(request: AppendRequest, limits: Limits): void {
  validateStream(request.stream);
  validateFence(request.fence);
  validateToken(request.token);
  if (!isCount(request.expected)) {
    throw invalid(`expected must be a sequence number (0 … 2^53-1), not ${request.expected}`);
  }
  if (request.events.length === 0) throw invalid('an append needs at least one event');
  if (request.events.length > limits.maxBatchEvents) {
    throw tooLarge('BatchTooLarge', 'events in one append', request.events.length, limits.maxBatchEvents);
  }
  let bytes = 0;
  for (const event of request.events) {
    const size = payloadBytes(event);
    if (size > limits.maxEventBytes)
      throw tooLarge('PayloadTooLarge', 'bytes in one event', size, limits.maxEventBytes);
    bytes += size;
  }
  if (bytes > limits.maxBatchBytes) throw tooLarge('BatchTooLarge', 'bytes in one append', bytes, limits.maxBatchBytes);
}

/** Throws `InvalidRequest` for a recovery that no store can answer. */
export function validateRecover(request: RecoverRequest): void {
  validateStream(request.stream);
  validateFence(request.fence);
  validatePage(request.page);
  if (request.after === undefined) return;
  if (!isCount(request.after)) throw invalid(`after must be a sequence number (0 … 2^53-1), not ${request.after}`);
  if (request.snapshot)
    throw invalid('a recovery starts after a snapshot of the store, or after a given event, not both');
}

/** Throws `InvalidRequest` for a read that no store can answer. */
export function validateRead(query: ReadQuery): void {
  for (const bound of ['from', 'to', 'limit'] as const) {
    const value = query[bound];
    if (value !== undefined && !isCount(value)) throw invalid(`${bound} must be 0 … 2^53-1, not ${value}`);
  }
  if (query.page !== undefined) validatePage(query.page);
}

/** Throws `InvalidRequest` for a feed that no store can serve; the offset is the driver's own to check. */
export function validateFeed(query: FeedQuery): void {
  validatePart('namespace', query.namespace);
  if (query.persistenceId !== undefined) validatePart('persistence id', query.persistenceId);
  const { pageEvents = 1 } = query;
  if (!isCount(pageEvents) || pageEvents === 0)
    throw invalid(`a page of a feed takes at least one event, not ${pageEvents}`);
}

/** Throws `InvalidRequest` for a page of a list that could not make progress. */
export function validateList(query: ListQuery | KvListQuery): void {
  validatePart('namespace', query.namespace);
  if (!isCount(query.limit) || query.limit === 0)
    throw invalid(`the limit of a list is at least 1, not ${query.limit}`);
}

/** Throws `InvalidRequest` for a deletion of events that no store can carry out. */
export function validateDelete(stream: StreamKey, sequenceNr: SequenceNr, fence: Fence): void {
  validateStream(stream);
  validateFence(fence);
  if (!isCount(sequenceNr)) throw invalid(`events are deleted up to a sequence number (0 … 2^53-1), not ${sequenceNr}`);
}

/** Throws `InvalidRequest` or `PayloadTooLarge` for a snapshot that no store may try to write. */
export function validateSnapshot(
  stream: StreamKey,
  snapshot: NewSnapshot,
  fence: Fence,
  limits: Limits,
  keep = 1,
): void {
  validateStream(stream);
  validateFence(fence);
  if (!isCount(snapshot.sequenceNr) || snapshot.sequenceNr === 0) {
    throw invalid(`a snapshot belongs to a sequence number from 1 on, not ${snapshot.sequenceNr}`);
  }
  const size = payloadBytes(snapshot);
  if (size > limits.maxSnapshotBytes)
    throw tooLarge('PayloadTooLarge', 'bytes in one snapshot', size, limits.maxSnapshotBytes);
  if (!isCount(keep) || keep === 0) throw invalid(`at least one snapshot is kept, not ${keep}`);
}

/** Throws `InvalidRequest` or `PayloadTooLarge` for a key-value write that no store may try. */
export function validateKvWrite(request: PutRequest | DeleteRequest, limits: Limits): void {
  validateKvKey(request.key);
  validateFence(request.fence);
  validateToken(request.token);
  if (request.value === null) return;
  const size = payloadBytes(request.value);
  if (size > limits.maxValueBytes) throw tooLarge('PayloadTooLarge', 'bytes in one value', size, limits.maxValueBytes);
  const { ttlMs } = request;
  if (ttlMs !== undefined && ttlMs !== null && !(ttlMs >= 1 && ttlMs <= MAX_TTL_MS)) {
    throw invalid(`ttlMs must be 1 … ${MAX_TTL_MS}, not ${ttlMs}`);
  }
}

export function validateStream(stream: StreamKey): void {
  validatePart('namespace', stream.namespace);
  validatePart('persistence id', stream.persistenceId);
  validatePart('entity id', stream.entityId);
}

export function validateKvKey(key: KvKey): void {
  validatePart('namespace', key.namespace);
  validatePart('collection', key.collection);
  validatePart('key', key.key);
}

export function validateFence(fence: Fence): void {
  if (!isCount(fence.epoch)) throw invalid(`an epoch is 0 … 2^53-1, not ${fence.epoch}`);
}

/** Bytes that a payload takes: what limits count. */
export function payloadBytes(payload: Payload): number {
  return payload.payload.byteLength + (payload.meta?.byteLength ?? 0) + Buffer.byteLength(payload.manifest);
}

function validatePage(page: PageSize): void {
  for (const bound of ['events', 'bytes'] as const) {
    if (!(page[bound] >= 1)) throw invalid(`a page takes at least one of its ${bound}, not ${page[bound]}`);
  }
}

function validateToken(token: string): void {
  if (token.length === 0 || token.length > MAX_TOKEN_CHARACTERS) {
    throw invalid(`a token has 1 … ${MAX_TOKEN_CHARACTERS} characters, not ${token.length}`);
  }
}

function validatePart(name: string, value: string): void {
  // Unpaired surrogates have no UTF-8: two different strings would become one.
  if (!value.isWellFormed()) throw invalid(`the ${name} is not well-formed Unicode`);
  const bytes = Buffer.byteLength(value);
  if (bytes === 0) throw invalid(`the ${name} is empty`);
  if (bytes > MAX_KEY_BYTES) throw invalid(`the ${name} has ${bytes} bytes, the limit is ${MAX_KEY_BYTES}`);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function invalid(message: string): StoreError {
  return new StoreError('InvalidRequest', message);
}

function tooLarge(code: 'PayloadTooLarge' | 'BatchTooLarge', what: string, size: number, limit: number): StoreError {
  return new StoreError(code, `${size} ${what}, the limit is ${limit}`, { size, limit });
}
