import descriptor from 'protobufjs/ext/descriptor.js';
import type { Plain } from './codec.ts';

export const DISCOVERY = 'cloudstate.EntityDiscovery';
export const ACTIONS = 'cloudstate.action.ActionProtocol';
export const VALUE_ENTITIES = 'cloudstate.valueentity.ValueEntity';
export const EVENT_SOURCED = 'cloudstate.eventsourced.EventSourced';
export const CRDTS = 'cloudstate.crdt.Crdt';
export const ENTITY_TYPES: readonly string[] = [ACTIONS, VALUE_ENTITIES, EVENT_SOURCED, CRDTS];

/** What a user function says of an entity. */
export interface EntityOfSpec {
  readonly entityType?: string;
  readonly serviceName?: string;
  readonly persistenceId?: string;
  readonly passivationStrategy?: Plain;
}

/** What a user function says of itself. */
export class Spec {
  readonly entities: readonly EntityOfSpec[];
  /** The services of its descriptors, by their full names. */
  readonly services: ReadonlySet<string>;

  constructor(spec: Plain) {
    this.entities = (spec['entities'] ?? []) as readonly EntityOfSpec[];
    const { file } = descriptor.FileDescriptorSet.decode(
      Buffer.from((spec['proto'] ?? '') as string, 'base64'),
    ) as unknown as DescriptorSet;
    this.services = new Set(
      file.flatMap((one) => (one.service ?? []).map(({ name }) => (one.package ? `${one.package}.${name}` : name))),
    );
  }

  /** Those of them that it does not serve. */
  missing(services: readonly string[]): readonly string[] {
    return services.filter((service) => !this.entities.some(({ serviceName }) => serviceName === service));
  }

  entity(service: string): EntityOfSpec | undefined {
    return this.entities.find(({ serviceName }) => serviceName === service);
  }
}

interface DescriptorSet {
  readonly file: readonly { readonly package?: string; readonly service?: readonly { readonly name: string }[] }[];
}
