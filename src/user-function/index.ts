export { action, type Action, type ActionContext, type ActionOptions } from './action.ts';
export type { CallContext, Reply } from './call.ts';
export {
  eventSourced,
  type EventSourcedContext,
  type EventSourcedEntity,
  type EventSourcedOptions,
} from './event-sourced.ts';
export type { Logger } from './logger.ts';
export { ConfigurationError } from './names.ts';
export type { SchemaSource } from './schema.ts';
export { type Entity, type Running, serve, type ServeOptions } from './serve.ts';
export { valueEntity, type ValueEntity, type ValueEntityContext, type ValueEntityOptions } from './value-entity.ts';
