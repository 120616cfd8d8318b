import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeFeed, FeedEvent, Journal } from '@stategate/journal-spi';
import { fromPayload } from '../persistence/envelope.ts';
import type { CommandRouter } from '../routing/command.ts';
import { Code, type Status } from '../transport/call.ts';
import { statusName } from '../transport/unary.ts';
import type { EventConsumer } from './consumers.ts';
import { cloudEvent, methodFor, noMethodFor } from './event-command.ts';
import type { ParkedEvent } from './parked.ts';
import { Progress, type ProgressStore } from './progress.ts';

/** Also what may be delivered side by side: events of one entity never are. */
const PAGE_EVENTS = 20;
const REASON_MAX = 500;
/** A delay is up to so much longer than it should be, so that consumers do not come back all at once. */
const JITTER = 0.2;
const EMPTY = new Uint8Array(0);
const STOPPED: Status = { code: Code.CANCELLED, message: 'the consumer stops' };

/** What became of an event that was, or was not, delivered. */
type EventOutcome = 'delivered' | 'failed' | 'retried' | 'held' | 'parked';

export interface ConsumerOptions {
  readonly feed: ChangeFeed;
  readonly journal: Journal;
  readonly progress: ProgressStore;
  readonly router: CommandRouter;
  /** How long one event may take. */
  readonly timeoutMs: number;
  readonly maxTries: number;
  readonly parkedMax: number;
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  readonly count: (outcome: EventOutcome) => void;
  /** For what may come again and again. */
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void;
  readonly onParked: (event: ParkedEvent) => void;
  /** The feed or the progress could not be read or written; it is tried again. */
  readonly onStoreFailed: (error: unknown) => void;
}

/** Follows one event log and delivers each event at least once: those of an entity in their order, one at a time. */
export class RunningConsumer {
  readonly consumer: EventConsumer;
  readonly #options: ConsumerOptions;
  readonly #progress: Progress;
  readonly #stopping = new AbortController();
  readonly #running = new Set<() => void>();
  /** When each event was written that is being delivered. */
  readonly #pending = new Set<FeedEvent>();
  readonly #ended: Promise<void>;
  #parkedTried = false;

  constructor(consumer: EventConsumer, options: ConsumerOptions) {
    this.consumer = consumer;
    this.#options = options;
    this.#progress = new Progress(options.progress, consumer, options.parkedMax, options.onStoreFailed);
    this.#ended = this.#follow();
  }

  get parked(): readonly ParkedEvent[] {
    return this.#progress.parked;
  }

  /** How old the oldest event is that is being delivered; 0 when none is. */
  get lagMs(): number {
    let oldest = Infinity;
    for (const { at } of this.#pending) oldest = Math.min(oldest, at);
    return oldest === Infinity ? 0 : Math.max(0, Date.now() - oldest);
  }

  /** Begins nothing new, gives what runs so much time, and saves how far it has come. Waits for the store as long as its calls may take. */
  async stop(drainMs: number): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#running.forEach((cancel) => cancel()), drainMs);
    await this.#ended;
    clearTimeout(timer);
    await this.#progress.close().catch(this.#options.onStoreFailed);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.#read(() => (failures = 0));
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onStoreFailed(error);
        await this.#pause(failures);
      }
    }
  }

  /** From where it was saved on, until something fails. */
  async #read(onProgress: () => void): Promise<void> {
    const { feed, progress } = this.#options;
    const { signal } = this.#stopping;
    await this.#progress.load();
    await this.#tryParked();
    const { offset } = this.#progress;
    const after = offset === undefined ? {} : { after: offset };
    const { namespace } = progress;
    const { persistenceId } = this.consumer;
    const query = { namespace, persistenceId, live: true, pageEvents: PAGE_EVENTS, ...after };
    for await (const page of feed.read(query, { signal })) {
      const entities = Map.groupBy(page.events, ({ stream }) => stream.entityId);
      await allEnded([...entities.values()].map((events) => this.#inOrder(events)));
      if (signal.aborted) return;
      await this.#progress.passed(page);
      onProgress();
    }
  }

  async #inOrder(events: readonly FeedEvent[]): Promise<void> {
    const { count, maxTries } = this.#options;
    for (const event of events) {
      const past = this.#progress.isPast(event);
      if (past === 'held') count('held');
      if (past === undefined) {
        const parked = await this.#deliver(event, maxTries);
        if (parked === 'stopped') return;
        if (parked === 'delivered') this.#progress.delivered(event);
        else await this.#park(parked);
      }
    }
  }

  /** Once for each start: what was wrong with these events may have been put right since. */
  async #tryParked(): Promise<void> {
    if (this.#parkedTried) return;
    await allEnded(this.#progress.parked.map((parked) => this.#tryAgain(parked)));
    this.#parkedTried = true;
  }

  /** Delivers a parked event, and all that it has held back. */
  async #tryAgain({ entityId, sequenceNr, tries }: ParkedEvent): Promise<void> {
    const { journal, progress } = this.#options;
    const { signal } = this.#stopping;
    const stream = { namespace: progress.namespace, persistenceId: this.consumer.persistenceId, entityId };
    for await (const page of journal.read(stream, { from: sequenceNr }, { signal })) {
      for (const stored of page.events) {
        const event = { ...stored, stream };
        const parked = await this.#deliver(event, 1);
        if (parked === 'stopped') return;
        if (parked !== 'delivered') {
          const isSame = parked.sequenceNr === sequenceNr;
          await this.#park(isSame ? { ...parked, tries: tries + parked.tries } : parked);
          return;
        }
        this.#progress.delivered(event);
      }
    }
    await this.#progress.unpark(entityId);
  }

  async #park(event: ParkedEvent): Promise<void> {
    await this.#progress.park(event);
    this.#options.count('parked');
    this.#options.onParked(event);
  }

  /** Tries until the event is delivered or must be parked. What cannot be reached does not count as a try. */
  async #deliver(event: FeedEvent, maxTries: number): Promise<'delivered' | 'stopped' | ParkedEvent> {
    const { count, warn } = this.#options;
    const { group, persistenceId } = this.consumer;
    const { sequenceNr, manifest: type } = event;
    const { entityId } = event.stream;
    const facts = { eventLog: persistenceId, group, entityId, sequenceNr, type };
    this.#pending.add(event);
    try {
      for (let failures = 0, tries = 0; !this.#stopping.signal.aborted; failures += 1) {
        const status = await this.#send(event);
        if (status.code === Code.OK || status.answered === true) {
          count(status.code === Code.OK ? 'delivered' : 'failed');
          if (status.code !== Code.OK)
            warn('An event was answered with a failure', { ...facts, failure: status.message });
          return 'delivered';
        }
        if (status === STOPPED) return 'stopped';
        if (status.code !== Code.UNAVAILABLE) tries += 1;
        const reason = `${statusName(status.code)}: ${status.message}`.slice(0, REASON_MAX);
        const isHopeless = methodFor(this.consumer, type) === undefined;
        if ((isHopeless || tries >= maxTries) && this.#progress.canPark(entityId)) {
          return { entityId, sequenceNr, type, reason, tries, at: Date.now() };
        }
        count('retried');
        warn('An event could not be delivered and is tried again', { ...facts, tries, reason });
        await this.#pause(failures);
      }
      return 'stopped';
    } finally {
      this.#pending.delete(event);
    }
  }

  #send(event: FeedEvent): Promise<Status> {
    const { router, timeoutMs } = this.#options;
    const method = methodFor(this.consumer, event.manifest);
    if (method === undefined) {
      return Promise.resolve({ code: Code.UNIMPLEMENTED, message: noMethodFor(event.manifest, this.consumer) });
    }
    const { typeUrl, value } = fromPayload(event);
    const deadline = performance.now() + timeoutMs;
    const context = { metadata: cloudEvent(event), deadline, typeUrl: typeUrl ?? '' };
    const { promise, resolve } = Promise.withResolvers<Status>();
    const running = router.dispatch(method, value ?? EMPTY, context, { message: () => true, end: resolve });
    const cancel = (): void => {
      running.cancel();
      resolve(STOPPED);
    };
    this.#running.add(cancel);
    return promise.finally(() => this.#running.delete(cancel));
  }

  async #pause(failures: number): Promise<void> {
    const { retryMinMs, retryMaxMs } = this.#options;
    const pauseMs = Math.min(retryMaxMs, retryMinMs * 2 ** Math.min(failures, 30)) * (1 + Math.random() * JITTER);
    await delay(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** Nothing of it goes on when this throws. */
async function allEnded(running: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(running)) if (result.status === 'rejected') throw result.reason;
}
