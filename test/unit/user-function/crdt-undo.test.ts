import { ModelWorld } from '@stategate/tck';
import { test } from 'vitest';
import { serveModel } from '../../../examples/tck-model/model.ts';
import {
  add,
  at,
  clear,
  count,
  drop,
  enable,
  fail,
  mapClear,
  mapDrop,
  play,
  run,
  up,
} from '../../../src/tck/suites/crdts.ts';

test('what a failed command has done to the value is taken back', async () => {
  await using running = await serveModel({ host: '127.0.0.1', port: 0 });
  await using world = await ModelWorld.start(`127.0.0.1:${running.port}`, 5_000);
  await play('ORMap', [
    run(
      at('ORSet-1', ...add('a', 'b')),
      { 'ORSet-1': ['a', 'b'] },
      up({ ormap: { added: { 'ORSet-1': { orset: { added: ['a', 'b'] } } } } }),
    ),
    {
      actions: [
        ...at('ORSet-1', ...drop('a'), clear, ...add('c')),
        ...at('GCounter-1', ...count(3)),
        mapDrop('ORSet-1'),
        mapClear,
        ...at('Flag-1', enable),
        fail('no'),
      ],
      told: { failure: 'no' },
    },
    run([], { 'ORSet-1': ['a', 'b'] }),
    run(
      at('ORSet-1', ...drop('b')),
      { 'ORSet-1': ['a'] },
      up({ ormap: { updated: { 'ORSet-1': { orset: { removed: ['b'] } } } } }),
    ),
  ])(world);
});
