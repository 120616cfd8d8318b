/** The way of one command through the user function: pure. A command that is over is in no state: it is forgotten. */
export type CallState =
  /** It was sent, and its caller waits for the reply. */
  | 'handling'
  /** The caller has gone, the reply is yet to come. */
  | 'unwanted'
  /** The reply has not come in time, and is not waited for any more. */
  | 'late'
  /** The reply has come, the call stays open for messages. */
  | 'streaming'
  /** The user function was told that the caller has gone, and has yet to answer. */
  | 'cancelling';

export type CallInput = 'replied' | 'repliedStreamed' | 'ended' | 'callerGone' | 'timedOut' | 'cancelAnswered';

/** `cancel`: the user function must be told that the caller has gone. It is, once. */
export type CallStep = CallState | 'over' | 'cancel' | 'unexpected';

const STEPS: Readonly<Record<CallState, Readonly<Record<CallInput, CallStep>>>> = {
  handling: {
    replied: 'over',
    repliedStreamed: 'streaming',
    ended: 'over',
    callerGone: 'unwanted',
    timedOut: 'late',
    cancelAnswered: 'unexpected',
  },
  unwanted: {
    replied: 'over',
    repliedStreamed: 'cancel',
    ended: 'over',
    callerGone: 'unwanted',
    timedOut: 'late',
    cancelAnswered: 'unexpected',
  },
  late: {
    replied: 'over',
    repliedStreamed: 'cancel',
    ended: 'over',
    callerGone: 'late',
    timedOut: 'late',
    cancelAnswered: 'unexpected',
  },
  streaming: {
    replied: 'unexpected',
    repliedStreamed: 'unexpected',
    ended: 'over',
    callerGone: 'cancel',
    timedOut: 'streaming',
    cancelAnswered: 'unexpected',
  },
  cancelling: {
    replied: 'unexpected',
    repliedStreamed: 'unexpected',
    // The answer to the cancellation is still to come.
    ended: 'cancelling',
    callerGone: 'cancelling',
    timedOut: 'over',
    cancelAnswered: 'over',
  },
};

export function callStep(state: CallState, input: CallInput): CallStep {
  return STEPS[state][input];
}

/** Whether the user function owes something that may change the value: until then it is told of no other change (§6.3). */
export function isInFlight(state: CallState): boolean {
  return state === 'handling' || state === 'unwanted' || state === 'cancelling';
}
