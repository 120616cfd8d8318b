import type { Expected, Outcome } from './ordeal.ts';

/** Nobody notices. */
export const fine = (caller = 'reply'): Outcome => ({
  caller,
  next: 'next',
  on: 'the same stream',
  log: [],
  told: [],
  counted: [],
});
/** The command fails, the entity does not. */
export const failed = (caller: string): Outcome => ({ ...fine(caller), counted: ['calls UNKNOWN', 'failed_commands'] });
/** The entity ends with its command. */
export const crashed = (text: string, details: string): Outcome => ({
  ...fine(`UNKNOWN ${text}`),
  on: 'a new stream',
  log: [details === '' ? text : `${text}: ${details}`],
  counted: ['calls UNKNOWN', 'failed_commands', 'failed_entities'],
});
/** The caller has had its reply when the entity ends. */
export const crashedAfter = (text: string, details: string): Outcome => ({
  ...crashed(text, details),
  caller: 'reply',
  counted: ['failed_entities'],
});
/** The command leads to somewhere it cannot go; the user function is told. */
export const refused = (code: string, message: string, told = true): Outcome => ({
  ...fine(`${code} ${message}`),
  log: told ? [message] : [],
  told: told ? [message] : [],
  counted: [`calls ${code}`],
});
const TIMED_OUT = 'the user function did not answer within 1000 ms (userFunction.commandTimeout)';
/** The command is given up, and the entity with it. */
export const timedOut: Expected = {
  settings: { 'userFunction.commandTimeout': '1s' },
  ...fine(`DEADLINE_EXCEEDED ${TIMED_OUT}`),
  on: 'a new stream',
  log: [`command timed out: ${TIMED_OUT}`],
  counted: ['calls DEADLINE_EXCEEDED', 'failed_commands', 'failed_entities', 'user_function_calls CANCELLED'],
};
