import { eventSourced } from '@stategate/user-function';
import { type Effect, runEffect } from './effect.ts';

const PACKAGE = 'cloudstate.tck.model';
const TWO = `${PACKAGE}.EventSourcedTwo`;

interface Request {
  readonly actions: readonly {
    readonly emit?: Persisted;
    readonly forward?: { readonly id: string };
    readonly effect?: Effect;
    readonly fail?: { readonly message: string };
  }[];
}

interface Persisted {
  readonly value: string;
}

const state = {
  initial: (): Persisted => ({ value: '' }),
  events: { Persisted: (event: Persisted, before: Persisted): Persisted => ({ value: before.value + event.value }) },
};

/** What the test kit's model of an event sourced entity must do: a text that its events add up to. */
export const eventSourcedTckModel = eventSourced<Persisted, { Process: Request }, { Persisted: Persisted }>({
  ...state,
  service: `${PACKAGE}.EventSourcedTckModel`,
  persistenceId: 'event-sourced-tck-model',
  snapshot: { type: 'Persisted', every: 5 },
  commands: {
    Process({ actions }, _state, context) {
      let forwarded = false;
      for (const { emit, forward, effect, fail } of actions) {
        if (emit !== undefined) context.emit('Persisted', { value: emit.value });
        if (forward !== undefined) {
          context.forward(TWO, 'Call', { id: forward.id });
          forwarded = true;
        }
        if (effect !== undefined) runEffect(context, TWO, effect);
        if (fail !== undefined) context.fail(fail.message);
      }
      return forwarded ? undefined : { message: context.state.value };
    },
  },
});

export const eventSourcedTwo = eventSourced<Persisted, { Call: object }, { Persisted: Persisted }>({
  ...state,
  service: TWO,
  persistenceId: 'event-sourced-tck-model-two',
  commands: { Call: () => ({}) },
});

export const eventSourcedConfigured = eventSourced<Persisted, { Call: object }, { Persisted: Persisted }>({
  ...state,
  service: `${PACKAGE}.EventSourcedConfigured`,
  persistenceId: 'event-sourced-configured',
  passivationTimeoutMs: 100,
  commands: { Call: () => ({}) },
});
