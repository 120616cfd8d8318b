import type { Driver } from '@stategate/journal-spi';
import type { cloudstate } from '@stategate/protocol';
import { DiscoveryError } from '../protocol/descriptors.ts';
import { eventing } from '../protocol/method-options.ts';
import type { EntityService, ServiceMethod, ServiceModel } from '../protocol/service-model.ts';

export const ANY_TYPE = 'google.protobuf.Any';
const KEY_MAX_BYTES = 1024;
const NO_BROKERS = 'Topics of message brokers are not supported yet: of event sources there is event_log.';

/** The methods of one service that share one way through the events of one persistence id. */
export interface EventConsumer {
  /** Of the entities whose events are consumed. */
  readonly persistenceId: string;
  readonly group: string;
  readonly service: EntityService;
  /** By the full name of the message they take; the one of `google.protobuf.Any` takes what no other does. */
  readonly methods: ReadonlyMap<string, ServiceMethod>;
  /** Under which its progress is kept: one for each persistence id and group. */
  readonly key: string;
}

/**
 * Reads what consumes events (protocol-spec §7.1), and refuses what cannot be carried out, with the texts of §7.3 and §2.4.
 * `journalOf` says where the events of a persistence id are. Throws `DiscoveryError`.
 */
export function readConsumers(
  model: ServiceModel,
  journalOf: (persistenceId: string) => Driver,
): readonly EventConsumer[] {
  const consumers = new Map<string, EventConsumer & { readonly methods: Map<string, ServiceMethod> }>();
  for (const service of model.services.values()) {
    for (const method of service.methods.values()) {
      const declared = eventing(method.desc);
      if (declared === undefined) continue;
      if (declared.in == null) {
        if (declared.out != null) refuseDestination(method, declared.out);
        continue;
      }
      const persistenceId = sourceOf(method, declared.in, declared.out);
      checkFeed(method, persistenceId, journalOf(persistenceId));
      const group = declared.in.consumerGroup || service.name;
      const key = keyOf(persistenceId, group);
      const consumer = consumers.get(key) ?? { persistenceId, group, service, methods: new Map(), key };
      consumers.set(key, consumer);
      addMethod(consumer, method);
    }
  }
  return [...consumers.values()];
}

/** The event log that a method consumes. */
function sourceOf(
  method: ServiceMethod,
  source: cloudstate.EventSource.$Properties,
  destination: cloudstate.EventDestination.$Properties | null | undefined,
): string {
  const input = method.desc.input.typeName;
  const { topic, eventLog } = source;
  const output = destination?.topic;
  if (topic && topic === output) {
    throw new DiscoveryError(
      `Endpoint [${nameOf(method)}] has the same input topic as output topic [${output}], this is not allowed.`,
    );
  }
  if (!topic && !eventLog)
    throw new DiscoveryError(`Eventing consumer [${input}] has declared an input with no source.`);
  if (!eventLog) throw new DiscoveryError(`${unsupported(input, 'topic')} ${NO_BROKERS}`);
  if (destination == null) return eventLog;
  if (!output) throw new DiscoveryError('Eventing consumer has declared an input with no destination.');
  // The brace is in the text that others know.
  throw new DiscoveryError(
    `Eventing consumer has declared an output topic [${output}}], but no topic eventing support has been provided. ${NO_BROKERS}`,
  );
}

/** Of a method that consumes nothing: its replies would go to a broker. */
function refuseDestination(method: ServiceMethod, { topic }: cloudstate.EventDestination.$Properties): never {
  if (!topic) throw new DiscoveryError(`Service call [${nameOf(method)}] has declared an event out with no topic.`);
  throw new DiscoveryError(
    `Service call [${nameOf(method)}] declares an event destination topic of [${topic}], but no topic support is configured. ${NO_BROKERS}`,
  );
}

function checkFeed(method: ServiceMethod, persistenceId: string, { feed, server }: Driver): void {
  if (feed !== undefined) return;
  const input = method.desc.input.typeName;
  throw new DiscoveryError(
    `${unsupported(input, 'event_log')} The events of [${persistenceId}] are in ${server.product}, whose driver has no change feed (compat-matrix.md: which have one).`,
  );
}

function unsupported(input: string, source: string): string {
  return `Eventing consumer [${input}] has declared a [${source}] event source, but this event source isn't supported.`;
}

function addMethod(
  { service, methods, group, persistenceId }: EventConsumer & { readonly methods: Map<string, ServiceMethod> },
  method: ServiceMethod,
): void {
  if (service !== method.service) {
    throw new DiscoveryError(
      `Services [${service.name}] and [${method.service.name}] both consume the event log [${persistenceId}] as group [${group}], where each would get a part of the events. Use a consumer_group of its own for each.`,
    );
  }
  const input = method.desc.input.typeName;
  const other = methods.get(input);
  if (other !== undefined) {
    throw new DiscoveryError(
      `Endpoints [${nameOf(other)}] and [${nameOf(method)}] both subscribe to the same event source with the same input type. If you wish to define two independent consumers of the same event source, use the consumer_group annotation on the source to identify them.`,
    );
  }
  methods.set(input, method);
}

function keyOf(persistenceId: string, group: string): string {
  const key = `${encodeURIComponent(persistenceId)}/${encodeURIComponent(group)}`;
  if (key.length <= KEY_MAX_BYTES) return key;
  throw new DiscoveryError(
    `The event log and the consumer group [${group.slice(0, 100)}…] have together ${key.length} characters, URL encoded: at most ${KEY_MAX_BYTES} are possible. Use a shorter consumer_group.`,
  );
}

function nameOf({ desc }: ServiceMethod): string {
  return `${desc.parent.typeName}.${desc.name}`;
}
