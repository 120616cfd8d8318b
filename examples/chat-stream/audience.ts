/** What a slow watcher may be behind; then it misses the oldest. */
const WAITING_MAX = 100;

/** Those who watch something, by its name, in this process. */
export class Audience<Message> {
  readonly #watchers = new Map<string, Set<(message: Message) => void>>();

  tell(name: string, message: Message): void {
    for (const watcher of this.#watchers.get(name) ?? []) watcher(message);
  }

  /** Everything that is told from now on, until the signal aborts. */
  async *watch(name: string, signal: AbortSignal): AsyncGenerator<Message> {
    const waiting: Message[] = [];
    let wake: (() => void) | undefined;
    const watcher = (message: Message): void => {
      if (waiting.push(message) > WAITING_MAX) waiting.shift();
      wake?.();
    };
    const watchers = this.#watchers.get(name) ?? new Set();
    this.#watchers.set(name, watchers.add(watcher));
    signal.addEventListener('abort', () => wake?.());
    try {
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(name);
    }
  }
}
