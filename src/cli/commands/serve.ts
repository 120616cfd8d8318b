import { isatty } from 'node:tty';
import type { Logger } from '@stategate/proxy';
import { loadCommandConfig } from '../flags.ts';
import { tellForgottenRejections } from '../rejections.ts';
import { stopSignal } from '../signals.ts';

type Options = Readonly<Record<string, unknown>>;

export async function serve(options: Options): Promise<void> {
  // At a terminal SIGHUP says that the terminal was closed.
  const atTerminal = isatty(0);
  const stop = stopSignal(atTerminal ? undefined : ['SIGINT', 'SIGTERM']);
  let log: Logger | undefined;
  if (!atTerminal) process.on('SIGHUP', () => log && void reloadLogLevel(options, log));

  const [{ config }, { createLogger, loadDriver, startProxy }] = await Promise.all([
    loadCommandConfig(options),
    import('@stategate/proxy'),
  ]);
  log = createLogger(config.log.level);
  tellForgottenRejections(log);
  const proxy = await startProxy(config, { loadDriver, log });
  await Promise.race([proxy.stopped, stop.then(() => proxy.drain())]);
  const { exitCode, reason } = await proxy.stopped;
  if (reason !== undefined) process.stderr.write(`stategate: ${reason}\n`);
  process.exit(exitCode);
}

/** The level alone: everything else that has changed in the configuration waits for the next start. */
async function reloadLogLevel(options: Options, log: Logger): Promise<void> {
  try {
    const { level } = (await loadCommandConfig(options)).config.log;
    const tell = (): void => log.info({ logLevel: level }, 'The log level was read again');
    // Told when either of the two levels lets it through.
    const wasTold = log.isLevelEnabled('info');
    if (wasTold) tell();
    log.level = level;
    if (!wasTold) tell();
  } catch (error) {
    log.error({ err: error }, 'The configuration cannot be read: the log level stays');
  }
}
