import type { AnyPayload, ClientAction, CommandOutcome, SideEffect } from '../entities/outcome.ts';
import type { EntityRegion } from '../entities/region.ts';
import type { PendingCommand } from '../entities/stash.ts';
import type { ServiceMethod, ServiceModel } from '../protocol/service-model.ts';
import { Code, type Metadata, OK, type Status } from '../transport/call.ts';
import type { CommandContext, CommandRouter, ReplySink, RunningCommand } from './command.ts';
import { DeadlineSink, NOT_RUNNING } from './deadline-sink.ts';
import type { EffectRunner } from './effects.ts';
import { InvalidKey } from './entity-key.ts';

const MAX_ENTITY_ID_BYTES = 1024;
const EMPTY = new Uint8Array(0);

export interface RouterOptions {
  readonly model: ServiceModel;
  /** The live entities of each stateful service, by its name. */
  readonly regions: ReadonlyMap<string, EntityRegion>;
  readonly callAction: (
    action: { serviceName: string; commandName: string; payload: AnyPayload; metadata: Metadata; timeoutMs: number },
    done: (outcome: CommandOutcome) => void,
  ) => RunningCommand;
  readonly effects: EffectRunner;
  readonly forwardMax: number;
  readonly relayTimeoutMs: number;
  /** Whether the user function can be asked now. */
  readonly isReachable: () => boolean;
  /** Tells the user function about a mistake of its own. */
  readonly reportError: (message: string) => void;
}

/** One step of a command's way: who is called, and how it came to that. */
interface Step {
  readonly method: ServiceMethod;
  readonly payload: Uint8Array;
  readonly typeUrl: string;
  readonly metadata: Metadata;
  readonly deadline: number;
  /** `service.method`, this step's first, with what led from each to the one before. */
  readonly trail: readonly string[];
  readonly forwards: number;
}

/** Brings commands to their entities and actions, carries out what they answer (protocol-spec §8.7). */
export class Router implements CommandRouter {
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  dispatch(method: ServiceMethod, payload: Uint8Array, context: CommandContext, sink: ReplySink): RunningCommand {
    if (!this.#options.isReachable()) {
      sink.end({ code: Code.UNAVAILABLE, message: 'the user function cannot be reached' });
      return NOT_RUNNING;
    }
    const deadline = Math.min(context.deadline, performance.now() + this.#options.relayTimeoutMs);
    const trail = [`${method.service.name}.${method.name}`];
    const step = {
      method,
      payload,
      typeUrl: method.inputTypeUrl,
      metadata: context.metadata,
      deadline,
      trail,
      forwards: 0,
    };
    const once = new DeadlineSink(sink, deadline - performance.now());
    this.#run(step, once);
    return once;
  }

  #run(step: Step, sink: DeadlineSink): void {
    sink.running = this.#send(step, (outcome) => {
      if (outcome.type === 'failed') sink.end(outcome.status);
      else if (outcome.sideEffects.length === 0) this.#act(step, outcome.action, sink);
      else void this.#afterEffects(step, outcome.sideEffects, outcome.action, sink);
    });
  }

  /** Gives the command to whoever handles it. */
  #send(step: Step, done: (outcome: CommandOutcome) => void): RunningCommand {
    const { method, payload, typeUrl, metadata, deadline } = step;
    const { service } = method;
    const fail = (code: Code, message: string): RunningCommand => {
      done({ type: 'failed', status: { code, message } });
      return NOT_RUNNING;
    };
    if (method.desc.methodKind !== 'unary') {
      return fail(
        Code.UNIMPLEMENTED,
        `${service.name}/${method.name} is streamed, and this version serves unary methods only`,
      );
    }
    const region = this.#options.regions.get(service.name);
    if (region === undefined || method.entityKey === undefined) {
      const timeoutMs = Math.max(1, deadline - performance.now());
      const action = {
        serviceName: service.name,
        commandName: method.name,
        payload: { typeUrl, value: payload },
        metadata,
        timeoutMs,
      };
      return this.#options.callAction(action, done);
    }
    let entityId;
    try {
      entityId = method.entityKey(payload);
    } catch (error) {
      if (error instanceof InvalidKey) return fail(Code.INVALID_ARGUMENT, error.message);
      throw error;
    }
    if (entityId.length * 3 > MAX_ENTITY_ID_BYTES && Buffer.byteLength(entityId) > MAX_ENTITY_ID_BYTES) {
      return fail(
        Code.INVALID_ARGUMENT,
        `the entity id has ${Buffer.byteLength(entityId)} bytes, the limit is ${MAX_ENTITY_ID_BYTES}`,
      );
    }
    const command = new EntityCommand(method.name, typeUrl, payload, done);
    region.handle(entityId, command);
    return command;
  }

  async #afterEffects(
    step: Step,
    effects: readonly SideEffect[],
    action: ClientAction,
    sink: DeadlineSink,
  ): Promise<void> {
    for (const effect of effects) {
      const failure = await this.#effect(step, effect);
      if (failure !== undefined) return sink.end(failure);
    }
    this.#act(step, action, sink);
    return undefined;
  }

  /** Carries out one effect; what a synchronous one answers is of no interest, only that it could answer. */
  async #effect(step: Step, effect: SideEffect): Promise<Status | undefined> {
    const target = this.#target(step, effect, 'side-effect of');
    if ('code' in target) return effect.synchronous ? target : undefined;
    if (!effect.synchronous) {
      this.#options.effects.start(async () => {
        await this.#toEnd(target);
      });
      return undefined;
    }
    const status = await this.#toEnd(target);
    return status.code === Code.OK || status.bare === true ? undefined : status;
  }

  /** An effect follows from what is stored already, so it is carried out whatever becomes of the caller: its time is its own. */
  #toEnd(step: Step): Promise<Status> {
    return new Promise((resolve) => {
      const { relayTimeoutMs } = this.#options;
      const sink = new DeadlineSink({ message: () => undefined, end: resolve }, relayTimeoutMs);
      this.#run({ ...step, deadline: performance.now() + relayTimeoutMs }, sink);
    });
  }

  #act(step: Step, action: ClientAction, sink: DeadlineSink): void {
    switch (action.type) {
      case 'none':
        return sink.end(OK);
      case 'failure':
        return sink.end({ code: Code.UNKNOWN, message: action.description, bare: true });
      case 'reply': {
        const { payload, metadata } = action;
        if (payload !== undefined) {
          this.#checkReplyType(step, payload.typeUrl ?? '');
          sink.message(payload.value ?? EMPTY, metadata);
        }
        return sink.end(OK);
      }
      case 'forward': {
        const target = this.#target(step, action, 'forwarded from');
        if ('code' in target) sink.end(target);
        else this.#run(target, sink);
        return undefined;
      }
      default:
        return action satisfies never;
    }
  }

  /** The step that a forward or an effect leads to, or why there is none. */
  #target(
    from: Step,
    to: { serviceName: string; commandName: string; payload: AnyPayload | undefined; metadata: Metadata },
    reason: string,
  ): Step | Status {
    const service = this.#options.model.services.get(to.serviceName);
    const method = service?.methods.get(to.commandName);
    if (method === undefined) {
      const unknown =
        service === undefined
          ? `Service [${to.serviceName}] unknown`
          : `Service [${to.serviceName}] does not have a command named: [${to.commandName}]`;
      const message = [unknown, ...from.trail.map((name, i) => (i === 0 ? `${reason} ${name}` : name))].join('\n  ');
      this.#options.reportError(message);
      return { code: Code.UNIMPLEMENTED, message };
    }
    const forwards = from.forwards + 1;
    const trail = [`${to.serviceName}.${to.commandName}`, `${reason} ${from.trail[0] ?? ''}`, ...from.trail.slice(1)];
    if (forwards > this.#options.forwardMax) {
      const message = `more than ${this.#options.forwardMax} forwards and side effects in one command (entities.forwardMax): ${trail.join('\n  ')}`;
      this.#options.reportError(message);
      return { code: Code.FAILED_PRECONDITION, message };
    }
    return {
      method,
      payload: to.payload?.value ?? EMPTY,
      typeUrl: to.payload?.typeUrl || method.inputTypeUrl,
      metadata: to.metadata,
      deadline: from.deadline,
      trail,
      forwards,
    };
  }

  #checkReplyType({ method }: Step, typeUrl: string): void {
    if (typeUrl === method.outputTypeUrl) return;
    this.#options.reportError(
      `Warning: ${method.service.name}.${method.name}: Expected reply type_url to be [${method.outputTypeUrl}] but was [${typeUrl}].`,
    );
  }
}

class EntityCommand implements PendingCommand, RunningCommand {
  readonly name: string;
  readonly typeUrl: string;
  readonly payload: Uint8Array;
  readonly done: (outcome: CommandOutcome) => void;
  cancelled = false;

  constructor(name: string, typeUrl: string, payload: Uint8Array, done: (outcome: CommandOutcome) => void) {
    this.name = name;
    this.typeUrl = typeUrl;
    this.payload = payload;
    this.done = done;
  }

  cancel(): void {
    this.cancelled = true;
  }
}
