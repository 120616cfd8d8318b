import { gunzipSync } from 'node:zlib';
import { get } from 'node:http';
import { connect } from 'node:http2';
import { google } from '@stategate/protocol';
import { frame } from '../../src/proxy/transport/grpc-framing.ts';
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

describe('calls that are refused before they become commands', () => {
  const [RUN, NONE] = ['/stategate.test.ProbeValue/Run', '/secret/path'];
  const GRPC = { 'content-type': 'application/grpc' };
  const JSON_BODY = { 'content-type': 'application/json' };
  const PROTO = { 'content-type': 'application/proto' };
  const CONNECT = { ...JSON_BODY, 'connect-protocol-version': '1' };
  const large = Buffer.alloc((1 << 20) + 1);
  const method = ['stategate.test.ProbeValue', 'Run'] as const;
  const unknown = ['unknown', 'unknown'] as const;
  const cases = [
    ['h2', NONE, GRPC, frame(Buffer.of()), 'grpc', unknown, 'UNIMPLEMENTED'],
    ['h2', '/stategate.test.Probe/None', GRPC, frame(Buffer.of()), 'grpc', unknown, 'UNIMPLEMENTED'],
    ['h2', RUN, { ...GRPC, 'grpc-encoding': 'br' }, frame(Buffer.of()), 'grpc', method, 'UNIMPLEMENTED'],
    ['h2', RUN, { ...GRPC, 'grpc-timeout': 'soon' }, frame(Buffer.of()), 'grpc', method, 'INVALID_ARGUMENT'],
    ['h2', RUN, GRPC, frame(large), 'grpc', method, 'RESOURCE_EXHAUSTED'],
    ['h2', RUN, GRPC, Buffer.of(), 'grpc', method, 'INVALID_ARGUMENT'],
    ['http', RUN, GRPC, Buffer.of(), 'grpc', method, 'INVALID_ARGUMENT'],
    ['http', NONE, { 'content-type': 'application/grpc-web' }, Buffer.of(), 'grpc-web', unknown, 'UNIMPLEMENTED'],
    ['http', NONE, PROTO, Buffer.of(), 'connect', unknown, 'UNIMPLEMENTED'],
    ['http', RUN, CONNECT, Buffer.from('{'), 'connect', method, 'INVALID_ARGUMENT'],
    ['http', RUN, PROTO, large, 'connect', method, 'RESOURCE_EXHAUSTED'],
    ['http', RUN, { ...PROTO, 'content-encoding': 'br' }, large, 'connect', method, 'UNIMPLEMENTED'],
    ['http', NONE, JSON_BODY, Buffer.from('{}'), 'http', unknown, 'NOT_FOUND'],
    ['http', '/openapi.json', JSON_BODY, Buffer.from('{}'), 'http', unknown, 'UNIMPLEMENTED'],
    ['http', RUN, JSON_BODY, Buffer.from('{'), 'http', method, 'INVALID_ARGUMENT'],
    ['http', RUN, JSON_BODY, large, 'http', method, 'RESOURCE_EXHAUSTED'],
    ['http', RUN, { ...JSON_BODY, 'content-encoding': 'br' }, large, 'http', method, 'INVALID_ARGUMENT'],
  ] as const;

  test('are counted, by names that no caller can make up', async () => {
    await using refusing = await ProtocolWorld.start({
      settings: {
        'metrics.enabled': true,
        'metrics.host': '127.0.0.1',
        'metrics.port': 0,
        'api.maxMessageBytes': '1MiB',
      },
    });
    const { apiPort, metricsPort } = refusing.proxy;
    const wanted = new Map<string, number>();
    for (const [protocol, path, headers, body, way, [service, name], code] of cases) {
      if (protocol === 'h2') await postHttp2(apiPort, path, headers, body);
      else
        await fetch(`http://127.0.0.1:${apiPort}${path}`, { method: 'POST', headers, body }).then((one) => one.bytes());
      const key = [way, service, name, code].join(' ');
      wanted.set(key, (wanted.get(key) ?? 0) + 1);
    }
    await fetch(`http://127.0.0.1:${apiPort}/openapi.json`).then((answer) => answer.bytes());
    await refusing.run('ProbeValue', 'a', {});
    wanted.set('grpc stategate.test.ProbeValue Run OK', 1);
    // The end of a call is told when its connection has let go of it.
    const counted = await eventually(async () => {
      const samples = (await Scrape.of(metricsPort)).samples('stategate_calls_total');
      const sum = samples.reduce((all, { value }) => all + value, 0);
      return sum >= cases.length + 1 ? samples : undefined;
    });
    const found = counted.map(({ labels, value }) => {
      const { way, service, method: name, code } = labels;
      return [[way, service, name, code].join(' '), value] as const;
    });
    expect(new Map(found)).toEqual(wanted);
    expect(await scrapeText(metricsPort)).not.toContain('secret');
    const running = (await Scrape.of(metricsPort)).samples('stategate_running_calls');
    expect(running.map(({ value }) => value)).toEqual(running.map(() => 0));
  });
});

/** One request over HTTP/2; resolves when it is over. */
async function postHttp2(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  await new Promise<void>((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': path, ...headers });
    stream.setTimeout(10_000, () => reject(new Error(`${path}: no answer within 10 s`)));
    stream.once('error', reject).once('close', resolve).resume();
    stream.end(body);
  });
  session.close();
}

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
