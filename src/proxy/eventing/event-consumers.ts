import { setTimeout as delay } from 'node:timers/promises';
import type { CommandRouter } from '../routing/command.ts';
import { type ConsumerOptions, RunningConsumer } from './consumer.ts';
import type { EventConsumer } from './consumers.ts';

/** What the last save may take when it ends. */
const SAVE_MS = 1_000;

/** What the metrics ask of one consumer. */
interface ConsumerFigures {
  readonly eventLog: string;
  readonly group: string;
  readonly lagMs: number;
  readonly parked: number;
}

/** All consumers of a specification. They run while there is a user function that can be reached. */
export class EventConsumers {
  readonly #consumers: readonly EventConsumer[];
  readonly #optionsOf: (consumer: EventConsumer) => Omit<ConsumerOptions, 'router'>;
  #running: readonly RunningConsumer[] = [];
  #changing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    consumers: readonly EventConsumer[],
    optionsOf: (consumer: EventConsumer) => Omit<ConsumerOptions, 'router'>,
  ) {
    this.#consumers = consumers;
    this.#optionsOf = optionsOf;
  }

  /** Begins, or begins anew: from what was saved, and with one more try for what is parked. */
  start(router: CommandRouter): Promise<void> {
    return this.#change(async () => {
      await this.#stopAll(0);
      if (this.#closed) return;
      this.#running = this.#consumers.map(
        (consumer) => new RunningConsumer(consumer, { ...this.#optionsOf(consumer), router }),
      );
    });
  }

  /** For good. Gives running events so much time, and a store that does not answer little more. */
  async close(drainMs: number): Promise<void> {
    this.#closed = true;
    const giveUp = new AbortController();
    const late = delay(drainMs + SAVE_MS, undefined, { signal: giveUp.signal }).catch(() => undefined);
    await Promise.race([this.#change(() => this.#stopAll(drainMs)), late]);
    giveUp.abort();
  }

  figures(): readonly ConsumerFigures[] {
    return this.#running.map(({ consumer: { persistenceId: eventLog, group }, lagMs, parked }) => ({
      eventLog,
      group,
      lagMs,
      parked: parked.length,
    }));
  }

  async #stopAll(drainMs: number): Promise<void> {
    const stopped = this.#running;
    this.#running = [];
    await Promise.all(stopped.map((consumer) => consumer.stop(drainMs)));
  }

  #change(change: () => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(change);
    return this.#changing;
  }
}
