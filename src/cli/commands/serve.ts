import { loadCommandConfig } from '../flags.ts';
import { onStopSignal } from '../signals.ts';

export async function serve(options: Readonly<Record<string, unknown>>): Promise<void> {
  const [{ config }, { loadDriver, startProxy }] = await Promise.all([
    loadCommandConfig(options),
    import('@stategate/proxy'),
  ]);
  const proxy = await startProxy(config, { loadDriver });
  onStopSignal(
    () => void proxy.drain(),
    () => process.exit(1),
  );
  const { exitCode, reason } = await proxy.stopped;
  if (reason !== undefined) process.stderr.write(`stategate: ${reason}\n`);
  process.exit(exitCode);
}
