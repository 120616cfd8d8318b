import { loadCommandConfig } from '../flags.ts';
import { stopSignal } from '../signals.ts';

export async function serve(options: Readonly<Record<string, unknown>>): Promise<void> {
  const stop = stopSignal();
  const [{ config }, { loadDriver, startProxy }] = await Promise.all([
    loadCommandConfig(options),
    import('@stategate/proxy'),
  ]);
  const proxy = await startProxy(config, { loadDriver });
  await Promise.race([proxy.stopped, stop.then(() => proxy.drain())]);
  const { exitCode, reason } = await proxy.stopped;
  if (reason !== undefined) process.stderr.write(`stategate: ${reason}\n`);
  process.exit(exitCode);
}
