import type { cloudstate } from '@stategate/protocol';
import { decode, encode, nameOfPayload, type Payload } from './messages.ts';
import { findInput, type Method } from './methods.ts';
import type { Schema } from './schema.ts';

/** What a command handler gives: the reply. Nothing is fine where the reply is google.protobuf.Empty, or after a forward. */
export type Reply = object | undefined | void;

const ANY = '.google.protobuf.Any';

/** Names with their values, in their order; a name may occur several times. The names of bytes end in `-bin`. */
export type Metadata = readonly { readonly name: string; readonly value: string | Uint8Array }[];

/** Given in place of a reply: the caller gets the description as the error. */
export class Failure {
  readonly description: string;

  constructor(description: string) {
    this.description = description;
  }
}

/** What a handler can do besides giving a reply. Usable until the handler has finished. */
export interface CallContext {
  /** The name of the called method. */
  readonly commandName: string;
  /** Ends the command: the caller gets the description as the error, nothing of this command is kept. */
  readonly fail: (description: string) => never;
  /** The caller gets the reply of this command instead. */
  forward(service: string, method: string, message: object, options?: { metadata?: Metadata }): void;
  /** Runs a command afterwards; its outcome changes nothing here. With `synchronous` the caller's reply waits for it. */
  effect(
    service: string,
    method: string,
    message: object,
    options?: { synchronous?: boolean; metadata?: Metadata },
  ): void;
  /** Goes along with the reply: the caller sees it as a response header. Of several replies, only with the first. */
  replyMetadata(name: string, value: string | Uint8Array): void;
}

/** What the caller gets for one command. */
export type Answer = { forward: cloudstate.Forward.$Properties } | { reply: cloudstate.Reply.$Properties };

/** One command on its way through a handler. */
export class Call {
  readonly #schema: Schema;
  readonly #method: Method;
  effects: cloudstate.SideEffect.$Properties[] = [];
  #forward: cloudstate.Forward.$Properties | undefined;
  #metadata: { name: string; value: string | Uint8Array }[] = [];
  #failure: string | undefined;
  #finished = false;

  constructor(schema: Schema, method: Method) {
    this.#schema = schema;
    this.#method = method;
  }

  /** Why the command failed, if it did. */
  get failure(): string | undefined {
    return this.#failure;
  }

  context(): CallContext {
    return {
      commandName: this.#method.name,
      fail: (description) => {
        this.checkOpen();
        this.#failure = description;
        throw new CommandFailed(description);
      },
      forward: (service, method, message, options) => {
        this.#forward = this.#target(service, method, message, options?.metadata);
      },
      effect: (service, method, message, options) => {
        const target = this.#target(service, method, message, options?.metadata);
        this.effects.push({ ...target, synchronous: options?.synchronous === true });
      },
      replyMetadata: (name, value) => {
        this.checkOpen();
        this.#metadata.push({ name, value });
      },
    };
  }

  /** @throws Error once the handler has finished: what comes later would be lost */
  checkOpen(): void {
    if (this.#finished)
      throw new Error(`${this.#method.name} has already been answered; await everything in its handler`);
  }

  /**
   * Runs the handler.
   * @returns what the caller gets, undefined for nothing; when {@link failure} is set it decides instead
   * @throws whatever the handler throws but for `fail`
   */
  async run(
    payload: { value?: Uint8Array | null },
    handler: (message: object) => Reply | Promise<Reply>,
  ): Promise<Answer | undefined> {
    try {
      const reply = await handler(this.decode(payload));
      return this.#failure === undefined ? this.answer(reply) : undefined;
    } catch (error) {
      if (error instanceof CommandFailed) return undefined;
      throw error;
    } finally {
      this.finish();
    }
  }

  /** An event for a method that takes any is given as it is, not wrapped. */
  decode(payload: { typeUrl?: string | null; value?: Uint8Array | null }): object {
    const { input } = this.#method;
    const value = payload.value ?? new Uint8Array();
    if (input.fullName !== ANY || nameOfPayload(payload) === ANY.slice(1)) return decode(input, value);
    return { typeUrl: payload.typeUrl ?? '', value: Buffer.from(value) };
  }

  /** What the caller gets for this reply: undefined for nothing, or when {@link failure} is now set. */
  answer(reply: Reply): Answer | undefined {
    const forward = this.#forward;
    const metadata = this.#metadata;
    this.#forward = undefined;
    this.#metadata = [];
    if (reply instanceof Failure) {
      this.#failure = reply.description;
      return undefined;
    }
    if (forward !== undefined) return { forward };
    const isEmpty = this.#method.output.fullName === '.google.protobuf.Empty';
    if (reply === undefined && !isEmpty) return undefined;
    return { reply: { payload: encode(this.#method.output, reply ?? {}), ...entries(metadata) } };
  }

  /** The answer of an action, with the effects that its handler asked for since the answer before. */
  response(reply: Reply): cloudstate.action.ActionResponse.$Properties {
    const answer = this.answer(reply);
    const description = this.#failure;
    const sideEffects = this.effects;
    this.#failure = undefined;
    this.effects = [];
    return description === undefined ? { ...answer, sideEffects } : { failure: { description }, sideEffects };
  }

  finish(): void {
    this.#finished = true;
  }

  #target(
    service: string,
    method: string,
    message: object,
    metadata: Metadata = [],
  ): { serviceName: string; commandName: string; payload: Payload } & { metadata?: cloudstate.Metadata.$Properties } {
    this.checkOpen();
    const payload = encode(findInput(this.#schema, service, method), message);
    return { serviceName: service, commandName: method, payload, ...entries(metadata) };
  }
}

/** Thrown by `fail`. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

function entries(metadata: Metadata): { metadata?: cloudstate.Metadata.$Properties } {
  if (metadata.length === 0) return {};
  return {
    metadata: {
      entries: metadata.map(({ name: key, value }) =>
        typeof value === 'string' ? { key, stringValue: value } : { key, bytesValue: value },
      ),
    },
  };
}
