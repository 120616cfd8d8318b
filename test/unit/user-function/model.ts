// Entities that do what the steps of their commands say.
import { action, type CallContext, eventSourced, valueEntity } from '@stategate/user-function';

interface Step {
  put?: string;
  delete?: boolean;
  forward?: string;
  effect?: { id: string; synchronous?: boolean };
  fail?: string;
  crash?: string;
}

interface Request {
  id: string;
  steps: Step[];
}

interface Persisted {
  value: string;
}

export const OTHER = 'test.model.Other';

/** What all three kinds have in common. */
function follow(step: Step, context: CallContext): void {
  if (step.forward !== undefined) context.forward(OTHER, 'Call', { id: step.forward });
  if (step.effect !== undefined) {
    const { id, synchronous = false } = step.effect;
    context.effect(OTHER, 'Call', { id }, { synchronous });
  }
  if (step.fail !== undefined) context.fail(step.fail);
  if (step.crash !== undefined) throw new Error(step.crash);
}

export const eventModel = eventSourced<
  Persisted,
  { Process: Request; Touch: Request },
  { Persisted: Persisted; Response: { message: string } }
>({
  service: 'test.model.EventModel',
  persistenceId: 'event-model',
  passivationTimeoutMs: 100,
  initial: () => ({ value: '' }),
  snapshot: { type: 'Persisted', every: 5 },
  commands: {
    async Process({ steps }, _state, context) {
      for (const step of steps) {
        await Promise.resolve();
        if (step.put !== undefined) context.emit('Persisted', { value: step.put });
        follow(step, context);
      }
      return { message: context.state.value };
    },
    Touch: () => {},
  },
  events: {
    Persisted: (event, state) => ({ value: state.value + event.value }),
    Response: (_event, state) => state,
  },
});

export const valueModel = valueEntity<Persisted, { Process: Request }>({
  service: 'test.model.ValueModel',
  persistenceId: 'value-model',
  state: 'Persisted',
  initial: () => ({ value: '' }),
  commands: {
    Process({ steps }, state, context) {
      state.value += '!'; // without effect: only update() counts
      for (const step of steps) {
        if (step.put !== undefined) context.update({ value: step.put });
        if (step.delete === true) context.delete();
        follow(step, context);
      }
      return { message: context.state.value };
    },
  },
});

export const actionModel = action<{ Process: Request; Numbers: Record<string, unknown> }>({
  service: 'test.model.ActionModel',
  commands: {
    Process({ steps }, context) {
      let message: string | undefined;
      for (const step of steps) {
        if (step.put !== undefined) message = step.put;
        follow(step, context);
      }
      const header = context.metadata.find(({ name }) => name === 'x-echo')?.value;
      if (header !== undefined) return { message: String(header) };
      return message === undefined ? undefined : { message };
    },
    Numbers: (command) => command,
  },
});

export const other = action<{ Call: { id: string } }>({
  service: OTHER,
  commands: { Call: () => ({}) },
});
