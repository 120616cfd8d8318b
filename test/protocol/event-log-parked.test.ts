import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ACTION, CONSUMER, emit, failing, LogFunction, of, PACKAGE, QUICK, texts } from '../support/event-log-world.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { ROOT, startNode } from '../support/process.ts';
import { Scrape } from '../support/scrape.ts';
import { tempDir } from '../support/temp-dir.ts';

describe('a poison event', () => {
  test('is parked and holds back its entity, no other; a start tries it again', async () => {
    using dir = tempDir();
    const store = `sqlite:${dir.file('state.db')}`;
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    userFunction.answer = failing(({ text }) => text === 'poison');
    const metrics = { 'metrics.enabled': true, 'metrics.host': '127.0.0.1', 'metrics.port': 0 };
    const labels = { event_log: 'source', group: `${PACKAGE}.Consumer` };
    {
      await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, ...metrics, store });
      using client = userFunction.client(proxy.apiPort);
      await emit(client, 'a', '1', 'poison', '3');
      await emit(client, 'b', ...texts(30));
      await eventually(() => userFunction.got('Consumer', 'b').length === 30);
      await emit(client, 'a', '4');
      await emit(client, 'b', '31');
      await eventually(() => userFunction.got('Consumer', 'b').length === 31);
      expect(userFunction.got('Consumer', 'a')).toEqual(of('a', '1', 'poison', 'poison', 'poison'));
      expect(userFunction.got('Consumer', 'b')).toEqual(of('b', ...texts(31)));
      expect(proxy.log).toContain('An event was parked: the later events of its entity wait');
      const scrape = await Scrape.of(proxy.metricsPort);
      expect(scrape.value('stategate_parked_events', labels)).toBe(1);
      const outcomes = { delivered: 32, retried: 2, parked: 1, held: 2 };
      for (const [outcome, count] of Object.entries(outcomes))
        expect(scrape.value('stategate_consumed_events_total', { ...labels, outcome })).toBe(count);
    }
    await using cli = startNode([`${ROOT}/src/cli/main.ts`, 'store', 'parked', '--store', store]);
    expect(await cli.exited).toBe(0);
    expect(cli.output).toMatch(/source\s+stategate\.test\.log\.Consumer\s+a\s+2\s.*\s3\s.*INTERNAL: broken/);
    userFunction.deliveries.splice(0);
    {
      // Still broken: one try, and it stays where it is.
      await using _proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, store });
      await eventually(() => userFunction.got().length === 1);
    }
    expect(userFunction.got()).toEqual(['a:poison']);
    userFunction.deliveries.splice(0);
    userFunction.answer = () => undefined;
    {
      await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, store });
      using client = userFunction.client(proxy.apiPort);
      await eventually(() => userFunction.got().length === 3);
      await emit(client, 'a', '5');
      await eventually(() => userFunction.got().length === 4);
    }
    expect(userFunction.got()).toEqual(of('a', 'poison', '3', '4', '5'));
    await using again = startNode([`${ROOT}/src/cli/main.ts`, 'store', 'parked', '--store', store]);
    expect(await again.exited).toBe(0);
    expect(again.output).toContain('No event is parked');
  }, 60_000);

  test('can be given up while no proxy runs', { timeout: 60_000 }, async () => {
    using dir = tempDir();
    const store = `sqlite:${dir.file('state.db')}`;
    const skip = async (entityId: string): Promise<string> => {
      const args = ['store', 'skip-parked', 'source', `${PACKAGE}.Consumer`, entityId, '--store', store];
      await using cli = startNode([`${ROOT}/src/cli/main.ts`, ...args]);
      return `${await cli.exited} ${cli.output}`;
    };
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    userFunction.answer = failing(({ text }) => text === 'poison');
    {
      await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, store });
      using client = userFunction.client(proxy.apiPort);
      await emit(client, 'a', 'poison', '2', '3');
      await eventually(() => proxy.log.includes('An event was parked'));
      expect(await skip('a')).toMatch(/^1 stategate: another proxy .* uses /);
    }
    expect(await skip('b')).toMatch(/^1 .*no event of "b" of "source" is parked/);
    expect(await skip('a')).toBe('0 skipped event 1 of a\n');
    userFunction.deliveries.splice(0);
    await using _proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, store });
    await eventually(() => userFunction.got().length === 2);
    expect(userFunction.got()).toEqual(of('a', '2', '3'));
  });

  test('without a method is parked at once, with the reason', async () => {
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    await using proxy = await InProcessProxy.start(userFunction.port);
    using client = userFunction.client(proxy.apiPort);
    await client.call('Emit', { id: 'a', texts: ['x'], typeUrl: 'p.cloudstate.io/string' });
    await emit(client, 'b', '1');
    await eventually(() => userFunction.got().length === 1);
    expect(userFunction.got()).toEqual(['b:1']);
    expect(proxy.log).toContain(
      'No method can be found to handle protobuf type of [p.cloudstate.io/string] on input source. Either declare a method for this type, or declare a method that accepts google.protobuf.Any.',
    );
  });

  test('is tried without end when as many as may be are parked', async () => {
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    userFunction.answer = failing(({ text }) => text === 'poison');
    await using proxy = await InProcessProxy.start(userFunction.port, { ...QUICK, 'eventing.parkedMax': 1 });
    using client = userFunction.client(proxy.apiPort);
    await emit(client, 'a', 'poison');
    await eventually(() => proxy.log.includes('An event was parked'));
    await emit(client, 'b', 'poison');
    await eventually(() => userFunction.got('Consumer', 'b').length > 5);
    userFunction.answer = () => undefined;
    await emit(client, 'b', '2');
    await eventually(() => userFunction.got('Consumer', 'b').includes('b:2'));
    expect(userFunction.got('Consumer', 'a')).toHaveLength(3);
  });
});
