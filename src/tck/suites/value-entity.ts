import { casesOf, type ModelCase, type ProxyCase } from '../case.ts';
import type { Plain } from '../codec.ts';
import type { ModelWorld } from '../model-world.ts';
import type { ProxyWorld } from '../proxy-world.ts';
import { VALUE_ENTITIES } from '../spec.ts';
import { effect, EntityWords, fail, forward, run, script, type Step, waited } from './entities.ts';

const words = new EntityWords(VALUE_ENTITIES, 'cloudstate.tck.model.valueentity', 'ValueEntity');
const { model, two, configured } = words;
const SERVICES = [model, two];

const update = (value: string): Plain => ({ update: { value } });
const remove: Plain = { delete: {} };
const updated = (value: string): Plain => ({ stateAction: { update: { value: words.persisted(value) } } });
const deleted: Plain = { stateAction: { delete: {} } };
/** Always there, also without a value. */
const EMPTY: Plain = { state: {} };
const stored = (value: string): Plain => ({ state: { value: words.persisted(value) } });
const effects = ['1', '2', '3'].map(effect);
const steps = (...all: readonly Step[]) => script(words, EMPTY, ...all);

export const valueEntityModelCases: readonly ModelCase[] = [
  ...casesOf('value entity', SERVICES, {
    async 'verify entity discovery'(world: ModelWorld) {
      const entityType = VALUE_ENTITIES;
      world.expectEntity(model, { entityType, persistenceId: 'value-entity-tck-model' });
      world.expectEntity(two, { entityType, persistenceId: 'value-entity-tck-model-two' });
    },
  }),
  ...casesOf('value entity', [configured], {
    async 'verify configured entity'(world: ModelWorld) {
      world.expectEntity(configured, {
        entityType: VALUE_ENTITIES,
        persistenceId: 'value-entity-configured',
        passivationStrategy: { timeout: { timeout: 100 } },
      });
    },
  }),
  ...casesOf('value entity', SERVICES, {
    'verify initial empty state': steps(run([], '')),
    'verify update state': steps(run([update('A')], 'A', updated('A')), run([], 'A')),
    'verify delete state': steps(run([update('A')], 'A', updated('A')), run([remove], '', deleted), run([], '')),
    'verify sub invocations with multiple update states': steps(
      run(['A', 'B', 'C'].map(update), 'C', updated('C')),
      run([], 'C'),
    ),
    'verify sub invocations with multiple update states and delete states': steps(
      run([update('A'), update('B'), remove], '', deleted),
      run([], ''),
    ),
    'verify sub invocations with update, delete and update states': steps(
      run([update('A'), remove, update('B')], 'B', updated('B')),
      run([], 'B'),
    ),
    'verify rehydration after passivation': steps(
      ...['A', 'B', 'C', 'D'].map((value) => run([update(value)], value, updated(value))),
      (entity) => entity.passivateAndReopen(stored('D')),
      run([update('E')], 'E', updated('E')),
      run([], 'E'),
    ),
    'verify reply with multiple side effects': steps(run(effects, '', {}, effects)),
    'verify reply with side effect to second service': steps(
      run([update('X')], 'X', updated('X')),
      run([effect('other')], 'X', {}, [effect('other')]),
      run([], 'X'),
    ),
    'verify reply with multiple side effects and state': steps(
      run([...['A', 'B', 'C', 'D', 'E'].map(update), ...effects], 'E', updated('E'), effects),
    ),
    'verify synchronous side effect to second service': steps(run([waited('other')], '', {}, [waited('other')])),
    'verify forward to second service': steps(
      run([update('X')], 'X', updated('X')),
      run([forward('other')], { forward: 'other' }),
      run([], 'X'),
    ),
    'verify forward with updated state to second service': steps(
      run([update('A'), forward('other')], { forward: 'other' }, updated('A')),
    ),
    'verify forward and side effect to second service': steps(
      run([effect('another'), forward('other')], { forward: 'other' }, {}, [effect('another')]),
    ),
    'verify failure action': steps(run([fail('expected failure')], { fail: 'expected failure' })),
    'verify connection after failure action': steps(
      run([update('A')], 'A', updated('A')),
      run([fail('expected failure')], { fail: 'expected failure' }),
      run([], 'A'),
    ),
    'verify failure action do not allow side effects': steps(
      run([effect('other'), fail('expected failure')], { fail: 'expected failure' }),
    ),
  }),
];

export const valueEntityProxyCases: readonly ProxyCase[] = [
  ...casesOf('value entity', SERVICES, {
    async 'verify state changes'(world: ProxyWorld) {
      const id = world.ids.next();
      const exchanges: readonly [actions: readonly Plain[], message: string, change?: Plain][] = [
        [[], ''],
        [[update('one')], 'one', updated('one')],
        [[update('two')], 'two', updated('two')],
        [[], 'two'],
        [[remove], '', deleted],
        [[], ''],
        [[update('foo')], 'foo', updated('foo')],
        [[remove], '', deleted],
      ];
      for (const [actions, message] of exchanges) await words.expectReply(world, id, actions, message);
      await world.expectCalls([
        words.call(
          [words.init(id, EMPTY), ...exchanges.map(([actions], index) => words.command(index + 1, id, actions))],
          exchanges.map(([, message, change], index) => words.reply(index + 1, message, change)),
        ),
      ]);
    },

    async 'verify forwards and side effects'(world: ProxyWorld) {
      const [id, other] = [world.ids.next(), world.ids.next()];
      const one = [update('one')];
      await words.expectReply(world, id, one, 'one');
      await words.expectReply(world, id, [forward(other)], '');
      await words.expectReply(world, id, [effect(other)], 'one');
      await words.expectReply(world, id, [], 'one');
      await world.expectCalls([
        words.call(
          [
            words.init(id, EMPTY),
            ...[one, [forward(other)], [effect(other)], []].map((a, i) => words.command(i + 1, id, a)),
          ],
          [
            words.reply(1, 'one', updated('one')),
            words.reply(2, { forward: other }),
            words.reply(3, 'one', {}, [effect(other)]),
            words.reply(4, 'one'),
          ],
        ),
        words.callOfTwo(other, 2, EMPTY),
      ]);
    },

    async 'verify failures'(world: ProxyWorld) {
      const id = world.ids.next();
      const [one, failing] = [[update('one')], [fail('expected failure')]];
      await words.expectReply(world, id, one, 'one');
      await words.expectFailure(world, id, failing, 'expected failure');
      await words.expectReply(world, id, [], 'one');
      await world.expectCalls([
        words.call(
          [words.init(id, EMPTY), ...[one, failing, []].map((actions, index) => words.command(index + 1, id, actions))],
          [words.reply(1, 'one', updated('one')), words.reply(2, { fail: 'expected failure' }), words.reply(3, 'one')],
        ),
      ]);
    },

    async 'verify HTTP API'(world: ProxyWorld) {
      const [id, other] = [world.ids.next(), world.ids.next()];
      const path = `/tck/model/entity/${id}`;
      await world.expectJson(path, '{}', '{"message":""}');
      await world.expectJson(`/${two}/Call`, `{"id": "${other}"}`, '{"message":""}');
      await world.expectJson(path, '{"actions": [{"update": {"value": "one"}}]}', '{"message":"one"}');
      await world.expectHttpFailure(
        path,
        '{"actions": [{"fail": {"message": "expected failure"}}]}',
        'expected failure',
      );
      await world.expectJson(path, '{"actions": [{"update": {"value": "two"}}]}', '{"message":"two"}');
      await world.expectJson(path, '{}', '{"message":"two"}');
      const actions = [[], [update('one')], [fail('expected failure')], [update('two')], []];
      await world.expectCalls([
        words.call(
          [words.init(id, EMPTY), ...actions.map((all, index) => words.command(index + 1, id, all))],
          [
            words.reply(1, ''),
            words.reply(2, 'one', updated('one')),
            words.reply(3, { fail: 'expected failure' }),
            words.reply(4, 'two', updated('two')),
            words.reply(5, 'two'),
          ],
        ),
        words.callOfTwo(other, 1, EMPTY),
      ]);
    },
  }),
  ...casesOf('value entity', [configured], {
    async 'verify passivation timeout'(world: ProxyWorld) {
      await words.expectPassivation(world, EMPTY);
    },
  }),
];
