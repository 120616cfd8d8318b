import { Code, type Connection, type Metadata, type Status } from './call.ts';

/** A call ended with a status other than OK. */
export class CallFailed extends Error {
  readonly status: Status;

  constructor(path: string, status: Status) {
    super(`${path} failed with ${statusName(status.code)}: ${status.message}`);
    this.status = status;
  }
}

/** Sends one message and resolves with the one that comes back. Rejects with `CallFailed`, after `timeoutMs` with DEADLINE_EXCEEDED. */
export function callUnary(
  connection: Connection,
  path: string,
  message: Uint8Array,
  timeoutMs: number,
  headers: Metadata = [],
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let answer: Uint8Array | undefined;
    const fail = (status: Status): void => reject(new CallFailed(path, status));
    const call = connection.open(path, headers, {
      onHeaders: () => undefined,
      onMessage(bytes) {
        answer = new Uint8Array(bytes);
      },
      onHalfClose: () => undefined,
      onDrain: () => undefined,
      onEnd(status) {
        clearTimeout(timer);
        if (status.code !== Code.OK) fail(status);
        else if (answer === undefined) fail({ code: Code.INTERNAL, message: 'the call ended without an answer' });
        else resolve(answer);
      },
    });
    const timer = setTimeout(() => {
      fail({ code: Code.DEADLINE_EXCEEDED, message: `no answer within ${timeoutMs} ms` });
      call.cancel(Code.DEADLINE_EXCEEDED);
    }, timeoutMs);
    call.send(message);
    call.halfClose();
  });
}

/** `UNAVAILABLE` for 14. */
export function statusName(code: Code): string {
  return Object.entries(Code).find(([, value]) => value === code)?.[0] ?? `code ${code}`;
}
