import assert from 'node:assert/strict';
import { hash, randomUUID } from 'node:crypto';
import { isStoreError } from '../errors.ts';
import type { StoreErrorCode, StoreErrorDetails } from '../errors.ts';
import type {
  AppendRequest,
  AppendResult,
  EventPage,
  Outcome,
  ReadQuery,
  StoredEvent,
  StreamHead,
} from '../journal.ts';
import type { DeleteRequest, KvEntry, KvKey, PutRequest } from '../key-value.ts';
import type { Fence, Payload, StreamKey } from '../stream.ts';
import type { CaseContext } from './case.ts';

export const token = (): string => randomUUID();

/** The stream that most cases use, or another one of their namespace. */
export function stream(ctx: CaseContext, entityId = 'e-1', persistenceId = 'cart'): StreamKey {
  return { namespace: ctx.namespace, persistenceId, entityId };
}

export function payload(body: string): Payload {
  return { manifest: 'type.example/Event', payload: Buffer.from(body) };
}

/** Bytes that do not compress and differ everywhere. */
export function bytes(size: number): Uint8Array {
  const result = new Uint8Array(size);
  let state = size + 1;
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    result[i] = state >>> 24;
  }
  return result;
}

/** A payload that takes exactly so many bytes of a limit. */
export function payloadOf(sizeBytes: number): Payload {
  const manifest = 't';
  return { manifest, payload: bytes(sizeBytes - manifest.length) };
}

/** So many events with different contents. */
export function events(count: number, name = 'event'): Payload[] {
  return Array.from({ length: count }, (_, i) => payload(`${name}-${i}`));
}

/** An append of so many events after `expected` to the case's stream, under the case's fence, unless said otherwise. */
export function request(
  ctx: CaseContext,
  expected: number,
  what: number | readonly Payload[] = 1,
  other: Partial<AppendRequest> = {},
): AppendRequest {
  const list = typeof what === 'number' ? events(what, `after-${expected}`) : what;
  return { stream: stream(ctx), expected, fence: ctx.fence, token: token(), events: list, ...other };
}

export function append(...args: Parameters<typeof request>): Promise<AppendResult> {
  const [ctx] = args;
  return ctx.driver.journal.append(request(...args), ctx.options);
}

/** Fills the case's stream with so many events, in batches that every store takes. */
export async function fill(ctx: CaseContext, count: number, other: Partial<AppendRequest> = {}): Promise<void> {
  const batch = Math.min(1000, ctx.driver.limits.maxBatchEvents);
  for (let expected = 0; expected < count; expected += batch) {
    await append(ctx, expected, Math.min(batch, count - expected), other);
  }
}

export function head(ctx: CaseContext, of = stream(ctx)): Promise<StreamHead> {
  return ctx.driver.journal.head(of, ctx.options);
}

export async function read(ctx: CaseContext, query: ReadQuery = {}, of = stream(ctx)): Promise<StoredEvent[]> {
  return (await collect(ctx.driver.journal.read(of, query, ctx.options))).flatMap((page) => page.events);
}

export async function numbers(ctx: CaseContext, query: ReadQuery = {}, of = stream(ctx)): Promise<number[]> {
  return (await read(ctx, query, of)).map((event) => event.sequenceNr);
}

/** All pages, after checking that exactly the last one says so. */
export async function collect(pages: AsyncIterable<EventPage>): Promise<EventPage[]> {
  const all = await Array.fromAsync(pages);
  all.forEach((page, i) => assert.equal(page.last, i === all.length - 1, `page ${i + 1} of ${all.length}: last`));
  return all;
}

/** The numbers from … to. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

/** Claims the next epoch of the case's scope. */
export async function claim(ctx: CaseContext): Promise<Fence> {
  const { scope } = ctx.fence;
  return { scope, epoch: (await ctx.driver.fences.claim(ctx.namespace, scope, 'next owner', ctx.options)).epoch };
}

export function key(ctx: CaseContext, name = 'k-1', collection = 'favourites'): KvKey {
  return { namespace: ctx.namespace, collection, key: name };
}

/** An unconditional put under the case's fence, unless said otherwise. */
export function putRequest(ctx: CaseContext, body: string, other: Partial<PutRequest> = {}): PutRequest {
  return { key: key(ctx), value: payload(body), condition: { if: 'any' }, fence: ctx.fence, token: token(), ...other };
}

export function put(ctx: CaseContext, body: string, other: Partial<PutRequest> = {}) {
  return ctx.driver.keyValue.put(putRequest(ctx, body, other), ctx.options);
}

export function deleteRequest(ctx: CaseContext, other: Partial<DeleteRequest> = {}): DeleteRequest {
  return { key: key(ctx), value: null, condition: { if: 'any' }, fence: ctx.fence, token: token(), ...other };
}

export function remove(ctx: CaseContext, other: Partial<DeleteRequest> = {}) {
  return ctx.driver.keyValue.delete(deleteRequest(ctx, other), ctx.options);
}

export function get(ctx: CaseContext, name = 'k-1'): Promise<KvEntry | null> {
  return ctx.driver.keyValue.get(key(ctx, name), ctx.options);
}

export async function text(ctx: CaseContext, name = 'k-1'): Promise<string | null> {
  const entry = await get(ctx, name);
  return entry === null ? null : Buffer.from(entry.payload).toString();
}

/** What a payload is, in a form that compares and prints: other properties left out, bytes in hex, many bytes as their hash. */
export function plain({ manifest, payload: body, meta }: Payload) {
  assert.ok(body instanceof Uint8Array, 'a payload is a Uint8Array');
  return { manifest, payload: show(body), meta: meta === undefined ? 'absent' : show(meta) };
}

function show(body: Uint8Array): string {
  return body.byteLength > 1024
    ? `${body.byteLength} bytes ${hash('sha256', body)}`
    : Buffer.from(body).toString('hex');
}

/** Passes when `work` rejects with this code and (at least) these details. */
export async function refused(
  work: Promise<unknown>,
  code: StoreErrorCode,
  details: StoreErrorDetails = {},
): Promise<void> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  isRefusal(outcome, code, details);
}

/** The same for one outcome of a call with many requests. */
export function isRefusal(outcome: unknown, code: StoreErrorCode, details: StoreErrorDetails = {}): void {
  if (!isStoreError(outcome)) {
    assert.fail(outcome instanceof Error ? outcome : `expected ${code}, got ${JSON.stringify(outcome)}`);
  }
  assert.equal(outcome.code, code, `${outcome.code}: ${outcome.message}`);
  const found = Object.fromEntries(Object.keys(details).map((name) => [name, Reflect.get(outcome.details, name)]));
  assert.deepEqual(found, details);
}

/** The result of a request, when it was not refused. */
export function accepted<T>(outcome: Outcome<T> | undefined): T {
  if (outcome === undefined) assert.fail('an outcome is missing');
  if (isStoreError(outcome)) throw outcome;
  return outcome;
}
