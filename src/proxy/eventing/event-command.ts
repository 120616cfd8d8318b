import type { FeedEvent } from '@stategate/journal-spi';
import type { ServiceMethod } from '../protocol/service-model.ts';
import type { Metadata } from '../transport/call.ts';
import { ANY_TYPE, type EventConsumer } from './consumers.ts';

/** Types of which no message of protobuf has the name. */
const WITHOUT_MESSAGE = /^(p|json)\.cloudstate\.io\//;

/** The method for events of a type (protocol-spec §7.2). */
export function methodFor({ methods }: EventConsumer, typeUrl: string): ServiceMethod | undefined {
  const byType = WITHOUT_MESSAGE.test(typeUrl) ? undefined : methods.get(typeUrl.slice(typeUrl.indexOf('/') + 1));
  return byType ?? methods.get(ANY_TYPE);
}

export function noMethodFor(typeUrl: string, { persistenceId }: EventConsumer): string {
  return `No method can be found to handle protobuf type of [${typeUrl}] on input ${persistenceId}. Either declare a method for this type, or declare a method that accepts google.protobuf.Any.`;
}

/** The event as CloudEvent, in the form that the HTTP binding calls binary (§7.4). Its id stays the same when it comes again. */
export function cloudEvent({ stream, sequenceNr, manifest }: FeedEvent): Metadata {
  return [
    ['ce-id', `${stream.entityId}/${sequenceNr}`],
    ['ce-source', stream.persistenceId],
    ['ce-specversion', '1.0'],
    ['ce-type', manifest],
    ['Content-Type', 'application/vnd.cloudstate.protobuf.any'],
    ['ce-subject', stream.entityId],
  ];
}
