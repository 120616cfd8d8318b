import { once } from 'node:events';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { cloudstate } from '@stategate/protocol';
import type { Logger } from './logger.ts';
import type { Method } from './methods.ts';
import { unknownName } from './names.ts';

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

/** What an entity answers: undefined to a message that is not a command. */
export interface Session<In, Reply> {
  receive(message: In): Promise<Reply | undefined>;
}

interface Init {
  serviceName?: string | null;
  entityId?: string | null;
}

type Out<Reply> = { reply: Reply } | { failure: cloudstate.Failure.$Properties };

/**
 * Serves one stream, which is one active entity: init first, then one message after the other, until the proxy
 * half-closes. Never rejects.
 */
export async function serveEntityStream<In extends { init?: Init | null }, Reply>(
  call: ServerDuplexStream<In, Out<Reply>>,
  open: (init: NonNullable<In['init']>) => Session<In, Reply>,
  logger: Logger,
): Promise<void> {
  let session: Session<In, Reply> | undefined;
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
        const reply = await session.receive(message);
        if (reply !== undefined) await write(call, { reply });
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

/** Waits while the proxy reads more slowly than the entity answers. */
async function write<Message>(call: ServerDuplexStream<unknown, Message>, message: Message): Promise<void> {
  if (!call.write(message)) await Promise.race([once(call, 'drain'), once(call, 'close')]);
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
