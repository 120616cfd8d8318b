import type { Status } from '../transport/call.ts';
import { Code, OK } from '../transport/call.ts';

/**
 * The life of one stateful entity, from its activation to its end: pure, the same for every kind that handles one command at a
 * time. The shell holds the stash, the stream and the timers; it feeds inputs in and carries effects out, in their order.
 */
export type EntityState =
  /** The stream is open; what is stored is being read and replayed. */
  | { readonly phase: 'recovering' }
  | { readonly phase: 'idle'; readonly lastId: number }
  | { readonly phase: 'handling'; readonly commandId: number }
  | { readonly phase: 'persisting'; readonly commandId: number }
  /** Our side of the stream is closed, the user function has yet to close its own. */
  | { readonly phase: 'closing'; readonly next: 'reopen' | 'end' }
  | { readonly phase: 'ended' };

/** What a reply asks for, as far as the life of the entity depends on it. */
export interface ReplyFacts {
  readonly commandId: number;
  readonly writes: boolean;
  /** The command failed and the user function's state with it: open the entity anew. */
  readonly restart: boolean;
}

/** `waiting`: whether the stash has a command to go on with. */
export type EntityInput =
  | { readonly type: 'commandStashed' }
  | { readonly type: 'recovered'; readonly waiting: boolean }
  | { readonly type: 'recoveryFailed'; readonly status: Status; readonly details: string }
  | { readonly type: 'replyReceived'; readonly reply: ReplyFacts; readonly waiting: boolean }
  | { readonly type: 'persisted'; readonly waiting: boolean }
  | { readonly type: 'persistFailed'; readonly status: Status; readonly details: string }
  | { readonly type: 'failureReceived'; readonly commandId: number; readonly description: string }
  | { readonly type: 'unknownReceived'; readonly details: string }
  | { readonly type: 'streamEnded'; readonly status: Status; readonly waiting: boolean }
  | { readonly type: 'commandTimedOut'; readonly timeoutMs: number }
  | { readonly type: 'idleTimedOut' }
  | { readonly type: 'ownershipLost'; readonly status: Status };

export type EntityEffect =
  /** Take the next command from the stash and send it under this id. */
  | { readonly type: 'sendCommand'; readonly commandId: number }
  /** Write what the reply asks for. */
  | { readonly type: 'persist' }
  /** Hand the reply to the caller. */
  | { readonly type: 'deliver' }
  | { readonly type: 'failCurrent'; readonly status: Status }
  | { readonly type: 'failStashed'; readonly status: Status }
  | { readonly type: 'log'; readonly text: string; readonly details: string }
  | { readonly type: 'halfClose' }
  | { readonly type: 'cancel' }
  /** Open a new stream and recover again. */
  | { readonly type: 'reopen' }
  /** Leave memory; commands that came meanwhile begin a new life. */
  | { readonly type: 'end' };

export type Transition = readonly [next: EntityState, effects: readonly EntityEffect[]];

/** The fixed texts of an entity kind (protocol-spec §3.5, §4). */
export interface EntityTexts {
  readonly reply: string;
  readonly failure: string;
  readonly message: string;
  readonly termination: string;
  readonly stashed: string;
}

const NOTHING: readonly EntityEffect[] = [];
const RECOVERING: EntityState = { phase: 'recovering' };
const ENDED: EntityState = { phase: 'ended' };

export function transition(texts: EntityTexts, state: EntityState, input: EntityInput): Transition {
  switch (input.type) {
    case 'commandStashed':
      return state.phase === 'idle' ? next(state.lastId, true) : [state, NOTHING];
    case 'recovered':
      return state.phase === 'recovering' ? next(0, input.waiting) : [state, NOTHING];
    case 'recoveryFailed':
      if (state.phase !== 'recovering') return [state, NOTHING];
      return stop(input.status, input.status, 'recovery failed', input.details, 'cancel');
    case 'replyReceived':
      return onReply(texts, state, input.reply, input.waiting);
    case 'persisted': {
      if (state.phase !== 'persisting') return [state, NOTHING];
      const [following, effects] = next(state.commandId, input.waiting);
      return [following, [{ type: 'deliver' }, ...effects]];
    }
    case 'persistFailed':
      if (state.phase !== 'persisting') return [state, NOTHING];
      return stop(input.status, bare(texts.stashed), 'write failed', input.details, 'halfClose');
    case 'failureReceived':
      return isOver(state) ? [state, NOTHING] : crash(texts, texts.failure, failureDetails(state, input));
    case 'unknownReceived':
      return isOver(state) ? [state, NOTHING] : crash(texts, texts.message, input.details);
    case 'streamEnded':
      return onStreamEnded(texts, state, input.status, input.waiting);
    case 'commandTimedOut': {
      if (state.phase !== 'handling') return [state, NOTHING];
      const message = `the user function did not answer within ${input.timeoutMs} ms (userFunction.commandTimeout)`;
      return stop(
        { code: Code.DEADLINE_EXCEEDED, message },
        bare(texts.stashed),
        'command timed out',
        message,
        'cancel',
      );
    }
    case 'idleTimedOut':
      return state.phase === 'idle' ? [{ phase: 'closing', next: 'end' }, [{ type: 'halfClose' }]] : [state, NOTHING];
    case 'ownershipLost':
      if (state.phase === 'closing' && state.next === 'reopen') return [{ phase: 'closing', next: 'end' }, NOTHING];
      return isOver(state)
        ? [state, NOTHING]
        : stop(input.status, input.status, 'ownership lost', input.status.message, 'cancel');
    default:
      return input satisfies never;
  }
}

function onReply(texts: EntityTexts, state: EntityState, reply: ReplyFacts, waiting: boolean): Transition {
  if (isOver(state)) return [state, NOTHING];
  if (state.phase !== 'handling') return crash(texts, texts.reply, '(no current command)');
  if (reply.commandId !== state.commandId) {
    return crash(texts, texts.reply, `(expected id ${state.commandId} but got ${reply.commandId})`);
  }
  if (reply.restart) return [{ phase: 'closing', next: 'reopen' }, [{ type: 'deliver' }, { type: 'halfClose' }]];
  if (reply.writes) return [{ phase: 'persisting', commandId: state.commandId }, [{ type: 'persist' }]];
  const [following, effects] = next(state.commandId, waiting);
  return [following, [{ type: 'deliver' }, ...effects]];
}

function onStreamEnded(texts: EntityTexts, state: EntityState, status: Status, waiting: boolean): Transition {
  switch (state.phase) {
    case 'ended':
      return [state, NOTHING];
    case 'closing':
      if (state.next === 'end') return [ENDED, [{ type: 'end' }]];
      // A user function that went away comes back on the next command, not in a loop.
      if (status.code !== OK.code && !waiting) return [ENDED, [{ type: 'end' }]];
      return [RECOVERING, [{ type: 'reopen' }]];
    case 'recovering': {
      // Nobody has been heard yet: what the stream says is about the user function, not about this entity.
      const failure =
        status.code === OK.code ? bare(texts.termination) : { code: Code.UNAVAILABLE, message: unreachable(status) };
      return [
        ENDED,
        [
          ...failing(failure, failure),
          { type: 'log', text: texts.termination, details: status.message },
          { type: 'end' },
        ],
      ];
    }
    default:
      return [
        ENDED,
        [
          ...failing(bare(texts.termination), bare(texts.stashed)),
          { type: 'log', text: texts.termination, details: status.message },
          { type: 'end' },
        ],
      ];
  }
}

/** Goes on with the stash, or waits for a command. */
function next(lastId: number, waiting: boolean): Transition {
  if (!waiting) return [{ phase: 'idle', lastId }, NOTHING];
  const commandId = lastId + 1;
  return [{ phase: 'handling', commandId }, [{ type: 'sendCommand', commandId }]];
}

/** The user function broke the protocol, or said that it failed: everybody is told, and the stream closed in good order. */
function crash(texts: EntityTexts, text: string, details: string): Transition {
  return stop(bare(text), bare(texts.stashed), text, details, 'halfClose');
}

function stop(
  current: Status,
  stashed: Status,
  text: string,
  details: string,
  close: 'halfClose' | 'cancel',
): Transition {
  return [
    { phase: 'closing', next: 'end' },
    [...failing(current, stashed), { type: 'log', text, details }, { type: close }],
  ];
}

function failing(current: Status, stashed: Status): readonly EntityEffect[] {
  return [
    { type: 'failCurrent', status: current },
    { type: 'failStashed', status: stashed },
  ];
}

function failureDetails(
  state: EntityState,
  { commandId, description }: { commandId: number; description: string },
): string {
  if (commandId === 0) return `(not command specific) - ${description}`;
  if (state.phase !== 'handling') return `(no current command) - ${description}`;
  if (state.commandId !== commandId) return `(expected id ${state.commandId} but got ${commandId}) - ${description}`;
  return description;
}

function isOver(state: EntityState): boolean {
  return state.phase === 'closing' || state.phase === 'ended';
}

function unreachable(status: Status): string {
  return `the user function cannot be reached: ${status.message}`;
}

/** A fixed text of the protocol: UNKNOWN for gRPC, 500 with nothing but the text for HTTP. */
export function bare(message: string): Status {
  return { code: Code.UNKNOWN, message, bare: true };
}
