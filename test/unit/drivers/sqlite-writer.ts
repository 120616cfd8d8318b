/**
 * A process to be killed: takes the store's lock and appends for ever, in groups over many streams. Prints `locked`, then one
 * line for each group with what was acknowledged: `[[entityId, first, last], …]`.
 */
import { randomUUID } from 'node:crypto';
import sqlite from '@stategate/driver-sqlite/driver';
import type { AppendRequest } from '@stategate/journal-spi';

const STREAMS = 40;
const [path = ''] = process.argv.slice(2);
const driver = await sqlite.open({ path }, { warn: console.error, instanceId: 'writer' });
await driver.lock?.acquire();
console.log('locked');

const heads = new Map<string, number>();
for (;;) {
  const requests = Array.from({ length: STREAMS }, (_, index) => request(`e-${index}`, 1 + (index % 3)));
  const outcomes = await driver.journal.appendMany(requests, {});
  const acknowledged = outcomes.map((outcome, index) => {
    const sent = requests[index];
    if (outcome instanceof Error || sent === undefined) throw outcome;
    heads.set(sent.stream.entityId, outcome.lastSequenceNr);
    return [sent.stream.entityId, sent.expected + 1, outcome.lastSequenceNr];
  });
  process.stdout.write(`${JSON.stringify(acknowledged)}\n`);
}

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
