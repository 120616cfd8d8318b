/** Where the library reports to. `console` is one. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  /** @param cause the error behind it, when there is one */
  error(message: string, cause?: unknown): void;
}

export const silent: Logger = { info: () => {}, warn: () => {}, error: () => {} };
