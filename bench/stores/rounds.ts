import { median } from '../median.ts';
import { floorSide, type Floor, GROUPS, KEYS, REPLAY_EVENTS, type Side, TAIL } from './workload.ts';

const ROUND_MS = 200;
const WARM_UP_MS = 300;

/** Does a bit of work and tells how much that was. */
type Turn = () => Promise<number>;

/** What is measured of a store, for each side the same. */
interface Contest {
  readonly title: string;
  /** What is counted, per second. */
  readonly unit: string;
  readonly turn: (side: Side) => Promise<number>;
}

/** Rates are medians of the rounds; a ratio is the median of the rounds' own ratios. */
export interface StoreFigure {
  readonly figure: string;
  readonly unit: string;
  readonly driver: number;
  readonly floor: number;
  readonly ratio: number;
}

const CONTESTS: readonly Contest[] = [
  ...[1, ...GROUPS].map((streams) => ({
    title: streams === 1 ? 'append, 1 in flight' : `append to ${streams} streams at once`,
    unit: 'appends/s',
    turn: async (side: Side) => {
      await side.append(streams);
      return streams;
    },
  })),
  {
    title: `replay of ${REPLAY_EVENTS} events`,
    unit: 'events/s',
    turn: async (side) => counted(await side.replay(), REPLAY_EVENTS),
  },
  {
    title: `recovery, ${REPLAY_EVENTS} events`,
    unit: 'recoveries/s',
    turn: async (side) => counted(await side.recover(false), REPLAY_EVENTS) / REPLAY_EVENTS,
  },
  {
    title: `recovery, snapshot and ${TAIL} events`,
    unit: 'recoveries/s',
    turn: async (side) => counted(await side.recover(true), TAIL) / TAIL,
  },
  {
    title: `put of ${KEYS} values at once`,
    unit: 'puts/s',
    turn: async (side) => {
      await side.put();
      return KEYS;
    },
  },
  {
    title: 'get, 1 in flight',
    unit: 'gets/s',
    turn: async (side) => {
      await side.get();
      return 1;
    },
  },
];

/** Driver and floor do each thing one right after the other, in every round: a slow moment of the machine hits both. */
export async function measureContests(driver: Side, floor: Floor, rounds: number): Promise<readonly StoreFigure[]> {
  const sides = [driver, floorSide(floor)] as const;
  const pairs: { title: string; unit: string; turns: readonly [Turn, Turn] }[] = CONTESTS.map(
    ({ title, unit, turn }) => ({ title, unit, turns: [() => turn(sides[0]), () => turn(sides[1])] }),
  );
  if (floor.appendByPool !== undefined) pairs.push(againstPool(driver, (appends) => floor.appendByPool?.(appends)));
  for (const { turns } of pairs) for (const turn of turns) await rate(turn, WARM_UP_MS);
  const measured = pairs.map((): [driver: number, floor: number][] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { turns }] of pairs.entries()) {
      measured[index]?.push([await rate(turns[0], ROUND_MS), await rate(turns[1], ROUND_MS)]);
    }
  }
  return pairs.map(({ title, unit }, index) => {
    const rates = measured[index] ?? [];
    return {
      figure: title,
      unit,
      driver: median(rates.map(([ours]) => ours)),
      floor: median(rates.map(([, theirs]) => theirs)),
      ratio: median(rates.map(([ours, theirs]) => ours / theirs)),
    };
  });
}

export const POOL_FIGURE = `append, ${Math.max(...GROUPS)} in flight, to a pool's`;

function againstPool(driver: Side, appendByPool: (appends: number) => Promise<void> | undefined) {
  const inFlight = Math.max(...GROUPS);
  const turn = (append: (count: number) => void | Promise<void>) => async () => {
    await append(inFlight);
    return inFlight;
  };
  return {
    title: POOL_FIGURE,
    unit: 'appends/s',
    turns: [turn((count) => driver.append(count)), turn((count) => appendByPool(count))] as const,
  };
}

async function rate(turn: Turn, durationMs: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  let elapsedMs = 0;
  while (elapsedMs < durationMs) {
    done += await turn();
    elapsedMs = performance.now() - start;
  }
  return (done / elapsedMs) * 1000;
}

function counted(events: number, expected: number): number {
  if (events !== expected) throw new Error(`${events} events were read, ${expected} were written`);
  return events;
}
