/**
 * A process to be killed: opens the store that it is told, takes its lock if there is one, and appends, in groups over many
 * streams, until it is refused. Prints `locked`, then one line for each group: what was acknowledged, as
 * `[[entityId, first, last], …]`, or the codes of its errors.
 */
import { randomUUID } from 'node:crypto';
import { isStoreError } from '@stategate/journal-spi';
import type { AppendRequest } from '@stategate/journal-spi';
import { validateConfig } from '@stategate/journal-spi/kit';
import { loadDriver } from '@stategate/proxy/store';

// Where the size of files is limited, the signal would end the process before SQLite sees the error.
process.on('SIGXFSZ', () => undefined);

const STREAMS = 40;
const [name = '', config = ''] = process.argv.slice(2);
const definition = await loadDriver(name);
const options = await validateConfig(definition, JSON.parse(config));
const driver = await definition.open(options, { warn: console.error, instanceId: 'writer' });
await driver.lock?.acquire();
console.log('locked');

const heads = new Map<string, number>();
for (let refused = false; !refused;) {
  const requests = Array.from({ length: STREAMS }, (_, index) => request(`e-${index}`, 1 + (index % 3)));
  const outcomes = await driver.journal.appendMany(requests, {});
  refused = outcomes.some(isStoreError);
  const line = outcomes.map((outcome, index) => {
    if (isStoreError(outcome)) return outcome.code;
    const entityId = `e-${index}`;
    const first = (heads.get(entityId) ?? 0) + 1;
    heads.set(entityId, outcome.lastSequenceNr);
    return [entityId, first, outcome.lastSequenceNr];
  });
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
await driver.close();

/** Every event says which append it belongs to, its place there, and how many there are. */
function request(entityId: string, size: number): AppendRequest {
  const token = randomUUID();
  return {
    stream: { namespace: 'default', persistenceId: 'cart', entityId },
    expected: heads.get(entityId) ?? 0,
    fence: { scope: 'all', epoch: 1 },
    token,
    events: Array.from({ length: size }, (_, index) => ({
      manifest: 'type.example/Event',
      payload: Buffer.from(JSON.stringify([token, index, size])),
    })),
  };
}
