import type { LoggedEvent, Operation } from '@stategate/journal-spi/conformance';

/** What a simulated store does wrong. */
export type Defect =
  | 'no compare-and-set'
  | 'check, then write'
  | 'half a batch on failure'
  | 'no token'
  | 'unavailable after applying'
  | 'acknowledged tail lost'
  | 'stale reads'
  | 'an event dropped between pages'
  | 'fence ignored'
  | 'epoch checked before token'
  | 'token on the head only';

const WRITERS = 4;
const TURNS = 15;

interface Stored extends LoggedEvent {
  readonly token: string;
}

/** Four writers on one stream, with take-overs, lost requests, lost answers and repeated tries, all from one seed. */
export function simulate(seed: number, defect?: Defect): { operations: Operation[]; logs: Map<string, LoggedEvent[]> } {
  const random = mulberry(seed);
  const chance = (p: number): boolean => random() < p;
  const operations: Operation[] = [];
  const agenda: { at: number; run: () => void }[] = [];
  const after = (now: number, run: (now: number) => void, most = 10): void => {
    const at = now + 1 + random() * most;
    agenda.push({ at, run: () => run(at) });
  };
  let log: Stored[] = [];
  const past: { at: number; log: Stored[] }[] = [];
  let sealed = 0;
  let claimed = 0;
  let values = 0;

  type Answer =
    | { lastSequenceNr: number }
    | { code: 'SequenceConflict' | 'Fenced' | 'StoreUnavailable'; actual?: number };
  const apply = (
    now: number,
    request: { expected: number; epoch: number; token: string; values: string[] },
    answer: (now: number, a: Answer) => void,
  ): void => {
    const { expected, epoch, token } = request;
    const known =
      defect === 'token on the head only'
        ? log.at(-1)?.token === token && log[expected]?.token === token
        : log[expected]?.token === token;
    const fenced = epoch < sealed && defect !== 'fence ignored';
    if (defect === 'epoch checked before token' && fenced) return answer(now, { code: 'Fenced' });
    if (known && defect !== 'no token') return answer(now, { lastSequenceNr: expected + request.values.length });
    if (fenced) return answer(now, { code: 'Fenced' });
    if (log.length !== expected && defect !== 'no compare-and-set')
      return answer(now, { code: 'SequenceConflict', actual: log.length });
    const write = (at: number): void => {
      const half = defect === 'half a batch on failure' && chance(0.3);
      const count = half ? Math.floor(request.values.length / 2) : request.values.length;
      past.push({ at, log: [...log] });
      log = [
        ...log.slice(0, expected),
        ...request.values.slice(0, count).map((value) => ({ value, epoch, token })),
        ...log.slice(expected + count),
      ];
      if (half) return;
      if (defect === 'unavailable after applying' && chance(0.2)) answer(at, { code: 'StoreUnavailable' });
      else answer(at, { lastSequenceNr: expected + request.values.length });
      if (defect === 'acknowledged tail lost' && chance(0.1)) after(at, () => (log = log.slice(0, -1)), 30);
    };
    if (defect === 'check, then write') after(now, write, 20);
    else write(now);
    return undefined;
  };
  const readNow = (now: number): LoggedEvent[] => {
    const stale = defect === 'stale reads' && chance(0.3) ? past.findLast(({ at }) => at < now - 15)?.log : undefined;
    const seen = (stale ?? log).map(({ value, epoch }) => ({ value, epoch }));
    return defect === 'an event dropped between pages' && seen.length > 5 ? seen.toSpliced(4, 1) : seen;
  };

  for (let writer = 0; writer < WRITERS; writer += 1) {
    let epoch = 0;
    let head = 0;
    const record = (start: number, end: number, did: Operation['did']): void =>
      void operations.push({ process: writer, stream: 's', start, end, did });
    const recover = (start: number, turn: number, takeOver: boolean): void => {
      after(start, (now) => {
        // Two writers of one epoch meet as well: then only the compare-and-set keeps them apart.
        if (claimed > 0 && chance(0.3)) epoch = claimed;
        else if (takeOver || epoch === 0) epoch = claimed += 1;
        if (epoch < sealed && defect !== 'fence ignored') return after(now, (end) => recover(end, turn, true));
        sealed = Math.max(sealed, epoch);
        const events = readNow(now);
        return after(now, (end) => {
          head = events.length;
          record(start, end, { type: 'recovery', from: 1, epoch, events });
          turnAround(end, turn);
        });
      });
    };
    const append = (start: number, turn: number): void => {
      const token = `${writer}-${turn}`;
      const request = {
        expected: head,
        epoch,
        token,
        values: Array.from({ length: 1 + Math.floor(random() * 3) }, () => `v${(values += 1)}`),
      };
      let settled = false;
      const settle = (end: number, outcome: Extract<Operation['did'], { type: 'append' }>['outcome']): void => {
        if (settled) return;
        settled = true;
        record(start, end, { type: 'append', ...request, outcome });
      };
      const attempt = (now: number, tries: number): void => {
        let answered = false;
        if (!chance(0.15)) {
          after(now, (arrived) =>
            apply(arrived, request, (done, answer) => {
              if (chance(0.15)) return;
              after(done, (end) => {
                if (answered || settled) return;
                answered = true;
                if ('lastSequenceNr' in answer) {
                  head = answer.lastSequenceNr;
                  settle(end, { type: 'ok', lastSequenceNr: head });
                  turnAround(end, turn);
                } else {
                  settle(end, {
                    type: 'fail',
                    code: answer.code,
                    ...(answer.actual !== undefined && { actual: answer.actual }),
                  });
                  recover(end, turn, answer.code === 'Fenced');
                }
              });
            }),
          );
        }
        agenda.push({
          at: now + 40,
          run: () => {
            if (answered || settled) return;
            if (tries > 0) return attempt(now + 40, tries - 1);
            settle(Infinity, { type: 'info' });
            // What is unclear may only be followed by a higher epoch.
            return recover(now + 40, turn, true);
          },
        });
      };
      attempt(start, 2);
    };
    const turnAround = (now: number, turn: number): void => {
      if (turn >= TURNS) return;
      after(now, (start) => {
        if (chance(0.15)) recover(start, turn + 1, true);
        else if (chance(0.25)) {
          after(start, (at) => {
            const events = readNow(at);
            after(at, (end) => {
              record(start, end, { type: 'read', from: 1, events });
              turnAround(end, turn + 1);
            });
          });
        } else append(start, turn + 1);
      });
    };
    recover(writer, 0, true);
  }
  for (let next = takeEarliest(agenda); next !== undefined; next = takeEarliest(agenda)) next.run();
  return { operations, logs: new Map([['s', log.map(({ value, epoch }) => ({ value, epoch }))]]) };
}

function takeEarliest<T extends { at: number }>(agenda: T[]): T | undefined {
  let earliest = 0;
  for (let i = 1; i < agenda.length; i += 1)
    if ((agenda[i]?.at ?? Infinity) < (agenda[earliest]?.at ?? Infinity)) earliest = i;
  return agenda.splice(earliest, 1)[0];
}

/** A small seeded generator of numbers below 1. */
export function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
