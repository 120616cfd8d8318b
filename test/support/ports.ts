import { createServer } from 'node:net';

/** A port that was free a moment ago. Below the range from which outgoing connections take theirs. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = 15_000 + Math.floor(Math.random() * 16_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port found in 100 attempts');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
