import { Codec } from './codec.ts';
import { expectEqual, Mismatch, pause } from './expect.ts';
import { Ids } from './ids.ts';
import { Caller } from './line.ts';
import { loadSchema } from './schema.ts';
import { DISCOVERY, ENTITY_TYPES, type EntityOfSpec, Spec } from './spec.ts';

const TRIES_APART_MS = 250;

/** The kit in the place of the proxy, before a user function. */
export class ModelWorld implements AsyncDisposable {
  readonly caller: Caller;
  readonly spec: Spec;
  readonly ids = new Ids();

  private constructor(caller: Caller, spec: Spec) {
    this.caller = caller;
    this.spec = spec;
  }

  /**
   * Discovers the user function at `address` (`host:port`).
   * @param waitMs how long it may take to start
   */
  static async start(address: string, waitMs: number): Promise<ModelWorld> {
    const caller = new Caller(address, new Codec(loadSchema()));
    const info = {
      protocolMinorVersion: 2,
      proxyName: 'stategate-tck',
      proxyVersion: '0.1.0',
      supportedEntityTypes: ENTITY_TYPES,
    };
    for (const end = performance.now() + waitMs; ; await pause(TRIES_APART_MS)) {
      try {
        return new ModelWorld(caller, new Spec(await caller.call(DISCOVERY, 'discover', info)));
      } catch (error) {
        if (performance.now() < end) continue;
        caller[Symbol.dispose]();
        const why = error instanceof Mismatch ? JSON.stringify(error.got) : String(error);
        throw new Error(`no user function at ${address}: ${why}`, { cause: error });
      }
    }
  }

  /** The service has to be declared as said, and be in the descriptors. */
  expectEntity(service: string, expected: EntityOfSpec): void {
    const declared = this.spec.entity(service);
    const names = Object.keys(expected) as (keyof EntityOfSpec)[];
    const got = declared && Object.fromEntries(names.map((name) => [name, declared[name]]));
    expectEqual(`what is declared of ${service}`, got, expected);
    expectEqual(`${service} in the descriptors`, this.spec.services.has(service), true);
  }

  async afterCase(): Promise<void> {
    this.caller.cancelAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.caller[Symbol.dispose]();
  }
}
