// Who reads slowly slows down who sends.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { pause, reply, StreamedActions, text } from '../support/streamed-actions.ts';

let actions: StreamedActions;
beforeAll(async () => {
  actions = await StreamedActions.start();
});
afterAll(() => actions[Symbol.asyncDispose]());
beforeEach(() => actions.reset());

describe('a slow reader', () => {
  const big = 'x'.repeat(64 * 1024);
  /** 24 MiB: more than all the buffers on the way. */
  const MANY = 384;
  const standsStill = async (count: () => number): Promise<boolean> => {
    const before = count();
    await pause(300);
    return before > 0 && count() === before;
  };

  test('of replies slows the user function down', async () => {
    let sent = 0;
    actions.behave = ({ raw, send }) => {
      const go = (): void => {
        while (sent < MANY && !raw.writableNeedDrain) {
          send(reply(big));
          sent += 1;
        }
        if (sent < MANY) raw.once('drain', go);
        else raw.end();
      };
      raw.once('data', go);
    };
    const opened = actions.call('Watch');
    await opened.next();
    await eventually(() => standsStill(() => sent));
    expect(sent).toBeLessThan(MANY / 2);
    const rest = await opened.rest();
    expect(rest).toHaveLength(MANY - 1);
  }, 30_000);

  test('of messages slows the caller down', async () => {
    let bytes = 0;
    let read = (): unknown => undefined;
    actions.behave = ({ raw, send }) => {
      raw.on('data', (message: Buffer) => (bytes += message.length));
      raw.once('data', () => {
        raw.pause();
        read = () => raw.resume();
      });
      raw.once('end', () => void (send(reply('read it all')), raw.end()));
    };
    const opened = actions.client.open('Collect', { deadlineMs: 30_000 });
    let sent = 0;
    const go = (): void => {
      while (sent < MANY && opened.send({ id: 'a', text: big })) sent += 1;
      if (sent < MANY) opened.onDrain(go);
      else opened.halfClose();
    };
    go();
    await eventually(() => standsStill(() => sent));
    expect(sent).toBeLessThan(MANY / 2);
    read();
    expect(await opened.rest()).toEqual([text('read it all')]);
    expect(bytes).toBeGreaterThan(MANY * big.length);
  }, 30_000);
});
