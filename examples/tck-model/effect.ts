import type { CallContext } from '@stategate/user-function';

/** What a request says of a side effect. */
export interface Effect {
  readonly id: string;
  readonly synchronous: boolean;
}

export function runEffect(context: Pick<CallContext, 'effect'>, service: string, { id, synchronous }: Effect): void {
  context.effect(service, 'Call', { id }, { synchronous });
}
