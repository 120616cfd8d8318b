import { loadDriver, type RunningProxy, startProxy } from '@stategate/proxy';
import { loadConfig } from '@stategate/proxy/config';
import { createLogger } from '@stategate/proxy';
import { eventually } from './eventually.ts';

/** A proxy inside the test's own process: for tables of many small cases. Its log lines can be read. */
export class InProcessProxy implements AsyncDisposable {
  readonly #proxy: RunningProxy;
  readonly #lines: string[];
  readonly apiPort: number;

  private constructor(proxy: RunningProxy, lines: string[], apiPort: number) {
    this.#proxy = proxy;
    this.#lines = lines;
    this.apiPort = apiPort;
  }

  static async start(
    userFunctionPort: number,
    settings: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<InProcessProxy> {
    const lines: string[] = [];
    const proxy = await startWithoutServing(userFunctionPort, settings, lines);
    const apiPort = await new Promise<number>((resolve, reject) => {
      proxy.onServing((api) => resolve(api.port));
      proxy.onRefused((reason) => reject(new Error(reason)));
    });
    return new InProcessProxy(proxy, lines, apiPort);
  }

  get log(): string {
    return this.#lines.join('');
  }

  get stopped(): RunningProxy['stopped'] {
    return this.#proxy.stopped;
  }

  get metricsPort(): number {
    return this.#proxy.metrics?.port ?? 0;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.apiPort}${path}`;
  }

  ready(): Promise<unknown> {
    return eventually(async () => (await this.readiness()).status === 200);
  }

  async readiness(): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.#proxy.admin.port}/ready`);
    return { status: response.status, text: await response.text() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy.drain();
  }
}

/** A proxy that may have been refused; whoever starts it drains it. */
export async function startWithoutServing(
  userFunctionPort: number,
  settings: Readonly<Record<string, string | number | boolean>>,
  lines: string[] = [],
): Promise<RunningProxy> {
  const all = {
    store: 'inmemory',
    'api.host': '127.0.0.1',
    'api.port': 0,
    'admin.host': '127.0.0.1',
    'admin.port': 0,
    'metrics.enabled': false,
    'shutdown.drain': '500ms',
    'userFunction.port': userFunctionPort,
    ...settings,
  };
  const flags = Object.entries(all).map(([path, value]) => ({ flag: path, path, value: String(value) }));
  const { config } = await loadConfig({ defaults: {}, file: undefined, env: {}, flags });
  const log = createLogger('debug', { write: (line: string) => void lines.push(line) });
  return startProxy(config, { loadDriver, log });
}
