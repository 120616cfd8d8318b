import protobuf from 'protobufjs';
import { ConfigurationError, unknownName } from './names.ts';
import type { Schema } from './schema.ts';

/** A method of the user's service. */
export interface Method {
  readonly name: string;
  readonly input: protobuf.Type;
  readonly output: protobuf.Type;
  readonly streamedIn: boolean;
  readonly streamedOut: boolean;
}

/** Which methods an entity of some kind can have. */
export type Streams = 'none' | 'out' | 'both';

/**
 * The methods of a service, by name, each with one handler.
 * @throws ConfigurationError for an unknown service, a handler without a method, a method without a handler, streams that
 *   the entity cannot have
 */
export function bindMethods(
  schema: Schema,
  serviceName: string,
  handlers: string[],
  streams: Streams = 'none',
): Map<string, Method> {
  const service = findService(schema, serviceName);
  for (const name of handlers) {
    if (service.methods[name] === undefined)
      throw unknownName(`method of ${serviceName}:`, name, Object.keys(service.methods));
  }
  const methods = service.methodsArray.map((method): Method => {
    const { name, resolvedRequestType, resolvedResponseType } = method;
    if (!handlers.includes(name)) throw new ConfigurationError(`${serviceName}.${name} has no handler in commands`);
    const streamedIn = method.requestStream === true;
    const streamedOut = method.responseStream === true;
    if ((streamedIn && streams !== 'both') || (streamedOut && streams === 'none'))
      throw new ConfigurationError(`${serviceName}.${name} is streamed, which an entity of its kind cannot be`);
    if (resolvedRequestType === null || resolvedResponseType === null) {
      throw new ConfigurationError(`${serviceName}.${name} has a request or a reply that is not a message`);
    }
    return { name, input: resolvedRequestType, output: resolvedResponseType, streamedIn, streamedOut };
  });
  return new Map(methods.map((method) => [method.name, method]));
}

/** The input of any method of any service of the schema: the target of a forward or a side effect. */
export function findInput(schema: Schema, serviceName: string, methodName: string): protobuf.Type {
  const { methods } = findService(schema, serviceName);
  const input = methods[methodName]?.resolvedRequestType;
  if (input === undefined || input === null) {
    throw unknownName(`method of ${serviceName}:`, methodName, Object.keys(methods));
  }
  return input;
}

/** A message by its full name, or by a name that is seen from the service's package. */
export function findMessage(schema: Schema, name: string, serviceName: string): protobuf.Type {
  const found = findService(schema, serviceName).parent?.lookup(name, [protobuf.Type]);
  if (found instanceof protobuf.Type) return found;
  throw unknownName(`message (for ${serviceName}):`, name, namesOf(schema.root, protobuf.Type));
}

function findService(schema: Schema, name: string): protobuf.Service {
  const found = schema.root.lookup(`.${name}`, [protobuf.Service]);
  if (found instanceof protobuf.Service) return found;
  throw unknownName('service', name, namesOf(schema.root, protobuf.Service));
}

function namesOf(namespace: protobuf.NamespaceBase, kind: typeof protobuf.Type | typeof protobuf.Service): string[] {
  return namespace.nestedArray.flatMap((child) => [
    ...(child instanceof kind ? [child.fullName.slice(1)] : []),
    ...(child instanceof protobuf.Namespace ? namesOf(child, kind) : []),
  ]);
}
