import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** The process's logger: JSON lines on stdout, or wherever `destination` leads. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination ?? pino.destination({ sync: false }),
  );
}

/** How often the same warning is written at most. */
const REPEAT_MS = 10_000;

/** Writes the first of a kind at once, and then every 10 s how many there were. */
export class RepeatedWarnings {
  readonly #write: (facts: Readonly<Record<string, unknown>>, message: string) => void;
  readonly #counts = new Map<string, number>();

  constructor(write: (facts: Readonly<Record<string, unknown>>, message: string) => void) {
    this.#write = write;
  }

  warn(message: string, facts: Readonly<Record<string, unknown>>): void {
    const count = this.#counts.get(message);
    if (count !== undefined) {
      this.#counts.set(message, count + 1);
      return;
    }
    this.#counts.set(message, 0);
    this.#write(facts, message);
    setTimeout(() => {
      const more = this.#counts.get(message) ?? 0;
      this.#counts.delete(message);
      if (more > 0) this.#write({ ...facts, more }, message);
    }, REPEAT_MS).unref();
  }
}
