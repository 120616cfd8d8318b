// What the cases of actions say: requests to the model and what it makes of them.
import type { Plain } from '../codec.ts';

const PACKAGE = 'cloudstate.tck.model.action';
export const MODEL = `${PACKAGE}.ActionTckModel`;
export const TWO = `${PACKAGE}.ActionTwo`;
export const SERVICES: readonly string[] = [MODEL, TWO];

export type Step = Plain;
export const reply = (message: string): Step => ({ reply: { message } });
export const forward = (id: string): Step => ({ forward: { id } });
export const fail = (message: string): Step => ({ fail: { message } });
export const effect = (id: string): Step => ({ effect: { id } });
export const waited = (id: string): Step => ({ effect: { id, synchronous: true } });

const any = (name: string, message: Plain): Plain => ({ [`${PACKAGE}.${name}`]: message });

/** One group for each list of steps. */
export const request = (...groups: readonly (readonly Step[])[]): Plain => ({
  groups: groups.map((steps) => ({ steps })),
});
export const payload = (message: Plain): Plain => ({ payload: any('Request', message) });
export const head = (name: string): Plain => ({ serviceName: MODEL, name });
export const command = (name: string, message: Plain): Plain => ({ ...head(name), ...payload(message) });
export const callOfTwo = (id: string): Plain => ({
  serviceName: TWO,
  name: 'Call',
  payload: any('OtherRequest', { id }),
});

/** The answer that steps ask for: the last reply, forward or failure, and every effect. */
export function answer(...steps: readonly Step[]): Plain {
  const target = (id: string): Plain => ({
    serviceName: TWO,
    commandName: 'Call',
    payload: any('OtherRequest', { id }),
  });
  const last = (steps.findLast((step) => !('effect' in step)) ?? {}) as Readonly<
    Record<string, Record<string, string>>
  >;
  const effects = steps.flatMap((step) => (step['effect'] as { id: string; synchronous?: boolean } | undefined) ?? []);
  return {
    ...(last['reply'] && { reply: { payload: any('Response', last['reply']) } }),
    ...(last['forward'] && { forward: target(last['forward']['id'] ?? '') }),
    ...(last['fail'] && { failure: { description: last['fail']['message'] } }),
    sideEffects: effects.map(({ id, synchronous }) => ({ ...target(id), synchronous })),
  };
}
