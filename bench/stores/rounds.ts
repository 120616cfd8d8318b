import { median } from '../median.ts';
import { type Floor, floorSide, GROUPS, KEYS, MOST_STREAMS, REPLAY_EVENTS, type Side, TAIL } from './workload.ts';

const TURN_MS = 200;
/** Before the rounds, for each: until then Node is still compiling, on both sides. A proxy lives longer. */
const WARM_UP_MS = 1000;
/** No round begins later than this after the start, but the number of rounds stays odd. */
const BUDGET_MS = 20_000;

/** Does a bit of work and tells how much that was. */
type Work = () => Promise<number>;

interface Contest {
  readonly figure: string;
  /** What the work counts, per second. */
  readonly unit: string;
  readonly driver: Work;
  readonly floor: Work;
}

/** Rates are medians of the rounds; the ratio is the median of the rounds' own ratios. */
export interface StoreFigure {
  readonly figure: string;
  readonly unit: string;
  readonly driver: number;
  readonly floor: number;
  readonly ratio: number;
}

export const appendFigure = (streams: number): string =>
  streams === 1 ? 'append, 1 in flight' : `append to ${streams} streams at once`;
export const POOL_FIGURE = `the same, to a pool's single appends`;
export const REPLAY_FIGURE = `replay of ${REPLAY_EVENTS} events`;

/** Driver and floor do each thing one right after the other, in every round: a slow moment of the machine hits both. */
export async function measureRounds(
  driver: Side,
  floor: Floor,
  most: number,
): Promise<{ readonly rounds: number; readonly figures: readonly StoreFigure[] }> {
  const contests = contestsOf(driver, floor);
  for (const contest of contests) await turnOf(contest, WARM_UP_MS);
  const end = performance.now() + BUDGET_MS;
  const turns: (readonly Turn[])[] = [];
  while (turns.length < most && (turns.length % 2 === 0 || performance.now() < end)) {
    const round: Turn[] = [];
    for (const contest of contests) round.push(await turnOf(contest));
    turns.push(round);
  }
  const figures = contests.map(({ figure, unit }, index) => {
    const own = turns.flatMap((round) => round[index] ?? []);
    const middle = (value: (turn: Turn) => number): number => Number(median(own.map(value)).toPrecision(4));
    return {
      figure,
      unit,
      driver: middle((turn) => turn.driver),
      floor: middle((turn) => turn.floor),
      ratio: middle((turn) => turn.driver / turn.floor),
    };
  });
  return { rounds: turns.length, figures };
}

/** How much each side did in a second. */
interface Turn {
  readonly driver: number;
  readonly floor: number;
}

async function turnOf({ driver, floor }: Contest, ms = TURN_MS): Promise<Turn> {
  return { driver: await rate(driver, ms), floor: await rate(floor, ms) };
}

async function rate(work: Work, ms: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  let elapsedMs = 0;
  while (elapsedMs < ms) {
    done += await work();
    elapsedMs = performance.now() - start;
  }
  return (done / elapsedMs) * 1000;
}

function contestsOf(driver: Side, floor: Floor): readonly Contest[] {
  const least = floorSide(floor);
  const both = (figure: string, unit: string, work: (side: Side) => Promise<number>): Contest => {
    return { figure, unit, driver: () => work(driver), floor: () => work(least) };
  };
  const append = (streams: number) => async (side: Pick<Side, 'append'>) => {
    await side.append(streams);
    return streams;
  };
  const pool = floor.appendByPool && { append: (appends: number) => floor.appendByPool?.(appends) };
  const most = append(MOST_STREAMS);
  return [
    ...[1, ...GROUPS].map((streams) => both(appendFigure(streams), 'appends/s', append(streams))),
    ...(pool ? [{ figure: POOL_FIGURE, unit: 'appends/s', driver: () => most(driver), floor: () => most(pool) }] : []),
    both(REPLAY_FIGURE, 'events/s', async (side) => whole(await side.replay(), REPLAY_EVENTS)),
    both(`recovery, ${REPLAY_EVENTS} events`, 'recoveries/s', async (side) => {
      whole(await side.recover(false), REPLAY_EVENTS);
      return 1;
    }),
    both(`recovery, snapshot and ${TAIL} events`, 'recoveries/s', async (side) => {
      whole(await side.recover(true), TAIL);
      return 1;
    }),
    both(`put of ${KEYS} values at once`, 'puts/s', async (side) => {
      await side.put();
      return KEYS;
    }),
    both('get, 1 in flight', 'gets/s', async (side) => {
      await side.get();
      return 1;
    }),
  ];
}

function whole(events: number, expected: number): number {
  if (events !== expected) throw new Error(`${events} events were read, ${expected} were written`);
  return events;
}
