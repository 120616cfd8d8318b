import type { Logger } from '@stategate/proxy';

/**
 * A promise that a client library leaves alone when its connection is reset (seen with mongodb 7.8) must not end a process that
 * serves thousands of entities: it is an error to be told, not one of a command.
 */
export function tellForgottenRejections(log: Logger): void {
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'Nobody waited for what failed here'));
}
