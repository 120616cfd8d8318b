import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { type DriverEnv, type OpOptions, type Payload, StoreError } from '@stategate/journal-spi';
import { throwIfOver } from '@stategate/journal-spi/kit';
import { type Change, type Line, State } from './state.ts';

/** The file: changes are added at its end, and flushed before anybody is told that they are made. */
export class Log {
  readonly #path: string;
  readonly #readOnly: boolean;
  #file: number | null;
  #state = new State();
  /** How much of the file the state holds. Others may write too: what they added is read first. */
  #read = 0;

  constructor(path: string, env: DriverEnv) {
    this.#path = path;
    this.#readOnly = env.readOnly === true;
    try {
      this.#file = openSync(path, this.#readOnly ? 'r' : 'a+');
    } catch (cause) {
      throw new StoreError('ConfigError', `the file ${path} cannot be opened: name another one in store.config.path`, {
        cause,
      });
    }
  }

  /** The state as it is now. */
  state(options: OpOptions = {}): State {
    throwIfOver(options);
    if (this.#file === null) throw new StoreError('StoreUnavailable', `the store ${this.#path} is closed`);
    const bytes = Buffer.alloc(fstatSync(this.#file).size - this.#read);
    readSync(this.#file, bytes, 0, bytes.length, this.#read);
    // A line without an end was being written when a process died: it was never acknowledged.
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1).toString();
    this.#read += Buffer.byteLength(whole);
    for (const line of whole.split('\n')) if (line !== '') this.#state.apply(parse(line, this.#path));
    return this.#state;
  }

  /** Nothing else runs between `state` and `add`: that is what makes a check and its change one step. */
  add(changes: readonly Change[]): void {
    if (this.#file === null) throw new StoreError('StoreUnavailable', `the store ${this.#path} is closed`);
    if (this.#readOnly) throw new StoreError('Unsupported', `the store ${this.#path} is open for reading only`);
    if (changes.length === 0) return;
    try {
      writeSync(this.#file, changes.map((change) => `${JSON.stringify(change)}\n`).join(''));
      fdatasyncSync(this.#file);
    } catch (cause) {
      throw new StoreError('AmbiguousWrite', `writing to ${this.#path} failed`, { cause });
    }
    this.state();
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

function parse(line: string, path: string): Change {
  try {
    return JSON.parse(line) as Change;
  } catch (cause) {
    throw new StoreError(
      'IntegrityError',
      `the file ${path} has a line that is none of ours: restore it from a backup`,
      { cause },
    );
  }
}

export function toLine({ manifest, payload, meta }: Payload): Line {
  return { manifest, payload: toBase64(payload), ...(meta !== undefined && { meta: toBase64(meta) }) };
}

export function fromLine({ manifest, payload, meta }: Line): Payload {
  return { manifest, payload: fromBase64(payload), ...(meta !== undefined && { meta: fromBase64(meta) }) };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
