import type { TestServer } from '../../support/servers.ts';
import type { Fault } from './run.ts';

const PAUSE_MS = 1_500;

/** What is done to a server of the test's own. */
export function storeFaults(server: TestServer): readonly Fault[] {
  return [
    {
      name: 'killed and started again',
      async inject() {
        await server.kill9();
        await server.restart();
      },
    },
    {
      name: 'stopped for a while',
      async inject() {
        await server.pause();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        await server.resume();
      },
    },
  ];
}
