import { ask } from './ask.ts';
import type { ServerName } from './recipe.ts';

/**
 * Asks a server on a port of this machine in its own protocol whether it serves: an open port says nothing. No client
 * library is needed, so that the tests of one driver run without those of the others.
 */
export const isReady: Readonly<Record<ServerName, (port: number) => Promise<boolean>>> = {
  /** The start of a session: an answer of any kind but "cannot connect now" (57P03) comes from a server that is up. */
  async postgres(port) {
    const parameters = bytes(int32(0x0003_0000), 'user\0stategate\0database\0postgres\0\0');
    const answer = await ask(port, bytes(int32(parameters.length + 4), parameters));
    return answer[0] === 'R'.charCodeAt(0) || (answer[0] === 'E'.charCodeAt(0) && !answer.includes('57P03'));
  },

  /** A server that wants a password is up too; one that still reads its log is not. */
  async redis(port) {
    return /^(\+PONG|-NOAUTH)/.test(String(await ask(port, 'PING\r\n')));
  },

  /** The native transport listens when the tables are open: STARTUP is answered by READY or AUTHENTICATE. */
  async cassandra(port) {
    const options = bytes(int16(1), int16(11), 'CQL_VERSION', int16(5), '3.0.0');
    const [version, flags, stream, startup] = [4, 0, 0, 1];
    const header = Buffer.from([version, flags, 0, stream, startup]);
    const answer = await ask(port, bytes(header, int32(options.length), options));
    const [ready, authenticate] = [2, 3];
    return answer[4] === ready || answer[4] === authenticate;
  },

  /** `hello`, and whether it is a primary yet. */
  async mongodb(port) {
    const fields = bytes([0x10], 'hello\0', little(1), [0x02], '$db\0', little(6), 'admin\0', [0]);
    const [opMsg, flags, bodySection] = [little(2013), little(0), [0]];
    const message = bytes(little(1), little(0), opMsg, flags, bodySection, little(fields.length + 4), fields);
    const answer = await ask(port, bytes(little(message.length + 4), message));
    return answer.includes(bytes([0x08], 'isWritablePrimary\0', [1]));
  },

  /** Without a signature it refuses, which it can only do when it serves. */
  async dynamodb(port) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
      signal: AbortSignal.timeout(2_000),
    });
    return answer.status === 400 && (await answer.text()).includes('MissingAuthenticationToken');
  },

  /** It is healthy when it has a leader. */
  async etcd(port) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok && (await answer.text()).includes('true');
  },
};

function bytes(...parts: readonly (string | readonly number[] | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

function little(value: number): Buffer {
  return int32(value).swap32();
}
