import { casesOf, type ModelCase } from '../case.ts';
import type { Plain } from '../codec.ts';
import { expectEqual } from '../expect.ts';
import type { ModelWorld } from '../model-world.ts';
import { ACTIONS } from '../spec.ts';
import {
  answer,
  command,
  effect,
  fail,
  forward,
  head,
  MODEL,
  payload,
  reply,
  request,
  SERVICES,
  type Step,
  TWO,
  waited,
} from './actions.ts';

type Steps = readonly Step[];
type Run = (world: ModelWorld) => Promise<void>;

/** What a command is answered with, in the names of the cases, in one and in several. */
const KINDS: readonly [one: string, several: string, steps: (text: string) => Steps][] = [
  ['reply', 'replies', (text) => [reply(text)]],
  ['no reply', 'no replies', () => []],
  ['forward', 'forwards', (text) => [forward(text)]],
  ['failure', 'failures', (text) => [fail(text)]],
];

/** What goes along. */
const WITH: readonly [name: string, effects: Steps][] = [
  ['', []],
  [' with side effect', [effect('other')]],
  [' with synchronous side effect', [waited('another')]],
  [' with multiple side effects', [effect('a'), effect('b'), effect('c')]],
];

const NUMBERS = ['one', 'two', 'three', 'four'];
const number = (index: number): string => NUMBERS[index] ?? '';

const unary = (...steps: Steps): Run => {
  return ({ caller }) => answers('handleUnary', caller, [command('ProcessUnary', request(steps))], [answer(...steps)]);
};

/** Each list of steps is a request of its own; they get one answer. */
const streamedIn = (...requests: readonly Steps[]): Run => {
  const messages = [head('ProcessStreamedIn'), ...requests.map((steps) => payload(request(steps)))];
  return ({ caller }) => answers('handleStreamedIn', caller, messages, [answer(...requests.flat())]);
};

const streamedOut = (...groups: readonly Steps[]): Run => {
  const messages = [command('ProcessStreamedOut', request(...groups))];
  return ({ caller }) =>
    answers(
      'handleStreamedOut',
      caller,
      messages,
      groups.map((steps) => answer(...steps)),
    );
};

/** A request for each of the first groups, answered before the next; the last ones in one request. */
const streamed = (first: readonly Steps[], last: readonly Steps[]): Run => {
  return async ({ caller }) => {
    const line = caller.open(ACTIONS, 'handleStreamed').send(head('ProcessStreamed'));
    for (const groups of [...first.map((steps) => [steps]), last]) {
      line.send(payload(request(...groups)));
      for (const steps of groups) expectEqual('response', await line.next(), answer(...steps));
    }
    await line.halfClose().expectEnd();
  };
};

async function answers(
  rpc: string,
  caller: ModelWorld['caller'],
  messages: readonly Plain[],
  expected: readonly Plain[],
): Promise<void> {
  const line = caller.open(ACTIONS, rpc);
  for (const message of messages) line.send(message);
  line.halfClose();
  for (const one of expected) expectEqual('response', await line.next(), one);
  await line.expectEnd();
}

function table(): Readonly<Record<string, Run>> {
  const effects: readonly Steps[] = [[waited('b')], [effect('c'), effect('d')]];
  const cases: [string, Run][] = [];
  for (const [kind, , steps] of KINDS) {
    for (const [index, [name, more]] of WITH.entries()) {
      cases.push([`verify unary command ${kind}${name}`, unary(...steps(number(index)), ...more)]);
    }
  }
  for (const [kind, , steps] of KINDS) {
    const name = `verify streamed-in command ${kind}`;
    if (kind === 'no reply') cases.push([`${name} (no requests)`, streamedIn()]);
    cases.push([name, streamedIn(steps('one'))]);
    cases.push([`${name} with side effects`, streamedIn([...steps('two'), effect('a')], ...effects)]);
  }
  for (const [, kinds, steps] of KINDS) {
    const groups = WITH.map(([, more], index) => [...steps(number(index)), ...more]);
    const last = [steps('five'), [...steps('six'), effect('other')]];
    cases.push([`verify streamed-out command ${kinds} and side effects`, streamedOut(...groups)]);
    cases.push([`verify streamed command ${kinds} and side effects`, streamed(groups, last)]);
  }
  return Object.fromEntries(cases);
}

export const actionModelCases: readonly ModelCase[] = casesOf('action', SERVICES, {
  async 'verify action entity discovery'(world: ModelWorld) {
    for (const service of [MODEL, TWO]) world.expectEntity(service, { entityType: ACTIONS });
  },
  ...table(),
});
