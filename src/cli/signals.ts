/** Calls `first` for the first Ctrl-C, SIGTERM or closed terminal, and `again` for every one after it. */
export function onStopSignal(first: () => void, again: () => void): void {
  let take = () => {
    take = again;
    first();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => take());
}
