// What becomes of the metadata of actions, both ways.
import { Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../support/probe-messages.ts';
import { answering, reply, SERVICE, StreamedActions, text } from '../support/streamed-actions.ts';

let actions: StreamedActions;
beforeAll(async () => {
  actions = await StreamedActions.start();
});
afterAll(() => actions[Symbol.asyncDispose]());
beforeEach(() => actions.reset());

describe('metadata', () => {
  const bytes = Buffer.from([0, 1, 254, 255]);

  test.each(['Run', 'Watch', 'Collect', 'Chat'] as const)(
    'of the caller come with the first message of %s',
    async (method) => {
      const metadata = new Metadata();
      metadata.add('ce-id', '42');
      metadata.add('ce-type', 'x.Y');
      metadata.add('twice', 'a');
      metadata.add('twice', 'b');
      metadata.add('trace-bin', bytes);
      actions.unary = (command) => (actions.commands.push(command), reply(''));
      actions.behave = answering(reply(''));
      const opened = actions.client.open(method, { metadata });
      opened.send({ id: 'a', text: '' });
      opened.halfClose();
      await opened.rest();
      const entries = (actions.commands[0]?.metadata?.entries ?? []).map(({ key, stringValue, bytesValue }) => [
        key,
        stringValue ?? Buffer.from(bytesValue ?? []).toString('hex'),
      ]);
      expect(entries).toEqual(
        expect.arrayContaining([
          ['ce-id', '42'],
          ['ce-type', 'x.Y'],
          ['trace-bin', bytes.toString('hex')],
        ]),
      );
      expect(
        entries
          .filter(([key]) => key === 'twice')
          .map(([, value]) => value)
          .join(),
      ).toMatch(/^a, ?b$|^a,b$/);
      expect(entries.map(([key]) => key)).not.toContain('content-type');
    },
  );

  test.each(['Run', 'Watch', 'Collect', 'Chat'] as const)(
    'of the first reply of %s are the caller’s headers',
    async (method) => {
      const first = reply('1', [
        { key: 'ce-id', stringValue: '7' },
        { key: 'Twice', stringValue: 'a' },
        { key: 'twice', stringValue: 'b' },
        { key: 'x-bin', bytesValue: bytes },
        { key: 'y-bin', stringValue: bytes.toString('base64') },
        { key: 'z-bin', stringValue: 'no base64!' },
        { key: 'bytes', bytesValue: bytes },
        { key: 'grpc-status', stringValue: '5' },
        { key: ':path', stringValue: '/' },
        { key: 'content-length', stringValue: '1' },
        { key: 'bad value', stringValue: 'x' },
        { key: 'newline', stringValue: 'a\nb' },
        { key: 'etag', stringValue: 'one' },
        { key: 'etag', stringValue: 'two' },
      ]);
      actions.unary = () => first;
      actions.behave = answering(
        ...(method === 'Collect' ? [first] : [{}, first, reply('2', [{ key: 'late', stringValue: 'x' }])]),
      );
      const opened = actions.client.open(method);
      opened.send({ id: 'a', text: '' });
      opened.halfClose();
      expect((await opened.rest())[0]).toEqual(text('1'));
      const headers = await opened.headers;
      expect(headers.get('ce-id')).toEqual(['7']);
      expect(headers.get('twice').join().replaceAll(' ', '')).toBe('a,b');
      expect([headers.get('x-bin'), headers.get('y-bin')]).toEqual([[bytes], [bytes]]);
      for (const name of ['z-bin', 'bytes', 'late', 'newline', 'content-length', 'grpc-status'])
        expect([name, headers.get(name)]).toEqual([name, []]);
    },
  );

  test('of a forward come with both messages of a stream, without the caller’s', async () => {
    actions.behave = ({ raw, send }) => raw.once('end', () => void (send(reply('')), raw.end()));
    actions.unary = () => ({
      forward: {
        serviceName: SERVICE,
        commandName: 'Collect',
        payload: ask('f', {}),
        metadata: { entries: [{ key: 'own', stringValue: 'yes' }] },
      },
    });
    await actions.client.call('Run', { id: 'a', text: '' });
    expect(actions.commands.map(({ metadata }) => metadata?.entries?.map(({ key }) => key))).toEqual([
      ['own'],
      ['own'],
    ]);
  });
});
