import { grpc } from '@stategate/protocol';
import type { ServiceModel } from '../protocol/service-model.ts';
import { type AcceptCall, type Call, type CallHandlers, Code, OK, type Status } from '../transport/call.ts';
import { errorText } from './bad-request.ts';

const { HealthCheckRequest, HealthCheckResponse, HealthListResponse } = grpc.health.v1;
const { ServingStatus } = HealthCheckResponse;
const SERVICE = '/grpc.health.v1.Health';

/** Whether commands are served. */
export interface Readiness {
  isReady(): boolean;
  /** Calls the listener after each change, until what it returns is called. */
  subscribe(listener: () => void): () => void;
}

/** `grpc.health.v1.Health` by path: the status of the whole (the empty name) and of each service is whether the proxy is ready. */
export function healthCalls(
  { services }: Pick<ServiceModel, 'services'>,
  readiness: Readiness,
): ReadonlyMap<string, AcceptCall> {
  const isKnown = (service: string): boolean => service === '' || services.has(service);
  const current = (): grpc.health.v1.HealthCheckResponse.$Properties => ({
    status: readiness.isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING,
  });
  const check = (call: Call, message: Uint8Array): Status => {
    const { service } = HealthCheckRequest.decode(message);
    if (!isKnown(service)) return { code: Code.NOT_FOUND, message: `there is no service "${service}"` };
    call.send(HealthCheckResponse.encode(current()).finish());
    return OK;
  };
  const list = (call: Call): Status => {
    const statuses = Object.fromEntries(['', ...services.keys()].map((service) => [service, current()]));
    call.send(HealthListResponse.encode({ statuses }).finish());
    return OK;
  };
  const watch = (call: Call, message: Uint8Array): (() => void) => {
    const { service } = HealthCheckRequest.decode(message);
    const known = isKnown(service);
    let last: number | null | undefined;
    const send = (): void => {
      const { status } = known ? current() : { status: ServingStatus.SERVICE_UNKNOWN };
      if (status !== last) call.send(HealthCheckResponse.encode({ status: status ?? null }).finish());
      last = status;
    };
    send();
    return readiness.subscribe(send);
  };
  return new Map<string, AcceptCall>([
    [`${SERVICE}/Check`, (call) => handleOneMessage(call, check)],
    [`${SERVICE}/List`, (call) => handleOneMessage(call, list)],
    [`${SERVICE}/Watch`, (call) => handleOneMessage(call, watch)],
  ]);
}

/** Answers a call of one message: at once with a status, or until the caller goes and the function that `answer` returned is called. */
function handleOneMessage(
  call: Call,
  answer: (call: Call, message: Uint8Array) => Status | (() => void),
): CallHandlers {
  let message: Uint8Array | undefined;
  let stop: (() => void) | undefined;
  const refuse = (text: string): void => call.end({ code: Code.INVALID_ARGUMENT, message: `${call.path} ${text}` });
  return {
    onHeaders: () => undefined,
    onMessage(bytes) {
      if (message === undefined) message = new Uint8Array(bytes);
      else refuse('takes one message, more than one came');
    },
    onHalfClose() {
      if (message === undefined) {
        refuse('takes one message, none came');
        return;
      }
      try {
        const result = answer(call, message);
        if (typeof result === 'function') stop = result;
        else call.end(result);
      } catch (error) {
        refuse(`cannot read its message: ${errorText(error)}`);
      }
    },
    onEnd: () => stop?.(),
    onDrain: () => undefined,
  };
}
