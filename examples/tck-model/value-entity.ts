import { valueEntity } from '@stategate/user-function';
import { type Effect, runEffect } from './effect.ts';

const PACKAGE = 'cloudstate.tck.model.valueentity';
const TWO = `${PACKAGE}.ValueEntityTwo`;

interface Request {
  readonly actions: readonly {
    readonly update?: Persisted;
    readonly delete?: object;
    readonly forward?: { readonly id: string };
    readonly effect?: Effect;
    readonly fail?: { readonly message: string };
  }[];
}

interface Persisted {
  readonly value: string;
}

const state = { state: 'Persisted', initial: (): Persisted => ({ value: '' }) };

/** What the test kit's model of a value entity must do: one text, its reply. */
export const valueEntityTckModel = valueEntity<Persisted, { Process: Request }>({
  ...state,
  service: `${PACKAGE}.ValueEntityTckModel`,
  persistenceId: 'value-entity-tck-model',
  commands: {
    Process({ actions }, _state, context) {
      let forwarded = false;
      for (const { update, delete: deletes, forward, effect, fail } of actions) {
        if (update !== undefined) context.update({ value: update.value });
        if (deletes !== undefined) context.delete();
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

export const valueEntityTwo = valueEntity<Persisted, { Call: object }>({
  ...state,
  service: TWO,
  persistenceId: 'value-entity-tck-model-two',
  commands: { Call: () => ({}) },
});

export const valueEntityConfigured = valueEntity<Persisted, { Call: object }>({
  ...state,
  service: `${PACKAGE}.ValueEntityConfigured`,
  persistenceId: 'value-entity-configured',
  passivationTimeoutMs: 100,
  commands: { Call: () => ({}) },
});
