import type { ServiceError } from '@grpc/grpc-js';
import { eventually } from './eventually.ts';
import { GrpcClient } from './grpc-client.ts';
import { InProcessProxy } from './in-process-proxy.ts';
import { type ModelOptions, type Order, startModelFunction } from './model-function.ts';
import { ask, kept, seen } from './probe-messages.ts';
import { probeRoot } from './probe.ts';
import { type Received, Recorder } from './recorder.ts';
import type { ScriptedFunction } from './scripted-function.ts';

export type ProbeService = 'Probe' | 'ProbeValue' | 'ProbeAction';

/** The stateful kinds, by their services. */
export const ENTITIES = ['Probe', 'ProbeValue'] as const satisfies readonly ProbeService[];

export interface WorldOptions extends ModelOptions {
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** A proxy between real clients and the model user function. */
export class ProtocolWorld implements AsyncDisposable {
  readonly received: Recorder;
  readonly userFunction: ScriptedFunction;
  readonly proxy: InProcessProxy;
  readonly #clients: Readonly<Record<ProbeService, GrpcClient>>;

  private constructor(received: Recorder, userFunction: ScriptedFunction, proxy: InProcessProxy) {
    this.received = received;
    this.userFunction = userFunction;
    this.proxy = proxy;
    const root = probeRoot();
    const client = (service: ProbeService): GrpcClient =>
      new GrpcClient(proxy.apiPort, root, `stategate.test.${service}`);
    this.#clients = { Probe: client('Probe'), ProbeValue: client('ProbeValue'), ProbeAction: client('ProbeAction') };
  }

  static async start({ settings, ...model }: WorldOptions = {}): Promise<ProtocolWorld> {
    const received = new Recorder();
    const userFunction = await startModelFunction(received, model);
    const proxy = await InProcessProxy.start(userFunction.port, { 'snapshots.policy': 'always', ...settings });
    return new ProtocolWorld(received, userFunction, proxy);
  }

  client(service: ProbeService): GrpcClient {
    return this.#clients[service];
  }

  /** Sends one command over gRPC and resolves with the text of its reply. */
  async run(service: ProbeService, id: string, order: Order, method = 'Run'): Promise<unknown> {
    return (await this.client(service).call(method, { id, text: JSON.stringify(order) }))['text'];
  }

  /** Sends one command over HTTP. */
  post(
    service: ProbeService,
    id: string,
    order: Order,
    headers: Readonly<Record<string, string>> = {},
    signal: AbortSignal = AbortSignal.timeout(20_000),
  ): Promise<Response> {
    return fetch(this.proxy.url(`/stategate.test.${service}/${service === 'Probe' ? 'Other' : 'Run'}`), {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ id, text: JSON.stringify(order) }),
    });
  }

  /**
   * One life after the other: the orders of each are sent at once when the life before has been closed. Resolves with what the
   * callers got, all in one list: texts of replies, and of errors.
   */
  async live(service: ProbeService, id: string, ...lives: readonly (readonly Order[])[]): Promise<readonly unknown[]> {
    const outcomes: unknown[] = [];
    for (const orders of lives) {
      const before = this.lives(id).length;
      const calls = orders.map((order) =>
        this.run(service, id, order).catch((error: Partial<ServiceError>) => error.details),
      );
      outcomes.push(...(await Promise.all(calls)));
      await eventually(() => this.lives(id)[before]?.at(-1) === 'half-close', 10_000, `the end of ${id}`);
    }
    return outcomes;
  }

  /** What each stream of an entity received, one list for each life. */
  lives(entityId: string): readonly (readonly Received[])[] {
    return this.received.lives(entityId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of Object.values(this.#clients)) client[Symbol.dispose]();
    await this.proxy[Symbol.asyncDispose]();
    await this.userFunction[Symbol.asyncDispose]();
  }
}

/** What the caller of an order is to get; what its target answers when it forwards. */
export function outcomeOf({ fail, forward, reply = 'ok' }: Order): string {
  if (forward !== undefined) return outcomeOf(forward.order);
  return fail ?? reply ?? 'No message received';
}

/** The messages that a user function is to receive. */
export const expected = {
  init: (entityId: string, snapshot?: { sequence: number; text: string }) => ({
    init: {
      serviceName: 'stategate.test.Probe',
      entityId,
      ...(snapshot && { snapshot: { snapshotSequence: snapshot.sequence, snapshot: seen(kept(snapshot.text)) } }),
    },
  }),
  event: (sequence: number, text: string) => ({ event: { sequence, payload: seen(kept(text)) } }),
  valueInit: (entityId: string, text?: string) => ({
    init: {
      serviceName: 'stategate.test.ProbeValue',
      entityId,
      state: text === undefined ? {} : { value: seen(kept(text)) },
    },
  }),
  command: (id: number, entityId: string, order: Order, name = 'Run') => ({
    command: { entityId, id, name, payload: seen(ask(entityId, order)) },
  }),
};
