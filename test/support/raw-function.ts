import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { cloudstate } from '@stategate/protocol';
import { BAD, type Tormentor } from './ordeal.ts';
import { answer } from './probe-messages.ts';
import { answerOf, probeSpec } from './scripted-function.ts';

const { EventSourcedStreamIn, EventSourcedStreamOut } = cloudstate.eventsourced;
const SPEC = Buffer.from(cloudstate.EntitySpec.encode(probeSpec()).finish());
const { ActionCommand, ActionResponse } = cloudstate.action;
const GRPC: OutgoingHttpHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' };

/** The moment in which the user function may break its stream, or the connection. */
export interface RawTurn {
  readonly stream: ServerHttp2Stream;
  /** The connection itself, beneath HTTP/2. */
  readonly socket: Socket;
  /** The frame of a right answer. */
  readonly answer: Buffer;
  /** Sends good headers; good trailers follow the end unless others are given, or none. */
  respond(trailers?: OutgoingHttpHeaders | 'none', more?: OutgoingHttpHeaders): void;
}

/** A user function for event sourced entities and unary actions on nothing but HTTP/2: it breaks rules that no gRPC library would let it break. */
export async function rawFunction(misbehave: (turn: RawTurn) => void): Promise<Tormentor> {
  const reported: string[] = [];
  const sockets = new Set<Socket>();
  let lives = 0;
  const server = createServer();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('sessionError', () => undefined);
  server.on('session', (session) => session.on('error', () => undefined));
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => undefined);
    const path = headers[':path'] ?? '';
    const respond = (trailers: OutgoingHttpHeaders | 'none' = { 'grpc-status': '0' }, more = {}): void => {
      stream.respond({ ...GRPC, ...more }, { waitForTrailers: trailers !== 'none' });
      if (trailers !== 'none') stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    };
    eachMessage(stream, (bytes) => {
      if (path.endsWith('/discover')) {
        respond();
        stream.end(framed(SPEC));
      } else if (path.endsWith('/reportError')) {
        reported.push(cloudstate.UserFunctionError.decode(bytes).message);
        respond();
        stream.end(framed(Buffer.alloc(0)));
      } else if (path.endsWith('/handleUnary')) {
        const { payload } = ActionCommand.decode(bytes);
        const text = answerOf({ payload: payload ?? null });
        const good = framed(ActionResponse.encode({ reply: { payload: text } }).finish());
        if (Buffer.from(payload?.value ?? []).includes(BAD) && !Buffer.from(text.value).includes('next'))
          return misbehave({ stream, socket: lastOf(sockets), answer: good, respond });
        respond();
        stream.end(good);
      } else {
        const { init, command } = EventSourcedStreamIn.decode(bytes);
        if (init?.entityId === BAD) lives += 1;
        if (command == null) return;
        const isBad = command.entityId === BAD && !Buffer.from(answerOf(command).value).includes('next');
        if (isBad) return misbehave({ stream, socket: lastOf(sockets), answer: reply(answer('reply')), respond });
        if (!stream.headersSent) respond();
        stream.write(reply(answerOf(command), command.id ?? 0));
      }
    });
    stream.on('end', () => {
      if (!stream.headersSent && !stream.closed) respond();
      stream.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    port: address.port,
    reported,
    get lives() {
      return lives;
    },
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      return Promise.resolve();
    },
  };
}

export function framed(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function lastOf(sockets: ReadonlySet<Socket>): Socket {
  const socket = [...sockets].at(-1);
  if (socket === undefined) throw new Error('no connection');
  return socket;
}

function reply(payload: { typeUrl: string; value: Uint8Array }, commandId = 1): Buffer {
  return framed(EventSourcedStreamOut.encode({ reply: { commandId, clientAction: { reply: { payload } } } }).finish());
}

function eachMessage(stream: ServerHttp2Stream, onMessage: (bytes: Buffer) => void): void {
  let buffered = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= 5 && buffered.length >= 5 + buffered.readUInt32BE(1)) {
      const end = 5 + buffered.readUInt32BE(1);
      onMessage(buffered.subarray(5, end));
      buffered = buffered.subarray(end);
    }
  });
}
