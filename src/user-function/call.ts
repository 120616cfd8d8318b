import type { cloudstate } from '@stategate/protocol';
import { decode, encode, type Payload } from './messages.ts';
import { findInput, type Method } from './methods.ts';
import type { Schema } from './schema.ts';

/** What a command handler returns: the reply. Nothing is fine where the reply is google.protobuf.Empty, or after a forward. */
export type Reply = object | undefined | void;

/** What a handler can do besides returning a reply. Usable until the handler has finished. */
export interface CallContext {
  /** The name of the called method. */
  readonly commandName: string;
  /** Ends the command: the caller gets the description as the error, nothing of this command is kept. */
  fail(description: string): never;
  /** The caller gets the reply of this command instead. */
  forward(service: string, method: string, message: object): void;
  /** Runs a command afterwards; its outcome changes nothing here. With `synchronous` the caller's reply waits for it. */
  effect(service: string, method: string, message: object, options?: { synchronous?: boolean }): void;
}

/** One command on its way through a handler. */
export class Call {
  readonly #schema: Schema;
  readonly #method: Method;
  readonly effects: cloudstate.SideEffect.$Properties[] = [];
  #forward: cloudstate.Forward.$Properties | undefined;
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
      forward: (service, method, message) => {
        this.checkOpen();
        const payload = encode(findInput(this.#schema, service, method), message);
        this.#forward = { serviceName: service, commandName: method, payload };
      },
      effect: (service, method, message, options) => {
        this.checkOpen();
        const payload = encode(findInput(this.#schema, service, method), message);
        const synchronous = options?.synchronous === true;
        this.effects.push({ serviceName: service, commandName: method, payload, synchronous });
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
  ): Promise<{ forward: cloudstate.Forward.$Properties } | { reply: { payload: Payload } } | undefined> {
    try {
      const reply = await handler(decode(this.#method.input, payload.value ?? new Uint8Array()));
      if (this.#failure !== undefined) return undefined;
      if (this.#forward !== undefined) return { forward: this.#forward };
      const isEmpty = this.#method.output.fullName === '.google.protobuf.Empty';
      if (reply === undefined && !isEmpty) return undefined;
      return { reply: { payload: encode(this.#method.output, reply ?? {}) } };
    } catch (error) {
      if (error instanceof CommandFailed) return undefined;
      throw error;
    } finally {
      this.#finished = true;
    }
  }
}

class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
