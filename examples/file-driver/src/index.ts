import { defineDriver, type FenceStore, type OpOptions, StoreError } from '@stategate/journal-spi';
import { checkHealth } from '@stategate/journal-spi/kit';
import { z } from 'zod';
import { createJournal } from './journal.ts';
import { createKeyValue } from './key-value.ts';
import { LIMITS, TUNING } from './limits.ts';
import { Log } from './log.ts';
import { createSnapshots } from './snapshots.ts';

const SCHEMA = 1;

export default defineDriver({
  name: 'file',
  version: '0.1.0',
  spi: '^1.0.0-rc',
  configSchema: z.strictObject({ path: z.string().min(1).describe('The file; it is made when it is missing') }),
  secrets: [],
  shortForm: (path) => ({ path }),

  async open({ path }, env) {
    const log = new Log(path, env);
    const { schema } = log.state();
    if (schema > SCHEMA) {
      log.close();
      throw new StoreError('SchemaMismatch', `${path} was written by a newer version of this driver: update it`);
    }
    const now = env.now ?? Date.now;
    const migrate = async (options: OpOptions): Promise<void> => {
      if (log.state(options).schema < SCHEMA) log.add([{ did: 'schema', version: SCHEMA }]);
    };
    if (env.readOnly !== true) await migrate({});
    return {
      capabilities: {
        durability: 'disk',
        ackLossOnFailover: false,
        exclusive: 'process',
        readBackward: true,
        ttl: false,
        feed: false,
      },
      limits: LIMITS,
      tuning: TUNING,
      server: { product: 'JSON lines', version: '1', location: path },
      journal: createJournal(log, now),
      snapshots: createSnapshots(log, now),
      keyValue: createKeyValue(log),
      fences: createFences(log),
      schema: {
        status: async (options) => ({ current: log.state(options).schema, target: SCHEMA }),
        statements: async (options) => (log.state(options).schema < SCHEMA ? ['(one line with the version)'] : []),
        migrate,
      },
      health: (options) =>
        checkHealth(options, async (probe) => {
          log.state(probe);
          return [];
        }),
      close: async () => log.close(),
    };
  },
});

function createFences(log: Log): FenceStore {
  return {
    async claim(namespace, scope, owner, options) {
      const epoch = (log.state(options).lastEpoch.get(namespace) ?? 0) + 1;
      log.add([{ did: 'claim', namespace, scope, epoch, owner }]);
      return { epoch };
    },

    async current(namespace, scope, options) {
      const claim = log.state(options).claims.get(JSON.stringify([namespace, scope]));
      return claim === undefined ? null : { epoch: claim.epoch, owner: claim.owner };
    },
  };
}
