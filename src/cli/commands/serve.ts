import { loadCommandConfig } from '../flags.ts';
import { tellForgottenRejections } from '../rejections.ts';
import { stopSignal } from '../signals.ts';

export async function serve(options: Readonly<Record<string, unknown>>): Promise<void> {
  const stop = stopSignal();
  const [{ config }, { createLogger, loadDriver, startProxy }] = await Promise.all([
    loadCommandConfig(options),
    import('@stategate/proxy'),
  ]);
  const log = createLogger(config.log.level);
  tellForgottenRejections(log);
  const proxy = await startProxy(config, { loadDriver, log });
  await Promise.race([proxy.stopped, stop.then(() => proxy.drain())]);
  const { exitCode, reason } = await proxy.stopped;
  if (reason !== undefined) process.stderr.write(`stategate: ${reason}\n`);
  process.exit(exitCode);
}
