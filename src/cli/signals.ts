type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Resolves at the first of these signals; another one ends the process at once. */
export function stopSignal(signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let take = () => {
    take = () => process.exit(130);
    resolve();
  };
  for (const signal of signals) process.on(signal, () => take());
  return promise;
}
