import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { METHOD_PATH } from './notes.ts';

const CONNECTIONS = 4;
export const IN_FLIGHT = 64;
/** How long a server may take for the answers that are still missing when a run is over. */
const GRACE_MS = 10_000;

export interface LoadResult {
  readonly commands: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends `requests` again and again, 64 in flight over 4 connections, for `durationMs`. Rejects at the first answer that is not OK. */
export function runFor(port: number, requests: readonly Buffer[], durationMs: number): Promise<LoadResult> {
  const end = performance.now() + durationMs;
  let sent = 0;
  return drive(port, durationMs, () => (performance.now() < end ? requests[sent++ % requests.length] : undefined));
}

/** Sends each of `requests` once. */
export function runOnce(port: number, requests: readonly Buffer[], timeoutMs: number): Promise<LoadResult> {
  let sent = 0;
  return drive(port, timeoutMs, () => requests[sent++]);
}

async function drive(port: number, timeoutMs: number, next: () => Buffer | undefined): Promise<LoadResult> {
  const sessions = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)));
  const latencies: number[] = [];
  const lane = async (session: ClientHttp2Session): Promise<void> => {
    for (let request = next(); request !== undefined; request = next()) {
      const start = performance.now();
      await call(session, request);
      latencies.push(performance.now() - start);
    }
  };
  const tooLate = new AbortController();
  try {
    const start = performance.now();
    const lanes = sessions.flatMap((session) => Array.from({ length: IN_FLIGHT / CONNECTIONS }, () => lane(session)));
    const deadline = delay(timeoutMs + GRACE_MS, undefined, { signal: tooLate.signal }).then(() => {
      throw new Error(`answers of port ${port} are missing ${GRACE_MS} ms after the end of the run`);
    });
    await Promise.race([Promise.all(lanes), deadline]);
    const seconds = (performance.now() - start) / 1000;
    const sorted = Float64Array.from(latencies).sort();
    const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? NaN;
    return { commands: latencies.length, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
  } finally {
    tooLate.abort();
    for (const session of sessions) session.destroy();
  }
}

const HEADERS: OutgoingHttpHeaders = {
  [constants.HTTP2_HEADER_METHOD]: 'POST',
  [constants.HTTP2_HEADER_PATH]: METHOD_PATH,
  'content-type': 'application/grpc',
  te: 'trailers',
};

function open(port: number): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.once('connect', () => resolve(session));
    session.on('error', reject);
  });
}

/** One command from its framed request to the end of its answer. */
function call(session: ClientHttp2Session, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request(HEADERS);
    let status: unknown;
    let details: unknown;
    let bytes = 0;
    const keepStatus = (headers: { readonly [name: string]: unknown }): void => {
      status ??= headers['grpc-status'];
      details ??= headers['grpc-message'];
    };
    stream.on('response', keepStatus);
    stream.on('trailers', keepStatus);
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (status === '0' && bytes === request.length) resolve();
      else reject(new Error(`a command got grpc-status ${String(status)} ${String(details)} and ${bytes} bytes`));
    });
    stream.end(request);
  });
}
