import { randomUUID } from 'node:crypto';
import { type AppendRequest, type Driver, isStoreError, type StreamKey } from '@stategate/journal-spi';
import type { Append, LoggedEvent, Operation } from '@stategate/journal-spi/conformance';
import { mulberry } from './simulated-store.ts';

export interface WorkPlan {
  readonly namespace: string;
  readonly streams: number;
  /** Of each writer; what fails because the store is away is none. */
  readonly operations: number;
  readonly writers: number;
  readonly seed: number;
  /** Chance that a writer takes a stream over from whoever has it. */
  readonly takeOver: number;
}

const CALL_MS = 3_000;
const TRIES = 3;
/** A store under faults may be away for this long: longer than any server takes to start. */
const AWAY_MS = 120_000;
/** How many events a read goes back. */
const TAIL = 20;

/** Milliseconds on the one clock that all processes of a machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Writers that append, read and take over streams from each other; everything they do and see is recorded. */
export async function runWriters(
  driver: Driver,
  firstProcess: number,
  plan: WorkPlan,
  record: (operation: Operation) => void,
): Promise<void> {
  const all = Array.from({ length: plan.writers }, (_, i) => new Writer(driver, firstProcess + i, plan, record).run());
  await Promise.all(all);
}

export function streamKey(namespace: string, index: number): StreamKey {
  return { namespace, persistenceId: 'history', entityId: `s${index}` };
}

export async function readLog(driver: Driver, stream: StreamKey, from = 1): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for await (const page of driver.journal.read(stream, { from }, { deadline: performance.now() + CALL_MS * 10 })) {
    for (const { payload, epoch } of page.events) events.push({ value: Buffer.from(payload).toString(), epoch });
  }
  return events;
}

class Writer {
  readonly #driver: Driver;
  readonly #process: number;
  readonly #plan: WorkPlan;
  readonly #record: (operation: Operation) => void;
  readonly #random: () => number;
  /** What this writer owns, or thinks it does. */
  readonly #owned = new Map<number, { epoch: number; head: number }>();
  #values = 0;

  constructor(driver: Driver, process: number, plan: WorkPlan, record: (operation: Operation) => void) {
    this.#driver = driver;
    this.#process = process;
    this.#plan = plan;
    this.#record = record;
    this.#random = mulberry(plan.seed * 1_000 + process);
  }

  async run(): Promise<void> {
    let workedAt = performance.now();
    for (let done = 0; done < this.#plan.operations;) {
      const own = [...this.#owned.keys()];
      const takesOver = own.length === 0 || this.#random() < this.#plan.takeOver;
      // The first streams are wanted most.
      const wanted = Math.floor(this.#random() ** 2 * this.#plan.streams);
      const stream = takesOver ? wanted : (own[Math.floor(this.#random() * own.length)] ?? wanted);
      try {
        if (takesOver) await this.#takeOver(stream);
        else if (this.#random() < 0.15) await this.#read(stream);
        else await this.#append(stream);
        done += 1;
        workedAt = performance.now();
      } catch (error) {
        if (!isStoreError(error) || performance.now() - workedAt > AWAY_MS) throw error;
        this.#owned.delete(stream);
        await new Promise((resolve) => setTimeout(resolve, 20 + this.#random() * 50));
      }
    }
  }

  /** Claims a higher epoch, then reads and seals. */
  async #takeOver(stream: number): Promise<void> {
    const { namespace } = this.#plan;
    this.#owned.delete(stream);
    const { epoch } = await this.#driver.fences.claim(
      namespace,
      `stream-${stream}`,
      `writer-${this.#process}`,
      options(),
    );
    const start = now();
    const key = streamKey(namespace, stream);
    const request = {
      stream: key,
      fence: { scope: `stream-${stream}`, epoch },
      snapshot: false,
      page: this.#driver.tuning.page,
    };
    const recovered = await this.#driver.journal.recover(request, options());
    const events: LoggedEvent[] = [];
    for await (const page of recovered.pages) {
      for (const event of page.events)
        events.push({ value: Buffer.from(event.payload).toString(), epoch: event.epoch });
    }
    this.#done(stream, start, { type: 'recovery', from: 1, epoch, events });
    this.#owned.set(stream, { epoch, head: recovered.head.head });
  }

  async #read(stream: number): Promise<void> {
    const start = now();
    // The newest are enough, and a long history stays small.
    const from = Math.max(1, (this.#owned.get(stream)?.head ?? 0) - TAIL);
    const events = await readLog(this.#driver, streamKey(this.#plan.namespace, stream), from);
    this.#done(stream, start, { type: 'read', from, events });
  }

  async #append(stream: number): Promise<void> {
    const owned = this.#owned.get(stream);
    if (owned === undefined) return;
    const values = Array.from(
      { length: 1 + Math.floor(this.#random() * 4) },
      () => `p${this.#process}-${(this.#values += 1)}`,
    );
    const request: AppendRequest = {
      stream: streamKey(this.#plan.namespace, stream),
      expected: owned.head,
      fence: { scope: `stream-${stream}`, epoch: owned.epoch },
      token: randomUUID(),
      events: values.map((value) => ({ manifest: 'v', payload: Buffer.from(value) })),
    };
    const { expected, token } = request;
    const start = now();
    const outcome = await this.#settle(stream, request);
    this.#done(
      stream,
      start,
      { type: 'append', expected, epoch: owned.epoch, token, values, outcome },
      outcome.type === 'info' ? Infinity : now(),
    );
    if (outcome.type === 'ok') owned.head = outcome.lastSequenceNr;
    else this.#owned.delete(stream);
  }

  /** As the proxy does: what is unclear is asked about, and the same token sent again. */
  async #settle(stream: number, request: AppendRequest): Promise<Append['outcome']> {
    for (let tries = 0; ; tries += 1) {
      try {
        const { lastSequenceNr } = await this.#driver.journal.append(request, options());
        return { type: 'ok', lastSequenceNr };
      } catch (error) {
        if (!isStoreError(error)) throw error;
        if (error.code !== 'AmbiguousWrite') {
          // A refusal of a second try says nothing about the first, unless the store has compared tokens.
          const { actual } = error.details;
          if (error.applied === 'no' && (tries === 0 || error.code === 'SequenceConflict' || error.code === 'Fenced')) {
            return { type: 'fail', code: error.code, ...(actual !== undefined && { actual }) };
          }
          return { type: 'info' };
        }
        const verdict = await this.#resolve(stream, request);
        if (verdict?.outcome === 'applied') return { type: 'ok', lastSequenceNr: verdict.lastSequenceNr };
        if (verdict?.outcome === 'superseded') return { type: 'fail', code: 'AmbiguousWrite' };
        if (verdict === undefined || tries >= TRIES) return { type: 'info' };
      }
    }
  }

  async #resolve(
    stream: number,
    request: AppendRequest,
  ): Promise<Awaited<ReturnType<Driver['journal']['resolve']>> | undefined> {
    const start = now();
    try {
      const verdict = await this.#driver.journal.resolve(request, options());
      this.#done(stream, start, { type: 'verdict', token: request.token, outcome: verdict.outcome });
      return verdict;
    } catch (error) {
      if (isStoreError(error)) return undefined;
      throw error;
    }
  }

  #done(stream: number, start: number, did: Operation['did'], end = now()): void {
    this.#record({ process: this.#process, stream: `s${stream}`, start, end, did });
  }
}

function options(): { deadline: number } {
  return { deadline: performance.now() + CALL_MS };
}
