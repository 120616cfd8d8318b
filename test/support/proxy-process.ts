import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';
import { ROOT, startNode, type TestProcess } from './process.ts';

export interface ProxyOptions {
  readonly userFunctionPort: number;
  /** As in `--store`. */
  readonly store: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** A configuration file, which the settings win over. */
  readonly config?: string;
}

/** A proxy in a process of its own, as `stategate serve` starts it. */
export class ProxyProcess implements AsyncDisposable {
  readonly process: TestProcess;
  readonly apiPort: number;
  readonly adminPort: number;
  readonly metricsPort: number;

  /** `metricsPort`: 0 for one without metrics. */
  constructor(process: TestProcess, apiPort: number, adminPort: number, metricsPort = 0) {
    this.process = process;
    this.apiPort = apiPort;
    this.adminPort = adminPort;
    this.metricsPort = metricsPort;
  }

  async ready(timeoutMs = 15_000): Promise<this> {
    try {
      await eventually(async () => {
        if (!this.process.running) throw new Error('the proxy has ended');
        return (await this.readiness()).status === 200;
      }, timeoutMs);
    } catch (error) {
      throw new Error(`the proxy is not ready; it printed:\n${this.process.output}`, { cause: error });
    }
    return this;
  }

  async readiness(): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}/ready`, { signal: AbortSignal.timeout(5_000) });
    return { status: response.status, text: await response.text() };
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.apiPort}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}

export async function startProxy({
  userFunctionPort,
  store,
  settings = {},
  config,
}: ProxyOptions): Promise<ProxyProcess> {
  const [apiPort, adminPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const all = {
    'api.host': '127.0.0.1',
    'admin.host': '127.0.0.1',
    'metrics.host': '127.0.0.1',
    'admin.port': adminPort,
    'metrics.port': metricsPort,
    ...settings,
  };
  const process = startNode([
    `${ROOT}/src/cli/main.ts`,
    'serve',
    '--port',
    String(apiPort),
    '--function',
    `127.0.0.1:${userFunctionPort}`,
    '--store',
    store,
    ...(config === undefined ? [] : ['--config', config]),
    ...Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ]);
  return new ProxyProcess(process, apiPort, adminPort, metricsPort);
}
