/** Resolves at the first Ctrl-C, SIGTERM or closed terminal. Another one ends the process at once. */
export function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let take = () => {
    take = () => process.exit(130);
    resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => take());
  return promise;
}
