import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a server could listen there now. Another process may be quicker. */
export async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  } finally {
    await new Promise((resolve) => void server.close(resolve));
  }
}

export async function findFreePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => void server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error(`no free port on ${host}`);
  return address.port;
}

/** Resolves with true when something listens there, with false after `timeoutMs`. */
export async function waitUntilListening(host: string, port: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const socket = connect({ host, port, timeout: 1_000 });
    const listening = await new Promise<boolean>((resolve) => {
      socket
        .once('connect', () => resolve(true))
        .once('timeout', () => resolve(false))
        .once('error', () => resolve(false));
    });
    socket.destroy();
    if (listening) return true;
    await sleep(100);
  }
  return false;
}
