import { gunzipSync } from 'node:zlib';
import { get } from 'node:http';
import { google } from '@stategate/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { kept } from '../support/probe-messages.ts';
import { ProtocolWorld } from '../support/protocol-world.ts';
import { Scrape, scrapeText } from '../support/scrape.ts';

const [A, B, C, V] = ['entity-a', 'entity-b', 'entity-c', 'entity-v'];

let world: ProtocolWorld;
let text: string;
let during: Scrape;
let after: Scrape;

/** Known commands, then one reading when everything is over. */
beforeAll(async () => {
  world = await ProtocolWorld.start({
    passivationMs: 2_000,
    settings: { 'metrics.enabled': true, 'metrics.host': '127.0.0.1', 'metrics.port': 0 },
  });
  const ignore = (): undefined => undefined;
  await world.run('Probe', A, { events: ['x', 'yy'] });
  await world.run('Probe', A, { events: ['z'], snapshot: 'xyyz' });
  await world.run('Probe', A, { events: ['w'] });
  await world.run('Probe', A, { fail: 'no' }).catch(ignore);
  // The second waits behind the first, and then for the new life.
  const restart = world.run('Probe', A, { fail: 'again', restart: true, afterMs: 100 }).catch(ignore);
  await Promise.all([restart, world.run('Probe', A, {})]);
  await Promise.all([{ afterMs: 200 }, {}, {}].map((order) => world.run('Probe', B, order)));
  await world.run('Probe', C, { stream: 'error' }).catch(ignore);
  await world.run('ProbeValue', V, { state: { update: 'one' } });
  await world.run('ProbeValue', V, { state: 'delete' });
  await world.run('ProbeAction', 'x', {});
  await world.run('ProbeAction', 'x', { status: { code: 7, details: 'not you' } }).catch(ignore);
  await world.post('Probe', A, {});
  await world.post('Probe', A, { fail: 'no' });
  during = await Scrape.of(world.proxy.metricsPort);
  await eventually(async () => {
    text = await scrapeText(world.proxy.metricsPort);
    after = new Scrape(text);
    return after.samples('stategate_live_entities').every(({ value }) => value === 0);
  });
});
afterAll(() => world[Symbol.asyncDispose]());

describe('after known commands', () => {
  const bytes = (...texts: readonly string[]): number =>
    texts.reduce((sum, one) => sum + google.protobuf.Any.encode(kept(one)).finish().length, 0);

  test.each([
    ['activated_entities_total', 4],
    ['passivated_entities_total', 4],
    ['entity_active_time_seconds_count', 4],
    ['failed_entities_total', 1],
    ['recovery_time_seconds_count', 4],
    ['received_commands_total', 12],
    ['completed_commands_total', 8],
    ['command_total_time_seconds_count', 8],
    ['failed_commands_total', 4],
    ['command_processing_time_seconds_count', 11],
    ['stashed_commands_total', 6],
    ['unstashed_commands_total', 6],
    ['command_stash_time_seconds_count', 6],
    ['persist_time_seconds_count', 3],
    ['persisted_events_total', 4],
    ['persisted_event_bytes_total', bytes('x', 'yy', 'z', 'w')],
    ['persisted_snapshots_total', 1],
    ['persisted_snapshot_bytes_total', bytes('xyyz')],
    ['loaded_snapshots_total', 1],
    ['loaded_snapshot_bytes_total', bytes('xyyz')],
    ['loaded_events_total', 1],
    ['loaded_event_bytes_total', bytes('w')],
  ])('of event sourced entities, %s is %i', (name, count) => {
    expect(after.value(`cloudstate_eventsourced_${name}`, { entity_name: 'probe' })).toBe(count);
  });

  test.each([
    ['activated_entities_total', 1],
    ['received_commands_total', 2],
    ['completed_commands_total', 2],
    ['persist_time_seconds_count', 2],
    ['failed_commands_total', 0],
  ])('of value entities, %s is %i', (name, count) => {
    expect(after.value(`stategate_value_${name}`, { entity_name: 'probe-value' })).toBe(count);
  });

  test.each([
    ['grpc', 'Probe', 'Run', 'OK', 7],
    ['grpc', 'Probe', 'Run', 'UNKNOWN', 3],
    ['grpc', 'ProbeValue', 'Run', 'OK', 2],
    ['grpc', 'ProbeAction', 'Run', 'OK', 1],
    ['grpc', 'ProbeAction', 'Run', 'PERMISSION_DENIED', 1],
    ['http', 'Probe', 'Other', 'OK', 1],
    ['http', 'Probe', 'Other', 'UNKNOWN', 1],
  ])('%s calls of %s.%s that ended with %s: %i', (way, service, method, code, count) => {
    const labels = { way, service: `stategate.test.${service}`, method, code };
    expect(after.value('stategate_calls_total', labels)).toBe(count);
  });

  test.each([
    ['eventsourced.EventSourced/handle', 'OK', 3],
    ['eventsourced.EventSourced/handle', 'INTERNAL', 1],
    ['valueentity.ValueEntity/handle', 'OK', 1],
    ['action.ActionProtocol/handleUnary', 'OK', 1],
    ['action.ActionProtocol/handleUnary', 'PERMISSION_DENIED', 1],
    ['EntityDiscovery/discover', 'OK', 1],
  ])('calls of %s that ended with %s: %i', (path, code, count) => {
    expect(after.value('stategate_user_function_calls_total', { path: `/cloudstate.${path}`, code })).toBe(count);
  });

  test.each([
    ['recover', 4],
    ['append', 3],
    ['save_snapshot', 1],
    ['recover_value', 1],
    ['put', 2],
  ])('requests to the store, %s: %i', (operation, count) => {
    expect(after.value('stategate_store_requests_total', { store: 'main', operation, outcome: 'ok' })).toBe(count);
    expect(after.value('stategate_store_operation_seconds_count', { store: 'main', operation })).toBe(count);
  });

  test('nothing is under way any more', () => {
    const labels = { kind: 'value', entity_name: 'probe-value' };
    expect(during.value('stategate_live_entities', labels)).toBe(1);
    expect(after.value('stategate_live_entities', labels)).toBe(0);
    expect(after.value('stategate_ready')).toBe(1);
    expect(after.value('stategate_store_up', { store: 'main' })).toBe(1);
    for (const name of ['stategate_running_calls', 'stategate_stash_bytes', 'stategate_side_effects'])
      expect(after.samples(name).map(({ value }) => value)).toEqual(after.samples(name).map(() => 0));
  });
});

describe('what is served', () => {
  test('is what a parser reads, metric by metric', () => {
    expect(after.metrics.length).toBeGreaterThan(60);
    const names = after.metrics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, type, help } of after.metrics) {
      expect(['COUNTER', 'GAUGE', 'HISTOGRAM', 'SUMMARY']).toContain(type);
      expect(`${name}: ${help}`).not.toBe(`${name}: `);
    }
  });

  test('histograms add up', () => {
    const histograms = after.metrics.filter(({ type }) => type === 'HISTOGRAM');
    expect(histograms.length).toBeGreaterThan(10);
    for (const { name } of histograms) {
      for (const { labels, value: count } of after.samples(`${name}_count`)) {
        const wanted = Object.entries(labels);
        const buckets = after
          .samples(`${name}_bucket`)
          .filter((sample) => wanted.every(([label, content]) => sample.labels[label] === content));
        const counts = buckets.map(({ value }) => value);
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
        expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: count });
      }
    }
  });

  test('no entity has made a label', () => {
    for (const id of [A, B, C, V]) expect(text).not.toContain(id);
  });

  test.each([
    ['?name[]=stategate_ready&name[]=stategate_build_info', ['stategate_build_info', 'stategate_ready']],
    ['?name%5B%5D=stategate_stash_bytes', ['stategate_stash_bytes']],
    ['?name[]=no_such_metric', []],
  ])('%s is %j', async (query, names) => {
    const part = await Scrape.of(world.proxy.metricsPort, query);
    expect(part.metrics.map(({ name }) => name).toSorted()).toEqual(names);
  });

  test('one sample of a histogram can be asked for', async () => {
    const name = 'cloudstate_eventsourced_persist_time_seconds';
    expect(await scrapeText(world.proxy.metricsPort, `?name[]=${name}_count`)).toMatch(
      new RegExp(`^# HELP ${name} .*\n# TYPE ${name} histogram\n${name}_count\\{entity_name="probe"\\} 3\n$`),
    );
  });

  test.each([
    ['gzip', 'gzip'],
    ['br, gzip;q=0.5', 'gzip'],
    ['gzip;q=0', undefined],
    ['identity', undefined],
  ])('accept-encoding %s is answered with %s', async (accepted, encoding) => {
    const { headers, body } = await getRaw(world.proxy.metricsPort, { 'accept-encoding': accepted });
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['content-encoding']).toBe(encoding);
    const plain = encoding === undefined ? body : gunzipSync(body);
    expect(new Scrape(plain.toString()).value('stategate_ready')).toBe(1);
  });
});

/** As it is on the wire: fetch would decompress it. */
function getRaw(port: number, headers: Readonly<Record<string, string>>) {
  return new Promise<{ headers: Readonly<Record<string, string | string[] | undefined>>; body: Buffer }>(
    (resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/', headers, timeout: 10_000 }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      }).once('error', reject);
    },
  );
}
