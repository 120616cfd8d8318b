import { type Call, Code, type Status } from '../../transport/call.ts';
import { bare } from '../machine.ts';
import type { LiveEntity } from '../region.ts';
import type { Span } from '../span.ts';
import type { PendingCommand } from '../stash.ts';
import { Commands, DELETED, type Phase } from './commands.ts';
import { CrdtError } from './crdt.ts';
import type { CrdtEnvironment } from './environment.ts';
import type { CrdtChange, CrdtStorage, StoredCrdt } from './kind.ts';
import { Turns } from './turns.ts';
import { Writer } from './writer.ts';

const TERMINATING = bare('Entity terminating');
/** Looks for answers that are due, so often within the time that they have. */
const LOOKS = 4;

/**
 * The shell of one live CRDT entity over one stream of the user function (protocol-spec §6). Any number of commands is under way at
 * once. The user function and the proxy take turns: while the former owes an answer it is told of no change by others. Nothing
 * that shows a change leaves before the change is durable.
 */
export class CrdtEntity implements LiveEntity {
  readonly #id: string;
  readonly #environment: CrdtEnvironment;
  readonly #onEnd: () => void;
  readonly #writer: Writer;
  readonly #turns = new Turns();
  readonly #call: Call;
  readonly #commands: Commands;
  readonly #activatedAt = performance.now();
  #phase: Phase = 'recovering';
  #isStreamOpen = true;
  /** Streamed calls are not kept open any more. */
  #isCompleting = false;
  #timer: NodeJS.Timeout | undefined;
  #timerFor: 'command' | 'grace' | 'idle' | undefined;

  constructor(id: string, environment: CrdtEnvironment, onEnd: () => void) {
    this.#id = id;
    this.#environment = environment;
    this.#onEnd = onEnd;
    const storage = environment.openStorage(id);
    this.#writer = new Writer(storage, {
      onSaved: (saved, others, durationMs) => this.#onSaved(saved, others, durationMs),
      onFailed: (error) => this.#onWriteFailed(error),
    });
    environment.events.activated();
    this.#call = environment.connection.open(environment.codec.path, [], {
      onHeaders: () => undefined,
      onMessage: (bytes) => this.#receive(bytes),
      onHalfClose: () => undefined,
      onEnd: (status) => this.#onStreamEnd(status),
      onDrain: () => {
        this.#commands.drained();
        this.#settle();
      },
    });
    this.#commands = new Commands(id, environment, {
      call: this.#call,
      writer: this.#writer,
      phase: () => this.#phase,
      change: (change, span) => this.#change(change, span),
      crash: (text, details) => this.#crash(text, details),
      settle: () => this.#settle(),
    });
    void environment.admit(() => this.#recover(storage));
  }

  handle(command: PendingCommand): void {
    this.#commands.handle(command);
    this.#arm();
  }

  completeStreams(): void {
    this.#isCompleting = true;
    this.#settle();
  }

  passivate(): boolean {
    const isIdle =
      this.#phase === 'deleted'
        ? !this.#isStreamOpen
        : this.#phase === 'live' && this.#isIdle() && !this.#commands.areWaiting && !this.#commands.areStreaming;
    if (isIdle) this.#onIdle();
    return isIdle;
  }

  drop(status: Status): void {
    if (this.#phase !== 'closing' && this.#phase !== 'ended') this.#stop(status, status);
  }

  takeStash(): readonly PendingCommand[] {
    return this.#commands.takeStash();
  }

  /** Takes in what another replica holds; the user function is told of it when it is its turn to listen. */
  merge(other: StoredCrdt): void {
    if (this.#phase !== 'live' || other === undefined) return;
    if (other === 'deleted') {
      this.#commands.send(this.#environment.codec.delete());
      this.#becomeDeleted();
      return this.#commands.failAll(DELETED, DELETED);
    }
    this.#guarded(() => this.#turns.merge(other));
    return this.#settle();
  }

  async #recover(storage: CrdtStorage): Promise<void> {
    const { codec, serviceName, events } = this.#environment;
    let recovered;
    try {
      recovered = await storage.recover();
    } catch (error) {
      events.storeFailed(error);
      if (this.#phase !== 'recovering') return;
      events.failed(this.#id, 'recovery failed', String(error));
      const status = this.#environment.storeStatus(error);
      this.#stop(status, status);
      return;
    }
    if (this.#phase !== 'recovering') return;
    events.recovered(performance.now() - this.#activatedAt);
    const { replica, stored } = recovered;
    this.#phase = 'live';
    if (stored === 'deleted') return this.merge(stored);
    this.#commands.send(codec.init(serviceName, this.#id, this.#turns.begin(replica, stored)));
    this.#settle();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#phase !== 'live' && this.#phase !== 'deleted') return;
    this.#commands.receive(bytes);
    this.#settle();
  }

  /** Does what an answer asks for; false when it cannot be done, which ends this life. */
  #change(change: CrdtChange | undefined, span: Span | undefined): boolean {
    if (change === undefined || this.#phase === 'deleted') return true;
    if (change.type === 'delete') {
      this.#writer.put('deleted', span);
      this.#becomeDeleted();
      return true;
    }
    return this.#guarded(() => this.#writer.put(this.#turns.change(change.delta, Date.now()), span));
  }

  #guarded(change: () => void): boolean {
    try {
      change();
      return true;
    } catch (error) {
      if (!(error instanceof CrdtError)) throw error;
      this.#crash(error.message);
      return false;
    }
  }

  /** The user function may still answer what it was asked, and has until the end of the grace to close its side. */
  #becomeDeleted(): void {
    this.#phase = 'deleted';
    this.#turns.forget();
    this.#commands.failStash(DELETED);
    this.#call.halfClose();
    this.#arm();
  }

  #onSaved(saved: number, others: StoredCrdt, durationMs: number): void {
    this.#environment.events.persisted(durationMs);
    this.merge(others);
    this.#commands.release(saved);
    this.#settle();
  }

  #onWriteFailed(error: unknown): Status {
    const { events } = this.#environment;
    const status = this.#environment.storeStatus(error);
    events.storeFailed(error);
    if (this.#phase !== 'live' && this.#phase !== 'deleted') return status;
    events.failed(this.#id, 'write failed', String(error));
    this.#stop(TERMINATING, status);
    return status;
  }

  /** Goes on with what had to wait: commands, then changes by others. */
  #settle(): void {
    if (this.#phase === 'live') {
      this.#commands.sendWaiting();
      if (this.#isCompleting && this.#writer.isDone) this.#commands.complete();
      if (this.#isIdle() && !this.#commands.isBlocked) this.#push();
    }
    this.#arm();
  }

  /** Tells the user function what others have changed, all of it at once. */
  #push(): void {
    this.#guarded(() => {
      const delta = this.#turns.tell();
      if (delta !== undefined) this.#commands.send(this.#environment.codec.delta(delta));
    });
  }

  #onStreamEnd(status: Status): void {
    this.#isStreamOpen = false;
    if (this.#phase === 'deleted') {
      this.#commands.finish();
      return this.#arm();
    }
    if (this.#phase === 'recovering') {
      // Nobody has been heard yet: what the stream says is about the user function, not about this entity.
      const message = `the user function cannot be reached: ${status.message}`;
      const failure = status.code === Code.OK ? TERMINATING : { code: Code.UNAVAILABLE, message };
      this.#environment.events.failed(this.#id, 'Unexpected entity termination', status.message);
      this.#stop(failure, failure);
    } else if (this.#phase === 'live') {
      const text = status.code === Code.OK ? 'Unexpected entity termination due to stream closure' : 'Entity crashed';
      this.#crash(text, this.#commands.complaint || status.message);
    }
    if (this.#phase !== 'ended') this.#end();
    return undefined;
  }

  /** The user function broke the protocol. */
  #crash(text: string, details = ''): void {
    if (this.#phase !== 'live' && this.#phase !== 'deleted') return;
    this.#environment.events.failed(this.#id, text, details);
    this.#environment.reportError(text);
    this.#stop(TERMINATING, TERMINATING);
  }

  /** Ends everything at once. `held`: for those whose change was not durable yet. */
  #stop(status: Status, held: Status): void {
    this.#phase = 'closing';
    this.#call.cancel(Code.CANCELLED);
    this.#arm();
    this.#commands.failAll(status, held);
    this.#commands.failStash(status);
  }

  #close(): void {
    this.#phase = 'closing';
    this.#call.halfClose();
    this.#arm();
  }

  /** A write that is still under way belongs to this life: the next one must not begin before its end. */
  #end(): void {
    this.#phase = 'ended';
    this.#arm();
    void this.#writer.ended.then(() => {
      this.#environment.events.ended(performance.now() - this.#activatedAt);
      this.#onEnd();
    });
  }

  /** One timer, for what has to be waited for at most. */
  #arm(): void {
    const { commandTimeoutMs, closeGraceMs, passivationTimeoutMs } = this.#environment;
    const wanted = this.#waitsFor();
    // Only the idle time begins anew with all traffic.
    if (wanted === this.#timerFor && wanted !== 'idle') return;
    clearTimeout(this.#timer);
    this.#timerFor = wanted;
    if (wanted === 'command') this.#timer = setTimeout(() => this.#expire(), commandTimeoutMs / LOOKS);
    else if (wanted === 'grace') this.#timer = setTimeout(() => this.#call.cancel(Code.CANCELLED), closeGraceMs);
    else if (wanted === 'idle') this.#timer = setTimeout(() => this.#onIdle(), passivationTimeoutMs);
  }

  #waitsFor(): 'command' | 'grace' | 'idle' | undefined {
    switch (this.#phase) {
      case 'live':
        if (this.#commands.inFlight > 0) return 'command';
        return !this.#commands.areStreaming && this.#writer.isDone ? 'idle' : undefined;
      case 'deleted':
        return this.#isStreamOpen ? 'grace' : 'idle';
      case 'closing':
        return 'grace';
      default:
        return undefined;
    }
  }

  /** Nothing is owed, and every change is durable. */
  #isIdle(): boolean {
    return this.#commands.inFlight === 0 && this.#writer.isDone;
  }

  #onIdle(): void {
    if (this.#phase === 'deleted') this.#end();
    else this.#close();
  }

  #expire(): void {
    this.#timerFor = undefined;
    this.#commands.expire();
    this.#settle();
  }
}
