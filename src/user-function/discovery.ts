import type { cloudstate } from '@stategate/protocol';
import type { Action } from './action.ts';
import type { CrdtEntity } from './crdt.ts';
import type { EventSourcedEntity } from './event-sourced.ts';
import type { ValueEntity } from './value-entity.ts';

/** What `serve` serves: made by `eventSourced`, `valueEntity`, `crdt` and `action`. */
export type Entity = EventSourcedEntity | ValueEntity | CrdtEntity | Action;

/** The version of this library, as in its package.json. */
const VERSION = '0.1.0';

/** The protocol that this library speaks. */
export const PROTOCOL = { major: 0, minor: 2 };

const entityTypes = {
  'event-sourced': 'cloudstate.eventsourced.EventSourced',
  'value-entity': 'cloudstate.valueentity.ValueEntity',
  crdt: 'cloudstate.crdt.Crdt',
  action: 'cloudstate.action.ActionProtocol',
};

export function describe(
  entities: Entity[],
  descriptorSet: Uint8Array,
  service: { name: string; version: string },
): cloudstate.EntitySpec.$Properties {
  return {
    proto: descriptorSet,
    entities: entities.map(describeEntity),
    serviceInfo: {
      serviceName: service.name,
      serviceVersion: service.version,
      serviceRuntime: `node ${process.version}`,
      supportLibraryName: '@stategate/user-function',
      supportLibraryVersion: VERSION,
      protocolMajorVersion: PROTOCOL.major,
      protocolMinorVersion: PROTOCOL.minor,
    },
  };
}

function describeEntity(entity: Entity): cloudstate.Entity.$Properties {
  const described = { entityType: entityTypes[entity.kind], serviceName: entity.service };
  if (entity.kind === 'action') return described;
  const { persistenceId, passivationTimeoutMs } = entity;
  if (passivationTimeoutMs === undefined) return { ...described, persistenceId };
  return { ...described, persistenceId, passivationStrategy: { timeout: { timeout: passivationTimeoutMs } } };
}
