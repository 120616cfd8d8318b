// A user function in TypeScript, for any proxy that speaks the Cloudstate protocol 0.2.
//
// Messages are plain objects with the names of the fields in camel case. Those that handlers get have every field:
// 64-bit integers are bigint, enums the names of their values, bytes a Buffer, unset messages null; of a oneof only the
// member that is set, and its name under the name of the oneof. Those that handlers give may leave fields out, and may
// have safe integers for bigint. A field that does not exist or has the wrong type is an error.
export { action, type Action, type ActionContext, type ActionOptions } from './action.ts';
export { type CloudEvent, cloudEventOf } from './cloud-event.ts';
export { jsonOf } from './json-payload.ts';
export { type CallContext, Failure, type Metadata, type Reply } from './call.ts';
export { crdt, type CrdtEntity, type CrdtOptions } from './crdt.ts';
export type { CancelContext, ChangeContext, Consistency, CrdtContext } from './crdt/context.ts';
export type { GCounter, PNCounter } from './crdt/counters.ts';
export type { Element } from './crdt/element.ts';
export type { Make } from './crdt/make.ts';
export type { ORMap } from './crdt/or-map.ts';
export type { Clock, Flag, LWWRegister, Vote } from './crdt/registers.ts';
export type { GSet, ORSet } from './crdt/sets.ts';
export type { Entity } from './discovery.ts';
export {
  eventSourced,
  type EventSourcedContext,
  type EventSourcedEntity,
  type EventSourcedOptions,
} from './event-sourced.ts';
export type { Logger } from './logger.ts';
export { ConfigurationError } from './names.ts';
export type { SchemaSource } from './schema.ts';
export { type Running, serve, type ServeOptions } from './serve.ts';
export { valueEntity, type ValueEntity, type ValueEntityContext, type ValueEntityOptions } from './value-entity.ts';
