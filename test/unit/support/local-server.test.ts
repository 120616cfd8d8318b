import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startNode } from '../../support/process.ts';
import { present, startServer } from '../../support/servers.ts';
import { ask } from '../../support/servers/ask.ts';
import { isGone } from '../../support/servers/process-family.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** With Redis, the quickest of them; each driver's tests use its own. */
describe('a server that a test has started', () => {
  test('keeps its data and its port when it is killed and started again', async (context) => {
    await using server = present(context, await startServer('redis', { own: true }));
    expect(await say(server.url, 'SET kept yes')).toBe('+OK');
    const before = { pid: server.pid ?? 0, url: server.url };
    await server.kill9();
    expect(isGone(before.pid)).toBe(true);
    await expect(say(server.url, 'PING')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    expect(await say(before.url, 'GET kept')).toBe('$3 yes');
    expect(server.pid).not.toBe(before.pid);
  });

  test('takes settings in its own words, and other ones at a restart', async (context) => {
    const settings = { 'maxmemory-policy': 'allkeys-lru' };
    await using server = present(context, await startServer('redis', { settings }));
    expect(await say(server.url, 'CONFIG GET maxmemory-policy')).toContain('allkeys-lru');
    expect(await say(server.url, 'CONFIG GET appendfsync')).toContain('always');
    await server.restart({ appendfsync: 'everysec', requirepass: 'secret' });
    expect(await say(server.url, 'AUTH secret\r\nCONFIG GET appendfsync')).toContain('everysec');
    expect(server.url).toContain(':secret@');
  });

  test('is connected and silent while it is paused', async (context) => {
    await using server = present(context, await startServer('redis', { own: true }));
    await server.pause();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += String(bytes)));
    socket.write('PING\r\n');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(socket.readyState).toBe('open');
    expect(answer).toBe('');
    await server.resume();
    await eventually(() => answer === '+PONG\r\n');
    socket.destroy();
  });

  test('is gone when it is stopped, with its data', async (context) => {
    const server = present(context, await startServer('redis', { own: true }));
    const pid = server.pid ?? 0;
    await server.stop();
    expect(isGone(pid)).toBe(true);
    expect(await server.log()).toBe('');
  });

  test('says what it printed when it does not start', async (context) => {
    await using _works = present(context, await startServer('redis', { own: true }));
    await expect(startServer('redis', { settings: { appendfsync: 'sometimes' } })).rejects.toThrow(
      /does not start: .*it ended with 1[^]*appendfsync/,
    );
  });

  test('ends with the process of the test, even when that is killed', async (context) => {
    // Nobody is left to remove the data.
    using dir = tempDir();
    const env = { TMPDIR: dir.path };
    await using starter = startNode(['test/unit/support/server-that-is-left.ts'], { env });
    const output = await starter.prints(/\n/);
    const pid = Number(/^server (\d+)/m.exec(output)?.[1]);
    if (Number.isNaN(pid)) present(context, { missing: output.trim() });
    expect(isGone(pid)).toBe(false);
    process.kill(starter.pid, 'SIGKILL');
    await eventually(() => isGone(pid), 5_000, 'the end of the server');
  });
});

/** What Redis answers to a line, in one line. */
async function say(url: string, line: string): Promise<string> {
  const answer = await ask(Number(new URL(url).port), `${line}\r\n`);
  return String(answer).trim().replaceAll('\r\n', ' ');
}
