import type { DriverDefinition } from '@stategate/journal-spi';
import { broken } from './broken.ts';
import type { BrokenDriver } from './broken.ts';

export const brokenLifecycle: readonly BrokenDriver[] = [
  broken('L-02', 'fails when it is closed twice', (driver) => {
    let closed = false;
    return {
      async close(options) {
        if (closed) throw new Error('already closed');
        closed = true;
        await driver.close(options);
      },
    };
  }),

  broken('L-04', 'goes on after close', () => ({ close: async () => undefined })),

  broken('L-05', 'leaves a handle open at every close', () => {
    const { port1 } = new MessageChannel();
    port1.addEventListener('message', () => undefined);
    port1.start();
    // Frees them after the test, so that they do not keep this process alive.
    setTimeout(() => port1.close(), 2000).unref();
    return {};
  }),

  broken('L-11', 'has a lock without declaring it', () => ({
    lock: { acquire: async () => ({ release: async () => undefined }) },
  })),

  broken('H-01', 'is never ready', () => ({
    health: async () => ({ ready: false, latencyMs: 0, problems: ['it is always something'] }),
  })),

  broken('H-07', 'throws when it is asked for its health after close', (driver) => {
    let closed = false;
    return {
      async health(options) {
        if (closed) throw new Error('closed');
        return driver.health(options);
      },
      async close(options) {
        closed = true;
        await driver.close(options);
      },
    };
  }),

  broken('M-02', 'has statements for a store that is current', ({ schema }) => ({
    schema: { ...schema, statements: async () => ['CREATE TABLE event (id integer)'] },
  })),

  {
    caughtBy: 'L-01',
    defect: 'ignores options that it does not know',
    breakIt: (definition): DriverDefinition => ({
      ...definition,
      configSchema: {
        '~standard': { version: 1, vendor: 'test', validate: () => ({ value: { maxBytes: 1_000_000_000 } }) },
      },
    }),
  },
];
