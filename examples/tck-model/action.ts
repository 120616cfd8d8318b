import { action, type ActionContext, Failure, type Reply } from '@stategate/user-function';

interface Step {
  readonly reply?: { readonly message: string };
  readonly forward?: { readonly id: string };
  readonly fail?: { readonly message: string };
  readonly effect?: { readonly id: string; readonly synchronous: boolean };
}

interface Group {
  readonly steps: readonly Step[];
}

interface Request {
  readonly groups: readonly Group[];
}

const ACTION_MODEL = 'cloudstate.tck.model.action.ActionTckModel';
const ACTION_TWO = 'cloudstate.tck.model.action.ActionTwo';

/** What the test kit's model of an action must do: one answer for each group, or one for all. */
export const actionTckModel = action<{
  ProcessUnary: Request;
  ProcessStreamedIn: AsyncIterable<Request>;
  ProcessStreamedOut: Request;
  ProcessStreamed: AsyncIterable<Request>;
}>({
  service: ACTION_MODEL,
  commands: {
    ProcessUnary: ({ groups }, context) => answerTo(groups, context),
    async ProcessStreamedIn(requests, context) {
      const groups: Group[] = [];
      for await (const request of requests) groups.push(...request.groups);
      return answerTo(groups, context);
    },
    async *ProcessStreamedOut({ groups }, context) {
      for (const group of groups) yield answerTo([group], context);
    },
    async *ProcessStreamed(requests, context) {
      for await (const { groups } of requests) {
        for (const group of groups) yield answerTo([group], context);
      }
    },
  },
});

export const actionTwo = action<{ Call: { readonly id: string } }>({
  service: ACTION_TWO,
  commands: { Call: () => ({}) },
});

/** Every effect counts, of the other steps the last. */
function answerTo(groups: readonly Group[], context: ActionContext): Reply {
  let last: (() => Reply) | undefined;
  for (const { reply, forward, fail, effect } of groups.flatMap(({ steps }) => steps)) {
    if (reply !== undefined) last = () => reply;
    if (forward !== undefined) last = () => context.forward(ACTION_TWO, 'Call', forward);
    if (fail !== undefined) last = () => new Failure(fail.message);
    if (effect !== undefined) {
      const { id, synchronous } = effect;
      context.effect(ACTION_TWO, 'Call', { id }, { synchronous });
    }
  }
  return last?.();
}
