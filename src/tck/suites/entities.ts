// What event sourced and value entities have in common: their models take the same commands but for the change of the state.
import type { Plain } from '../codec.ts';
import { expectEqual } from '../expect.ts';
import type { InterceptedCall, Item } from '../interceptor.ts';
import type { Line } from '../line.ts';
import type { ModelWorld } from '../model-world.ts';
import type { ProxyWorld } from '../proxy-world.ts';

export const forward = (id: string): Plain => ({ forward: { id } });
export const effect = (id: string): Plain => ({ effect: { id } });
export const waited = (id: string): Plain => ({ effect: { id, synchronous: true } });
export const fail = (message: string): Plain => ({ fail: { message } });

/** What a command is answered with, before it is put into words. */
export type Told = string | { readonly forward: string } | { readonly fail: string };

/** The kind of entity, its services and messages. */
export class EntityWords {
  /** The service of the protocol. */
  readonly protocol: string;
  readonly #package: string;
  readonly model: string;
  readonly two: string;
  readonly configured: string;

  constructor(protocol: string, packageName: string, prefix: string) {
    this.protocol = protocol;
    this.#package = packageName;
    this.model = `${packageName}.${prefix}TckModel`;
    this.two = `${packageName}.${prefix}Two`;
    this.configured = `${packageName}.${prefix}Configured`;
  }

  any(name: string, message: Plain): Plain {
    return { [`${this.#package}.${name}`]: message };
  }

  persisted(value: string): Plain {
    return this.any('Persisted', { value });
  }

  init(entityId: string, more: Plain = {}, serviceName = this.model): Plain {
    return { init: { serviceName, entityId, ...more } };
  }

  command(id: number, entityId: string, actions: readonly Plain[] = [], name = 'Process'): Plain {
    return { command: { entityId, id, name, payload: this.any('Request', { id: entityId, actions }) } };
  }

  /** @param more the change of the state, in the words of the protocol */
  reply(commandId: number, told: Told, more: Plain = {}, effects: readonly Plain[] = []): Plain {
    const sideEffects = effects.map((one) => {
      const { id, synchronous } = one['effect'] as { id: string; synchronous?: boolean };
      return { ...this.#target(id), synchronous };
    });
    return { reply: { commandId, clientAction: this.#clientAction(commandId, told), sideEffects, ...more } };
  }

  #clientAction(commandId: number, told: Told): Plain {
    if (typeof told === 'string') return { reply: { payload: this.any('Response', { message: told }) } };
    if ('forward' in told) return { forward: this.#target(told.forward) };
    return { failure: { commandId, description: told.fail } };
  }

  #target(id: string): Plain {
    return { serviceName: this.two, commandName: 'Call', payload: this.any('Request', { id }) };
  }

  /** A stream of an entity, as it goes by between proxy and user function. */
  call(incoming: readonly Item[], outgoing: readonly Item[]): InterceptedCall {
    const name = this.protocol.slice(this.protocol.lastIndexOf('.') + 1);
    return { rpc: `${name}/handle`, in: incoming, out: outgoing };
  }

  /** What an entity without state is told and answers, one `Call` after the other. */
  callOfTwo(id: string, commands: number, initial: Plain): InterceptedCall {
    const ids = Array.from({ length: commands }, (_, index) => index + 1);
    return this.call(
      [this.init(id, initial, this.two), ...ids.map((n) => this.command(n, id, [], 'Call'))],
      ids.map((n) => this.reply(n, '')),
    );
  }

  /** Sends one command to the model by way of the proxy, which has to answer this. */
  async expectReply({ caller }: ProxyWorld, id: string, actions: readonly Plain[], message: string): Promise<void> {
    expectEqual('reply', await caller.call(this.model, 'Process', { id, actions }), { message });
  }

  async expectFailure({ caller }: ProxyWorld, id: string, actions: readonly Plain[], message: string): Promise<void> {
    expectEqual('error', await caller.failing(this.model, 'Process', { id, actions }), message);
  }

  /** An entity with a timeout of 100 ms is left alone. */
  async expectPassivation(world: ProxyWorld, initial: Plain): Promise<void> {
    const id = world.ids.next();
    expectEqual('reply', await world.caller.call(this.configured, 'Call', { id }), {});
    const [incoming, outgoing] = [
      [this.init(id, initial, this.configured), this.command(1, id, [], 'Call')],
      [this.reply(1, '')],
    ];
    await world.expectCalls([this.call([...incoming, 'complete'], [...outgoing, 'complete'])], 2_000);
  }
}

/** The stream of one entity of the model, with the kit in the place of the proxy. */
export class EntityLine {
  readonly #world: ModelWorld;
  readonly #words: EntityWords;
  readonly #id: string;
  #line: Line;
  #commands = 0;

  /** @param init what it is told of its state */
  constructor(world: ModelWorld, words: EntityWords, init: Plain) {
    this.#world = world;
    this.#words = words;
    this.#id = world.ids.next();
    this.#line = this.#open(init);
  }

  #open(init: Plain): Line {
    return this.#world.caller.open(this.#words.protocol, 'handle').send(this.#words.init(this.#id, init));
  }

  send(message: Plain): void {
    this.#line.send(message);
  }

  /** Sends the next command; the caller gets the reply. */
  command(actions: readonly Plain[]): Promise<Plain | undefined> {
    this.#commands += 1;
    return this.#line.send(this.#words.command(this.#commands, this.#id, actions)).next();
  }

  async expect(actions: readonly Plain[], told: Told, more?: Plain, effects?: readonly Plain[]): Promise<void> {
    const got = await this.command(actions);
    expectEqual(`answer to command ${this.#commands}`, got, this.#words.reply(this.#commands, told, more, effects));
  }

  /** The user function must close its side, and say nothing more. */
  passivate(): Promise<void> {
    return this.#line.halfClose().expectEnd();
  }

  async passivateAndReopen(init: Plain): Promise<void> {
    await this.passivate();
    this.#line = this.#open(init);
    this.#commands = 0;
  }
}

/** One thing that happens to an entity of the model. */
export type Step = (entity: EntityLine) => void | Promise<void>;

/** A command and its answer. */
export const run =
  (actions: readonly Plain[], told: Told, more?: Plain, effects?: readonly Plain[]): Step =>
  (entity) =>
    entity.expect(actions, told, more, effects);

/** A stream with this init; it passivates when all is done. */
export function script(
  words: EntityWords,
  init: Plain,
  ...steps: readonly Step[]
): (world: ModelWorld) => Promise<void> {
  return async (world) => {
    const entity = new EntityLine(world, words, init);
    for (const step of steps) await step(entity);
    await entity.passivate();
  };
}
