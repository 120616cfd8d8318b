import type { DescMethod, DescService } from '@bufbuild/protobuf';
import type { cloudstate } from '@stategate/protocol';
import { entityKeyReader, UnusableKeyField } from '../routing/entity-key.ts';
import { DiscoveryError, readDescriptors } from './descriptors.ts';
import { httpRule, isEntityKey } from './method-options.ts';
import type { EntityKind, EntityService, ServiceMethod, ServiceModel } from './service-model.ts';

export const PROTOCOL_MAJOR = 0;
export const PROTOCOL_MINOR = 2;

/** The entity types that this proxy serves, by their names in the protocol, in the order in which they are announced. */
export const ENTITY_TYPES: ReadonlyMap<string, EntityKind> = new Map([
  ['cloudstate.crdt.Crdt', 'crdt'],
  ['cloudstate.action.ActionProtocol', 'action'],
  ['cloudstate.eventsourced.EventSourced', 'event-sourced'],
  ['cloudstate.valueentity.ValueEntity', 'value'],
]);

export interface Discovered {
  readonly model: ServiceModel;
  /** What is served differently from what the user function's author may expect. */
  readonly warnings: readonly string[];
}

/** Validates what a user function declared, in the order and with the texts of protocol-spec §2.4. Throws `DiscoveryError`. */
export function readEntitySpec(spec: cloudstate.EntitySpec.$Properties, protocolCheck: boolean): Discovered {
  const warnings = [...checkVersion(spec.serviceInfo ?? {}, protocolCheck)];
  const { registry, files } = readDescriptors(spec.proto ?? new Uint8Array(0));
  const entities = spec.entities ?? [];
  if (entities.length === 0) throw new DiscoveryError('No entities were reported by the discover call!');
  const services = new Map<string, EntityService>();
  for (const entity of entities) {
    const name = entity.serviceName ?? '';
    const desc = registry.getService(name);
    if (desc === undefined) throw new DiscoveryError(`Service [${name}] not found in descriptors!`);
    const service = readService(entity, desc);
    checkPersistenceId(service, services.values());
    services.set(name, service);
  }
  const { serviceName, serviceVersion } = spec.serviceInfo ?? {};
  const about = { name: serviceName ?? '', version: serviceVersion ?? '' };
  const methods = [...services.values()].flatMap((service) => [...service.methods.values()]);
  const byPath = new Map(methods.map((method) => [method.path, method]));
  return { model: { about, services, methods: byPath, registry, files }, warnings };
}

function* checkVersion(info: cloudstate.ServiceInfo.$Properties, protocolCheck: boolean): Generator<string> {
  const version = `${info.protocolMajorVersion ?? 0}.${info.protocolMinorVersion ?? 0}`;
  const ours = `${PROTOCOL_MAJOR}.${PROTOCOL_MINOR}`;
  if (version === ours) return;
  const text = `Incompatible protocol version ${version}, only ${ours} is supported`;
  if (version === '0.0') yield `The user function does not say which protocol it speaks; ${ours} is assumed`;
  else if (protocolCheck) throw new DiscoveryError(text);
  else yield `${text}; the check is switched off (userFunction.protocolCheck)`;
}

function readService(entity: cloudstate.Entity.$Properties, desc: DescService): EntityService {
  const entityType = entity.entityType ?? '';
  const kind = ENTITY_TYPES.get(entityType);
  if (kind === undefined) {
    throw new DiscoveryError(
      `Service [${desc.typeName}] has declared an unsupported entity type [${entityType}]. Supported types are ${[...ENTITY_TYPES.keys()].join(',')}`,
    );
  }
  if (kind !== 'action') checkStatefulMethods(kind, desc);
  const methods = new Map<string, ServiceMethod>();
  const timeoutMs = entity.passivationStrategy?.timeout?.timeout ?? 0;
  const service: EntityService = {
    name: desc.typeName,
    kind,
    persistenceId: kind === 'action' ? '' : (entity.persistenceId ?? ''),
    ...(timeoutMs > 0 && { passivationTimeoutMs: timeoutMs }),
    methods,
  };
  for (const method of desc.methods) {
    methods.set(method.name, readMethod(service, method));
  }
  return service;
}

const KIND_TEXT = {
  crdt: 'CRDT entities',
  'event-sourced': 'Event sourced entities',
  value: 'Value based entities',
} as const;

function checkStatefulMethods(kind: keyof typeof KIND_TEXT, desc: DescService): void {
  const refuse = (what: string, methods: readonly DescMethod[]): void => {
    if (methods.length === 0) return;
    throw new DiscoveryError(`${KIND_TEXT[kind]} do not support ${what}: ${methods.map(({ name }) => name).join(',')}`);
  };
  refuse(
    `${kind === 'crdt' ? 'streaming in from the client' : 'streamed methods'}, but ${desc.typeName} has the following streamed methods`,
    desc.methods.filter(({ proto }) => proto.clientStreaming || (proto.serverStreaming && kind !== 'crdt')),
  );
  refuse(
    `methods whose parameters do not have at least one field marked as entity_key, but ${desc.typeName} has the following methods without keys`,
    desc.methods.filter(({ input }) => !input.fields.some(isEntityKey)),
  );
}

function readMethod(service: EntityService, desc: DescMethod): ServiceMethod {
  const keys = desc.input.fields.filter(isEntityKey);
  const rule = httpRule(desc);
  try {
    return {
      service,
      name: desc.name,
      path: `/${service.name}/${desc.name}`,
      desc,
      streamedIn: desc.proto.clientStreaming,
      streamedOut: desc.proto.serverStreaming,
      inputTypeUrl: `type.googleapis.com/${desc.input.typeName}`,
      outputTypeUrl: `type.googleapis.com/${desc.output.typeName}`,
      ...(keys.length > 0 && service.kind !== 'action' && { entityKey: entityKeyReader(desc.input, keys) }),
      ...(rule && { httpRule: rule }),
    };
  } catch (error) {
    if (error instanceof UnusableKeyField) throw new DiscoveryError(error.message);
    throw error;
  }
}

function checkPersistenceId(service: EntityService, others: Iterable<EntityService>): void {
  if (service.kind === 'action') return;
  const bytes = Buffer.byteLength(service.persistenceId);
  const most = service.kind === 'crdt' ? 1024 - '$crdt/'.length : 1024;
  if (bytes === 0 || bytes > most) {
    throw new DiscoveryError(
      `Service [${service.name}] has a persistence id of ${bytes} bytes: it must have 1 to ${most}`,
    );
  }
  if (service.persistenceId.startsWith('$')) {
    throw new DiscoveryError(
      `Service [${service.name}] has the persistence id [${service.persistenceId}]: those that begin with $ are reserved`,
    );
  }
  for (const other of others) {
    if (other.kind === service.kind && other.persistenceId === service.persistenceId) {
      throw new DiscoveryError(
        `Services [${other.name}] and [${service.name}] have the same persistence id [${service.persistenceId}]: their entities would share their state`,
      );
    }
  }
}
