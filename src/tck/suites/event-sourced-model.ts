import { casesOf, type ModelCase } from '../case.ts';
import { expectEqual } from '../expect.ts';
import type { ModelWorld } from '../model-world.ts';
import { EVENT_SOURCED } from '../spec.ts';
import { effect, EntityLine, fail, forward, run, script, type Step, waited } from './entities.ts';
import {
  configured,
  emit,
  emits,
  event,
  events,
  model,
  SERVICES,
  snapshot,
  two,
  withSnapshot,
  words,
} from './event-sourced.ts';

const effects = ['1', '2', '3'].map(effect);
const steps = (...all: readonly Step[]) => script(words, {}, ...all);
const failure = { fail: 'expected failure' };

/** Both ways are fine: to ask for a restart, or to take the events back. */
async function doNotRetainEvents(world: ModelWorld): Promise<void> {
  const entity = new EntityLine(world, words, {});
  await entity.expect(emits('123'), '123', events('1', '2', '3'));
  const answer = await entity.command([emit('4'), emit('5'), fail('failure 1')]);
  const restarts = isRestart(answer);
  const failed = (commandId: number, description: string) => ({
    reply: { commandId, clientAction: { failure: { commandId, description, restart: restarts } } },
  });
  expectEqual('answer to command 2', answer, failed(2, 'failure 1'));
  const reopen = async (letters: string): Promise<void> => {
    await entity.passivateAndReopen({});
    for (const [index, letter] of letters.split('').entries()) entity.send(event(index + 1, letter));
  };
  if (restarts) await reopen('123');
  await entity.expect([emit('4')], '1234', events('4'));
  const again = await entity.command([emit('6'), fail('failure 2'), emit('7')]);
  const id = restarts ? 2 : 4;
  expectEqual(`answer to command ${id}`, again, failed(id, 'failure 2'));
  if (restarts) await reopen('1234');
  await entity.expect([emit('5')], '12345', { ...events('5'), ...snapshot('12345') });
  await entity.passivate();
}

function isRestart(answer: unknown): boolean {
  type Failing = { reply?: { clientAction?: { failure?: { restart?: boolean } } } };
  return (answer as Failing | undefined)?.reply?.clientAction?.failure?.restart === true;
}

export const eventSourcedModelCases: readonly ModelCase[] = [
  ...casesOf('event sourced', SERVICES, {
    async 'verify event sourced entity discovery'(world: ModelWorld) {
      world.expectEntity(model, { entityType: EVENT_SOURCED, persistenceId: 'event-sourced-tck-model' });
      world.expectEntity(two, { entityType: EVENT_SOURCED });
    },
  }),
  ...casesOf('event sourced', [configured], {
    async 'verify event sourced configured entity'(world: ModelWorld) {
      world.expectEntity(configured, {
        entityType: EVENT_SOURCED,
        persistenceId: 'event-sourced-configured',
        passivationStrategy: { timeout: { timeout: 100 } },
      });
    },
  }),
  ...casesOf('event sourced', SERVICES, {
    'verify initial empty state': steps(run([], '')),
    'verify single emitted event': steps(run([emit('A')], 'A', events('A')), run([], 'A')),
    'verify multiple emitted events': steps(run(emits('ABC'), 'ABC', events('A', 'B', 'C')), run([], 'ABC')),
    'verify multiple emitted events and snapshots': steps(
      ...['A', 'AB', 'ABC', 'ABCD'].map((state) => run(emits(state.slice(-1)), state, events(state.slice(-1)))),
      run([emit('E')], 'ABCDE', { ...events('E'), ...snapshot('ABCDE') }),
      run(emits('FGH'), 'ABCDEFGH', events('F', 'G', 'H')),
      run(emits('IJ'), 'ABCDEFGHIJ', { ...events('I', 'J'), ...snapshot('ABCDEFGHIJ') }),
      run([emit('K')], 'ABCDEFGHIJK', events('K')),
      run([], 'ABCDEFGHIJK'),
    ),
    'verify initial snapshot': script(words, withSnapshot(5, 'ABCDE'), run([], 'ABCDE')),
    'verify initial snapshot and events': script(
      words,
      withSnapshot(5, 'ABCDE'),
      (entity) => entity.send(event(6, 'F')),
      (entity) => entity.send(event(7, 'G')),
      run([], 'ABCDEFG'),
    ),
    'verify rehydration after passivation': steps(
      run(emits('ABC'), 'ABC', events('A', 'B', 'C')),
      run(emits('DE'), 'ABCDE', { ...events('D', 'E'), ...snapshot('ABCDE') }),
      run([emit('F')], 'ABCDEF', events('F')),
      run([emit('G')], 'ABCDEFG', events('G')),
      (entity) => entity.passivateAndReopen(withSnapshot(5, 'ABCDE')),
      (entity) => entity.send(event(6, 'F')),
      (entity) => entity.send(event(7, 'G')),
      run([], 'ABCDEFG'),
    ),
    'verify forward to second service': steps(
      run(emits('ABC'), 'ABC', events('A', 'B', 'C')),
      run([forward('other')], { forward: 'other' }),
      run([], 'ABC'),
    ),
    'verify forward with emitted events': steps(run([emit('A'), forward('other')], { forward: 'other' }, events('A'))),
    'verify forward with emitted events and snapshot': steps(
      run(emits('ABC'), 'ABC', events('A', 'B', 'C')),
      run([...emits('DE'), forward('other')], { forward: 'other' }, { ...events('D', 'E'), ...snapshot('ABCDE') }),
    ),
    'verify reply with side effect to second service': steps(
      run(emits('ABC'), 'ABC', events('A', 'B', 'C')),
      run([effect('other')], 'ABC', {}, [effect('other')]),
      run([], 'ABC'),
    ),
    'verify synchronous side effect to second service': steps(run([waited('other')], '', {}, [waited('other')])),
    'verify forward and side effect to second service': steps(
      run([effect('another'), forward('other')], { forward: 'other' }, {}, [effect('another')]),
    ),
    'verify reply with multiple side effects': steps(run(effects, '', {}, effects)),
    'verify reply with multiple side effects, events, and snapshot': steps(
      run(
        [...emits('ABCDE'), ...effects],
        'ABCDE',
        { ...events('A', 'B', 'C', 'D', 'E'), ...snapshot('ABCDE') },
        effects,
      ),
    ),
    'verify failure action': steps(run([fail('expected failure')], failure)),
    'verify connection after failure action': steps(
      run([emit('A')], 'A', events('A')),
      run([fail('expected failure')], failure),
      run([], 'A'),
    ),
    'verify failure actions do not retain emitted events (may request entity restart)': doNotRetainEvents,
    'verify failure actions do not allow side effects': steps(
      run([effect('other'), fail('expected failure')], failure),
    ),
  }),
];
