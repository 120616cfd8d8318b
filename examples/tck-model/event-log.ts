import { action, type ActionContext, cloudEventOf, eventSourced, jsonOf, type Reply } from '@stategate/user-function';

const PACKAGE = 'cloudstate.tck.model.eventlogeventing';
const SUBSCRIBER = `${PACKAGE}.EventLogSubscriberModel`;
const ENTITY_ONE = `${PACKAGE}.EventSourcedEntityOne`;
const ENTITY_TWO = `${PACKAGE}.EventSourcedEntityTwo`;
const JSON_EVENT = 'json.cloudstate.io/JsonEvent';

interface Step {
  readonly reply?: { readonly message: string };
  readonly forward?: { readonly message: string };
}

interface EffectRequest {
  readonly id: string;
  readonly message: string;
}

interface JsonEvent {
  readonly id: string;
  readonly message: string;
}

/** What the test kit's model of a subscriber must do: answers carry the id of the entity that the event is of. */
export const eventLogSubscriber = action<{
  ProcessEventOne: { readonly step: Step };
  ProcessEventTwo: { readonly step: readonly Step[] };
  Effect: EffectRequest;
  ProcessAnyEvent: { readonly typeUrl: string; readonly value: Uint8Array };
}>({
  service: SUBSCRIBER,
  commands: {
    ProcessEventOne: ({ step }, context) => answerTo(step, context),
    async *ProcessEventTwo({ step: steps }, context) {
      for (const step of steps) yield answerTo(step, context);
    },
    Effect: ({ id, message }) => ({ id, message }),
    ProcessAnyEvent: (event, context) => ({ id: subjectOf(context), message: (jsonOf(event) as JsonEvent).message }),
  },
});

export const eventSourcedEntityOne = eventSourced<
  undefined,
  { EmitEvent: { readonly eventOne?: object; readonly eventTwo?: object } },
  { EventOne: object; EventTwo: object }
>({
  service: ENTITY_ONE,
  persistenceId: 'eventlogeventing-one',
  initial: () => undefined,
  commands: {
    EmitEvent({ eventOne, eventTwo }, _state, context) {
      if (eventOne !== undefined) context.emit('EventOne', eventOne);
      if (eventTwo !== undefined) context.emit('EventTwo', eventTwo);
      return {};
    },
  },
  events: { EventOne: () => undefined, EventTwo: () => undefined },
});

export const eventSourcedEntityTwo = eventSourced<undefined, { EmitJsonEvent: JsonEvent }, { [JSON_EVENT]: JsonEvent }>(
  {
    service: ENTITY_TWO,
    persistenceId: 'eventlogeventing-two',
    initial: () => undefined,
    commands: {
      EmitJsonEvent({ id, message }, _state, context) {
        context.emit(JSON_EVENT, { id, message });
        return {};
      },
    },
    events: { [JSON_EVENT]: () => undefined },
  },
);

function answerTo({ reply, forward }: Step, context: ActionContext): Reply {
  const id = subjectOf(context);
  if (reply !== undefined) return { id, message: reply.message };
  context.forward(SUBSCRIBER, 'Effect', { id, message: forward?.message ?? '' });
  return undefined;
}

function subjectOf({ metadata }: ActionContext): string {
  return cloudEventOf(metadata)?.subject ?? '';
}
