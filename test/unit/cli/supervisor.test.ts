import { afterEach, describe, expect, test } from 'vitest';
import { FunctionSupervisor, type SupervisorTiming } from '../../../src/cli/supervisor.ts';
import { eventually } from '../../support/eventually.ts';

const QUICK: SupervisorTiming = { firstPauseMs: 20, longestPauseMs: 80, steadyMs: 60_000, graceMs: 500 };

interface Watched {
  readonly supervisor: FunctionSupervisor;
  readonly output: string[];
  readonly events: string[];
  readonly failures: string[];
}

const started: FunctionSupervisor[] = [];
afterEach(() => {
  for (const supervisor of started.splice(0)) supervisor.kill();
});

function watch(
  command: readonly [string, ...string[]],
  timing: Partial<SupervisorTiming> = {},
  env: Record<string, string> = {},
): Watched {
  const [output, events, failures]: [string[], string[], string[]] = [[], [], []];
  const supervisor = new FunctionSupervisor({
    command,
    env: { ...process.env, ...env },
    onOutput: (line) => void output.push(line),
    onEvent: (message) => void events.push(message),
    onFailure: ({ message }) => void failures.push(message),
    timing: { ...QUICK, ...timing },
  });
  started.push(supervisor);
  supervisor.start();
  return { supervisor, output, events, failures };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const node = (code: string): readonly [string, ...string[]] => [process.execPath, '-e', code];

describe('a user function that is supervised', () => {
  test('gets its environment, and its output is handed on line by line', async () => {
    const { output } = watch(
      node(
        'process.stdout.write("on "); process.stdout.write(process.env.PORT + "\\nno end"); process.stderr.write("bad\\r\\n"); setTimeout(() => {}, 1e6)',
      ),
      {},
      { PORT: '8081' },
    );
    await eventually(() => output.length >= 2);
    expect(output.toSorted()).toEqual(['bad', 'on 8081']);
  });

  test('cannot fill the memory with a line that never ends', async () => {
    const { output } = watch(node('process.stdout.write("x".repeat(100_000)); setTimeout(() => {}, 1e6)'));
    await eventually(() => output.length === 6);
    expect(output.every((line) => line.length === 16_384)).toBe(true);
  });

  test('is started again after pauses that grow up to a limit', async () => {
    const { events } = watch(node('process.exit(7)'));
    await eventually(() => events.length >= 4);
    expect(events.slice(0, 4)).toEqual(
      [0.02, 0.04, 0.08, 0.08].map(
        (seconds) => `the user function ended with code 7; it is started again in ${seconds} s`,
      ),
    );
  });

  test('counts from the beginning after it was up for long enough', async () => {
    const { events } = watch(node('process.exit(7)'), { steadyMs: 0 });
    await eventually(() => events.length >= 3);
    expect(new Set(events).size).toBe(1);
  });

  test('takes what it started down when it crashes', async () => {
    const { output, events } = watch(['sh', '-c', 'sleep 60 & echo $!; exit 1']);
    await eventually(() => events.length >= 1 && output.length >= 1);
    expect(await eventually(() => !isAlive(Number(output[0])))).toBe(true);
  });

  test('that is no program is reported and not tried again', async () => {
    const { failures, events } = watch(['/no/such/program']);
    await eventually(() => failures.length === 1);
    expect(failures).toEqual(['cannot start "/no/such/program": there is no such program']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([failures.length, events.length]).toEqual([1, 0]);
  });
});

describe('stopping', () => {
  test('asks with SIGTERM, lets the function finish, and does not start it again', async () => {
    const { supervisor, output, events } = watch(
      node(
        'process.on("SIGTERM", () => { console.log("finishing"); setTimeout(() => { console.log("done"); process.exit(0); }, 100); }); console.log("up"); setTimeout(() => {}, 1e6)',
      ),
      { graceMs: 5_000 },
    );
    await eventually(() => output.includes('up'));
    await supervisor.stop();
    await eventually(() => output.length === 3);
    expect(output).toEqual(['up', 'finishing', 'done']);
    expect(events).toEqual([]);
  });

  test('ends one that does not listen with SIGKILL', async () => {
    const { supervisor, output } = watch(
      node('process.on("SIGTERM", () => {}); console.log(process.pid); setTimeout(() => {}, 1e6)'),
    );
    await eventually(() => output.length === 1);
    const begin = performance.now();
    await supervisor.stop();
    expect(performance.now() - begin).toBeGreaterThanOrEqual(QUICK.graceMs);
    expect(isAlive(Number(output[0]))).toBe(false);
  });

  test('reaches a function that was started through a shell', async () => {
    const { supervisor, output } = watch(['sh', '-c', 'sleep 60 & echo $!; wait']);
    await eventually(() => output.length === 1);
    await supervisor.stop();
    // Whoever inherits it takes its time to bury it.
    expect(await eventually(() => !isAlive(Number(output[0])))).toBe(true);
  });

  test('in a pause before a restart, and twice, is fine', async () => {
    const { supervisor, events } = watch(node('process.exit(1)'), { firstPauseMs: 100, longestPauseMs: 100 });
    await eventually(() => events.length === 1);
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(events).toHaveLength(1);
  });
});
