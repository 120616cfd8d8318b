import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { cloudstate } from '@stategate/protocol';
import type { Logger } from './logger.ts';
import type { Method } from './methods.ts';
import { unknownName } from './names.ts';
import { write } from './rpc.ts';

/** Ends the stream of an entity. The proxy drops the entity and rebuilds it for the next command. */
export class StreamFailure extends Error {
  override readonly name = 'StreamFailure';
  /** 0 when no command is to blame. */
  readonly commandId: number;

  constructor(commandId: number, description: string, options?: ErrorOptions) {
    super(description, options);
    this.commandId = commandId;
  }
}

/** What an entity answers to one message: nothing to what is not a command. */
export interface Session<In, Out> {
  receive(message: In): Promise<readonly Out[]>;
}

interface Init {
  serviceName?: string | null;
  entityId?: string | null;
}

type Failed = { failure: cloudstate.Failure.$Properties };

/**
 * Serves one stream, which is one active entity: init first, then one message after the other, until the proxy
 * half-closes. Never rejects.
 */
export async function serveEntityStream<In extends { init?: Init | null }, Out>(
  call: ServerDuplexStream<In, Out | Failed>,
  open: (init: NonNullable<In['init']>) => Session<In, Out>,
  logger: Logger,
): Promise<void> {
  let session: Session<In, Out> | undefined;
  let name = 'an entity';
  try {
    // The iterator must not destroy the call when a failure leaves the loop.
    for await (const message of call.iterator({ destroyOnReturn: false }) as AsyncIterable<In>) {
      const { init } = message;
      if (session === undefined) {
        if (init === undefined || init === null) throw new StreamFailure(0, 'Protocol error: Expected init message');
        name = `${init.serviceName} "${init.entityId}"`;
        session = open(init);
      } else {
        if (init !== undefined && init !== null) throw new StreamFailure(0, 'Protocol error: Entity already inited');
        for (const out of await session.receive(message)) await write(call, out);
      }
    }
  } catch (error) {
    if (call.cancelled || call.destroyed) return;
    const known = error instanceof StreamFailure;
    logger.error(`${name} failed: ${known ? error.message : String(error)}`, known ? error.cause : error);
    const description = known ? error.message : `Unexpected failure: ${String(error)}`;
    call.write({ failure: { commandId: known ? error.commandId : 0, description } });
    call.resume(); // reads on to the end of what the proxy sends
  }
  call.end();
}

/** What every command must have. */
export function checkCommand(
  command: cloudstate.Command.$Properties,
  entityId: string,
  service: string,
  methods: Map<string, Method>,
): { id: number; method: Method; payload: { value?: Uint8Array | null } } {
  const { id: commandId, name, payload } = command;
  const id = commandId ?? 0;
  if (command.entityId !== entityId) {
    throw new StreamFailure(id, 'Protocol error: Receiving entity is not the intended recipient of command');
  }
  if (payload === undefined || payload === null) throw new StreamFailure(id, 'Protocol error: No command payload');
  const method = methods.get(name ?? '');
  if (method === undefined) {
    throw new StreamFailure(id, unknownName(`command of ${service}:`, name ?? '', methods.keys()).message);
  }
  return { id, method, payload };
}

/** For what a handler throws. */
export function unexpected(commandId: number, method: Method): (cause: unknown) => never {
  return (cause) => {
    throw new StreamFailure(commandId, `Unexpected failure in ${method.name}: ${String(cause)}`, { cause });
  };
}
