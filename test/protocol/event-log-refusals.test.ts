import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ACTION, CONSUMER, from, LogFunction, PACKAGE, settingOf } from '../support/event-log-world.ts';
import { startWithoutServing } from '../support/in-process-proxy.ts';
import { notRun } from '../support/not-run.ts';
import { startStore } from '../support/stores.ts';

describe('what cannot be carried out is refused at discovery', () => {
  const NO_BROKERS = 'Topics of message brokers are not supported yet: of event sources there is event_log.';
  const HAPPENED = `${PACKAGE}.Happened`;
  const on = (option: string): string =>
    `service Consumer { rpc On(Happened) returns (Done) { option (cloudstate.eventing) = ${option}; } }`;
  test.each([
    [
      'a topic as source',
      on('{ in: { topic: "t" } }'),
      `Eventing consumer [${HAPPENED}] has declared a [topic] event source, but this event source isn't supported. ${NO_BROKERS}`,
    ],
    [
      'no source',
      on('{ in: { consumer_group: "g" } }'),
      `Eventing consumer [${HAPPENED}] has declared an input with no source.`,
    ],
    [
      'the same topic',
      on('{ in: { topic: "t" } out: { topic: "t" } }'),
      `Endpoint [${PACKAGE}.Consumer.On] has the same input topic as output topic [t], this is not allowed.`,
    ],
    [
      'a topic as destination',
      on('{ in: { event_log: "source" } out: { topic: "t" } }'),
      `Eventing consumer has declared an output topic [t}], but no topic eventing support has been provided. ${NO_BROKERS}`,
    ],
    [
      'an empty destination of a consumer',
      on('{ in: { event_log: "source" } out: { topic: "" } }'),
      'Eventing consumer has declared an input with no destination.',
    ],
    [
      'an empty destination',
      on('{ out: { topic: "" } }'),
      `Service call [${PACKAGE}.Consumer.On] has declared an event out with no topic.`,
    ],
    [
      'a destination of what consumes nothing',
      on('{ out: { topic: "t" } }'),
      `Service call [${PACKAGE}.Consumer.On] declares an event destination topic of [t], but no topic support is configured. ${NO_BROKERS}`,
    ],
    [
      'two methods for one type',
      `service Consumer { rpc On(Happened) returns (Done) { ${from('source')} } rpc Too(Happened) returns (Done) { ${from('source')} } }`,
      `Endpoints [${PACKAGE}.Consumer.On] and [${PACKAGE}.Consumer.Too] both subscribe to the same event source with the same input type. If you wish to define two independent consumers of the same event source, use the consumer_group annotation on the source to identify them.`,
    ],
    [
      'a group of two services',
      `service Consumer { rpc On(Happened) returns (Done) { ${from('source', 'g')} } } service Too { rpc On(Other) returns (Done) { ${from('source', 'g')} } }`,
      `Services [${PACKAGE}.Consumer] and [${PACKAGE}.Too] both consume the event log [source] as group [g], where each would get a part of the events. Use a consumer_group of its own for each.`,
    ],
  ])('%s', async (_what, services, text) => {
    const kinds = services.includes('service Too') ? { ...ACTION, Too: 'action' as const } : ACTION;
    await using userFunction = await LogFunction.start(services, kinds);
    const proxy = await startWithoutServing(userFunction.port, {});
    try {
      const refused = new Promise<string>((resolve) => proxy.onRefused(resolve));
      expect(await refused).toBe(text);
      await eventually(() => userFunction.reported.length > 0);
      expect(userFunction.reported).toEqual([text]);
    } finally {
      await proxy.drain();
    }
  });

  test('a store without a change feed', async (context) => {
    const store = await startStore('cassandra');
    if ('missing' in store) notRun(context, store.missing);
    await using _store = store;
    await using userFunction = await LogFunction.start(CONSUMER, ACTION);
    const proxy = await startWithoutServing(userFunction.port, { store: settingOf('cassandra', store) });
    try {
      expect(await new Promise((resolve) => proxy.onRefused(resolve))).toMatch(
        /has declared a \[event_log\] event source, but this event source isn't supported\. The events of \[source\] are in Apache Cassandra, whose driver has no change feed/,
      );
    } finally {
      await proxy.drain();
    }
  }, 120_000);
});
