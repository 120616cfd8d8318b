import { eventually } from '../test/support/eventually.ts';
import { freePort } from '../test/support/ports.ts';
import { ROOT, startNode, TestProcess } from '../test/support/process.ts';

/** A process under load. */
export interface BenchServer extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
}

export interface BuiltProxy extends BenchServer {
  /** From the start of the process to the first 200 of `/ready`, which is asked every 25 ms. */
  readonly readyMs: number;
}

export const startEcho = (): Promise<BenchServer> => startProgram('echo-server.ts');
export const startUserFunction = (): Promise<BenchServer> => startProgram('user-function.ts');

async function startProgram(file: string): Promise<BenchServer> {
  const port = await freePort();
  const program = startNode([`${ROOT}/bench/${file}`, String(port)]);
  await program.prints('listening');
  return asServer(program, port);
}

/** The proxy as it is shipped: compiled, with its defaults, in a process of its own. */
export async function startBuiltProxy(userFunctionPort: number, store: string): Promise<BuiltProxy> {
  const [api, admin, metrics] = [await freePort(), await freePort(), await freePort()];
  const settings = { 'api.host': '127.0.0.1', 'admin.host': '127.0.0.1', 'metrics.host': '127.0.0.1' };
  const flags = {
    '--port': api,
    '--admin-port': admin,
    '--metrics-port': metrics,
    '--function': `127.0.0.1:${userFunctionPort}`,
    '--store': store,
  };
  const started = performance.now();
  const proxy = new TestProcess(process.execPath, [
    `${ROOT}/src/cli/dist/main.js`,
    'serve',
    ...Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]),
    ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ]);
  const ready = async (): Promise<boolean> => {
    if (!proxy.running) throw new Error(`the proxy has ended:\n${proxy.output}`);
    return (await fetch(`http://127.0.0.1:${admin}/ready`)).ok;
  };
  await eventually(ready, 15_000, 'a ready proxy');
  return { ...asServer(proxy, api), readyMs: performance.now() - started };
}

function asServer(program: TestProcess, port: number): BenchServer {
  return { pid: program.pid, port, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}
