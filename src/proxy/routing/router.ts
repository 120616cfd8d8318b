import type { AnyPayload, AnswerSink, ClientAction, RunningCommand, SideEffect } from '../entities/outcome.ts';
import { NOT_RUNNING } from '../entities/outcome.ts';
import type { EntityRegion } from '../entities/region.ts';
import type { ActionCall } from '../protocol/action-client.ts';
import type { ServiceMethod, ServiceModel } from '../protocol/service-model.ts';
import { withTraceContext } from '../telemetry/tracer.ts';
import { Code, type Metadata, type Status } from '../transport/call.ts';
import type { CommandContext, CommandRouter, IncomingCommand, IncomingSink, ReplySink } from './command.ts';
import type { EffectRunner } from './effects.ts';
import { InvalidKey } from './entity-key.ts';
import { type Errand, type Reason, Step, type StepRouter } from './step.ts';

const MAX_ENTITY_ID_BYTES = 1024;
const EMPTY = new Uint8Array(0);
const NO_METADATA: Metadata = [];
const nothing = (): void => undefined;
const NO_COMMAND: IncomingCommand = { ...NOT_RUNNING, send: () => true, halfClose: nothing };

export interface RouterOptions {
  readonly model: ServiceModel;
  /** The live entities of each stateful service, by its name. */
  readonly regions: ReadonlyMap<string, EntityRegion>;
  /** Begins a call of an action of the user function. */
  readonly openAction: (
    method: ServiceMethod,
    metadata: Metadata,
    answers: AnswerSink,
    onDrain: () => void,
  ) => ActionCall;
  readonly effects: EffectRunner;
  readonly forwardMax: number;
  readonly relayTimeoutMs: number;
  /** Why commands cannot be taken now. */
  readonly refusal: () => Status | undefined;
  /** Tells the user function about a mistake of its own. */
  readonly reportError: (message: string) => void;
}

/** Brings commands to their entities and actions, carries out what they answer (protocol-spec §8.7). */
export class Router implements CommandRouter, StepRouter {
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  dispatch(method: ServiceMethod, payload: Uint8Array, context: CommandContext, sink: ReplySink): RunningCommand {
    const refusal = this.#options.refusal();
    if (refusal !== undefined) {
      sink.end(refusal);
      return NOT_RUNNING;
    }
    const deadline = Math.min(context.deadline, this.#replyDeadline(method));
    const typeUrl = context.typeUrl ?? method.inputTypeUrl;
    const errand = { method, typeUrl, payload, source: context, within: context.span, deadline };
    const step = new Step(this, errand, sink);
    step.expireAt(deadline);
    this.#send(step);
    return step;
  }

  open(method: ServiceMethod, context: CommandContext, sink: IncomingSink): IncomingCommand {
    const refusal = this.#options.refusal();
    if (refusal !== undefined) {
      sink.end(refusal);
      return NO_COMMAND;
    }
    const { deadline } = context;
    const typeUrl = method.inputTypeUrl;
    const errand = { method, typeUrl, payload: EMPTY, source: context, within: context.span, deadline };
    const step = new Step(this, errand, sink);
    step.expireAt(deadline);
    const call = this.#options.openAction(method, this.#actionMetadata(step), step, () => sink.onDrain());
    step.running = call;
    return {
      send: (payload) => call.send({ typeUrl, value: payload }, NO_METADATA),
      halfClose: () => {
        step.expireAt(Math.min(deadline, this.#replyDeadline(method)));
        call.halfClose();
      },
      cancel: () => step.cancel(),
      resume: () => step.resume(),
    };
  }

  /** When the one reply of a method must be there; a stream of replies may take any time. */
  #replyDeadline({ streamedOut }: ServiceMethod): number {
    return streamedOut ? Infinity : performance.now() + this.#options.relayTimeoutMs;
  }

  /** Gives the command to whoever handles it. */
  #send(step: Step): void {
    const { method, typeUrl, payload, source, within } = step.errand;
    const region = this.#options.regions.get(method.service.name);
    if (region === undefined || method.entityKey === undefined) {
      const metadata = this.#actionMetadata(step);
      const call = this.#options.openAction(method, metadata, step, nothing);
      step.running = call;
      const isCall = step.errand.from === undefined && source.typeUrl === undefined;
      call.send({ typeUrl, value: payload }, isCall ? NO_METADATA : metadata);
      call.halfClose();
      return;
    }
    let entityId;
    try {
      entityId = method.entityKey(payload);
    } catch (error) {
      if (!(error instanceof InvalidKey)) throw error;
      step.end({ code: Code.INVALID_ARGUMENT, message: error.message });
      return;
    }
    if (entityId.length * 3 > MAX_ENTITY_ID_BYTES && Buffer.byteLength(entityId) > MAX_ENTITY_ID_BYTES) {
      const message = `the entity id has ${Buffer.byteLength(entityId)} bytes, the limit is ${MAX_ENTITY_ID_BYTES}`;
      step.end({ code: Code.INVALID_ARGUMENT, message });
      return;
    }
    const { name, kind } = method.service;
    step.span = within?.child(`${name}.${method.name}`, 'internal', {
      'stategate.kind': kind,
      'stategate.entity_id': entityId,
    });
    region.handle(entityId, step);
  }

  /** What an action is told: entities get no metadata, and so no trace context either. */
  #actionMetadata(step: Step): Metadata {
    const { method, source, within } = step.errand;
    step.span = within?.child('user function', 'client', { 'stategate.action': method.path });
    return step.span === undefined ? source.metadata : withTraceContext(source.metadata, step.span);
  }

  forward(from: Step, action: ClientAction & { readonly type: 'forward' }, sink: ReplySink): Step | Status {
    const target = this.#target(from, action, 'forwarded from');
    if ('code' in target) return target;
    const deadline = Math.min(from.errand.deadline, this.#replyDeadline(target.method));
    const step = new Step(this, { ...target, deadline }, sink);
    // An earlier step looks after its own.
    if (deadline < from.errand.deadline) step.expireAt(deadline);
    this.#send(step);
    return step;
  }

  /** What a synchronous effect answers is of no interest, only that it could answer. */
  async effect(from: Step, effect: SideEffect): Promise<Status | undefined> {
    const target = this.#target(from, effect, 'side-effect of');
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

  /** The time of an effect is its own: it is carried out whatever becomes of the caller. */
  #toEnd(errand: Omit<Errand, 'deadline'>): Promise<Status> {
    return new Promise((resolve) => {
      const deadline = performance.now() + this.#options.relayTimeoutMs;
      const step = new Step(this, { ...errand, deadline }, { message: () => true, end: resolve });
      step.expireAt(deadline);
      this.#send(step);
    });
  }

  /** What a forward or an effect leads to, or why there is nothing. */
  #target(
    from: Step,
    to: { serviceName: string; commandName: string; payload: AnyPayload | undefined; metadata: Metadata },
    reason: Reason,
  ): Omit<Errand, 'deadline'> | Status {
    const { model, forwardMax, reportError } = this.#options;
    const service = model.services.get(to.serviceName);
    const method = service?.methods.get(to.commandName);
    const refuse = (code: Code, message: string): Status => {
      reportError(message);
      return { code, message };
    };
    if (method === undefined) {
      const unknown =
        service === undefined
          ? `Service [${to.serviceName}] unknown`
          : `Service [${to.serviceName}] does not have a command named: [${to.commandName}]`;
      return refuse(Code.UNIMPLEMENTED, unknown + trail(from, reason));
    }
    if (from.depth >= forwardMax) {
      const most = `more than ${forwardMax} forwards and side effects in one command (entities.forwardMax)`;
      return refuse(Code.FAILED_PRECONDITION, `${most}: ${to.serviceName}.${to.commandName}${trail(from, reason)}`);
    }
    const { payload } = to;
    const typeUrl = payload?.typeUrl || method.inputTypeUrl;
    return { method, typeUrl, payload: payload?.value ?? EMPTY, source: to, within: from.errand.within, from, reason };
  }

  checkReplyType({ service, name, outputTypeUrl }: ServiceMethod, typeUrl: string): void {
    if (typeUrl === outputTypeUrl) return;
    this.#options.reportError(
      `Warning: ${service.name}.${name}: Expected reply type_url to be [${outputTypeUrl}] but was [${typeUrl}].`,
    );
  }
}

/** How it came to something: every step on the way, the last first. */
function trail(from: Step, reason: Reason): string {
  const { method, from: before, reason: why } = from.errand;
  const here = `\n  ${reason} ${method.service.name}.${method.name}`;
  return before === undefined || why === undefined ? here : here + trail(before, why);
}
