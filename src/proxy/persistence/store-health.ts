import type { Driver, HealthReport } from '@stategate/journal-spi';

/** How often each store is asked, and how long it may take to answer. */
const ASK_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 2_000;

export interface StoreHealthListener {
  /** A store stopped answering, or answers again. */
  onChange(store: string, report: HealthReport): void;
}

/** Asks the open stores again and again whether they can read and write. */
export class StoreHealth {
  readonly #stores: ReadonlyMap<string, Driver>;
  readonly #listener: StoreHealthListener;
  readonly #down = new Map<string, HealthReport>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  /** `stores`: by their names in the configuration. A store counts as well until it has said otherwise: it has just been opened. */
  constructor(stores: ReadonlyMap<string, Driver>, listener: StoreHealthListener) {
    this.#stores = stores;
    this.#listener = listener;
  }

  start(): void {
    for (const [name, driver] of this.#stores) this.#askLater(name, driver);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  isUp(store: string): boolean {
    return !this.#down.has(store);
  }

  /** Null when every store answers; else which one does not, and what it says. */
  problem(): string | null {
    for (const [store, { problems }] of this.#down) {
      const { product, location } = this.#stores.get(store)?.server ?? { product: store, location: store };
      return `the store "${store}" (${product} at ${location}) is away: ${problems.join('; ')}`;
    }
    return null;
  }

  #askLater(name: string, driver: Driver): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#ask(name, driver);
    }, ASK_EVERY_MS);
    this.#timers.add(timer);
  }

  async #ask(name: string, driver: Driver): Promise<void> {
    const report = await driver
      .health({ deadline: performance.now() + ANSWER_WITHIN_MS })
      .catch((error: unknown): HealthReport => ({ ready: false, latencyMs: 0, problems: [String(error)] }));
    if (this.#stopped) return;
    const wasUp = this.isUp(name);
    if (report.ready) this.#down.delete(name);
    else this.#down.set(name, report);
    if (wasUp !== report.ready) this.#listener.onChange(name, report);
    this.#askLater(name, driver);
  }
}
