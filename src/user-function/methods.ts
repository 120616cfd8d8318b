import protobuf from 'protobufjs';
import { ConfigurationError, unknownName } from './names.ts';

/** What a command handler returns: the reply message. Nothing: an empty reply, when the method's reply is `Empty`. */
export type Reply = object | undefined | void;

/** A handler whose message types are checked by the compiler where it is defined and by the schema where it is called. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Handler = (...parameters: any[]) => Reply | Promise<Reply>;

/** A method of the user's service and its handler. */
export interface Method {
  readonly name: string;
  readonly input: protobuf.Type;
  readonly output: protobuf.Type;
  readonly handler: Handler;
}
