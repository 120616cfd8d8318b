import { setTimeout as delay } from 'node:timers/promises';
import { createLogger, loadDriver, startProxy } from '@stategate/proxy';
import { loadConfig } from '@stategate/proxy/config';

// A compiled proxy that tells its parent what memory it holds after a collection. Needs --expose-gc and a parent to tell.
// Arguments: the port of the user function, the SQLite file.

export type LiveProxyMessage =
  | { readonly type: 'serving'; readonly port: number; readonly metricsPort: number }
  | { readonly type: 'memory'; readonly rssBytes: number; readonly heapBytes: number };

const tell = (message: LiveProxyMessage): void => void process.send?.(message);

const [userFunctionPort, file] = process.argv.slice(2);
const settings = {
  store: `sqlite:${file}`,
  'userFunction.port': userFunctionPort,
  'entities.passivationTimeout': '10m',
  'api.host': '127.0.0.1',
  'api.port': 0,
  'admin.host': '127.0.0.1',
  'admin.port': 0,
  'metrics.host': '127.0.0.1',
  'metrics.port': 0,
};
const flags = Object.entries(settings).map(([path, value]) => ({ flag: path, path, value: String(value) }));
const { config } = await loadConfig({ env: {}, flags });
const proxy = await startProxy(config, { loadDriver, log: createLogger('warn') });
proxy.onServing((api) => tell({ type: 'serving', port: api.port, metricsPort: proxy.metrics?.port ?? 0 }));
proxy.onRefused((reason) => {
  throw new Error(reason);
});

process.on('message', async () => {
  // What one collection frees lets the next one free more; the pages go back to the system a little later.
  for (let i = 0; i < 4; i += 1) {
    globalThis.gc?.();
    await delay(100);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  tell({ type: 'memory', rssBytes: rss, heapBytes: heapUsed + external });
});
