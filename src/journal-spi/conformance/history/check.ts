import type { Anomaly, Append, LoggedEvent, Operation } from './operation.ts';

type AppendOperation = Operation & { readonly did: Append };
type Log = readonly LoggedEvent[];

/**
 * Checks what processes did to streams against what is in them in the end. A stream is a list with a compare-and-set on its length
 * and every value in it is unique: so the final log is the order of all writes, and nothing has to be searched for. O(n log n).
 */
export function checkHistory(operations: readonly Operation[], logs: ReadonlyMap<string, Log>): readonly Anomaly[] {
  const byStream = Map.groupBy(operations, ({ stream }) => stream);
  return [...new Set([...byStream.keys(), ...logs.keys()])].flatMap((stream) =>
    checkStream(byStream.get(stream) ?? [], logs.get(stream) ?? []).map((anomaly) => ({ ...anomaly, stream })),
  );
}

type Finding = Omit<Anomaly, 'stream'>;

function checkStream(operations: readonly Operation[], log: Log): readonly Finding[] {
  const positions = new Map(log.map(({ value }, index) => [value, index]));
  const seen = new Set([...log, ...operations.flatMap(({ did }) => eventsOf(did))].map(({ value }) => value));
  const appends = operations.filter((operation): operation is AppendOperation => operation.did.type === 'append');
  return [
    ...checkShape(log, positions),
    ...checkReads(operations, log),
    ...appends.flatMap((append) => checkAppend(append, seen, log, positions)),
    ...checkPhantoms(operations, appends, log),
    ...checkRealTime(operations, positions),
    ...checkFences(operations, appends, log),
    ...checkVerdicts(operations, appends, positions),
  ];
}

function checkShape(log: Log, positions: ReadonlyMap<string, number>): readonly Finding[] {
  return positions.size === log.length ? [] : [{ type: 'log-shape', text: 'a value is in the log twice' }];
}

/** Every process sees the same value at the same place, also of what is deleted or overwritten later. */
function checkReads(operations: readonly Operation[], log: Log): readonly Finding[] {
  return operations.flatMap(({ process, did }) => {
    if (did.type !== 'read' && did.type !== 'recovery') return [];
    const found = did.events.findIndex(({ value }, i) => log[did.from - 1 + i]?.value !== value);
    if (found < 0) return [];
    const index = did.from - 1 + found;
    const text = `process ${process} read ${did.events[found]?.value} as event ${index + 1}, the log has ${log[index]?.value ?? 'nothing'}`;
    return [{ type: 'divergent-read', text }];
  });
}

function checkAppend(
  { process, did }: AppendOperation,
  seen: ReadonlySet<string>,
  log: Log,
  positions: ReadonlyMap<string, number>,
): readonly Finding[] {
  const { expected, values, outcome } = did;
  const inPlace = values.filter((value, i) => log[expected + i]?.value === value).length;
  const name = `append of ${values.join(' ')} by process ${process} after ${expected}`;
  switch (outcome.type) {
    case 'ok':
      if (inPlace === values.length && outcome.lastSequenceNr === expected + values.length) return [];
      return [
        { type: 'acknowledged-lost', text: `the ${name} was acknowledged, ${inPlace} of ${values.length} are there` },
      ];
    case 'fail': {
      const honest = outcome.actual === undefined || outcome.code !== 'SequenceConflict' || outcome.actual > expected;
      return [
        ...(values.some((value) => seen.has(value))
          ? [{ type: 'failed-but-applied' as const, text: `the ${name} was refused (${outcome.code}) and is there` }]
          : []),
        ...(honest
          ? []
          : [{ type: 'dishonest-conflict' as const, text: `the ${name} was refused for a head of ${outcome.actual}` }]),
      ];
    }
    case 'info': {
      const anywhere = values.filter((value) => positions.has(value)).length;
      if (anywhere === 0 || inPlace === values.length) return [];
      return [
        { type: 'unclear-but-partial', text: `of the ${name} ${inPlace} of ${values.length} are in their place` },
      ];
    }
    default:
      return outcome satisfies never;
  }
}

function checkPhantoms(
  operations: readonly Operation[],
  appends: readonly AppendOperation[],
  log: Log,
): readonly Finding[] {
  const submitted = new Map(appends.flatMap(({ start, did }) => did.values.map((value) => [value, start] as const)));
  const unknown = log
    .filter(({ value }) => !submitted.has(value))
    .map(({ value }) => `${value} is in the log, nobody wrote it`);
  const early = operations.flatMap(({ process, end, did }) =>
    eventsOf(did)
      .filter(({ value }) => (submitted.get(value) ?? Infinity) > end)
      .map(({ value }) => `process ${process} read ${value} before it was written`),
  );
  return [...unknown, ...early].map((text) => ({ type: 'phantom', text }));
}

/**
 * Puts on one line, by the length of the log that they made or saw, all appends that took effect, reads and honest conflicts; an
 * append before those who saw it. What stands later on the line must not have ended before something earlier began.
 */
function checkRealTime(operations: readonly Operation[], positions: ReadonlyMap<string, number>): readonly Finding[] {
  const line = operations
    .flatMap((operation) => {
      const slot = slotOf(operation, positions);
      return slot === undefined
        ? []
        : [{ ...operation, slot, isAppend: operation.did.type === 'append' && isThere(operation.did, positions) }];
    })
    .toSorted((a, b) => a.slot - b.slot || Number(b.isAppend) - Number(a.isAppend) || a.start - b.start);
  const findings: Finding[] = [];
  let latest: (typeof line)[number] | undefined;
  for (const operation of line) {
    if (latest !== undefined && operation.end < latest.start) {
      const text = `process ${operation.process} was at ${operation.slot} by ${operation.end}, process ${latest.process} still at ${latest.slot} after ${latest.start}`;
      findings.push({ type: 'real-time', text });
    }
    if (latest === undefined || operation.start > latest.start) latest = operation;
  }
  return findings;
}

function slotOf({ did }: Operation, positions: ReadonlyMap<string, number>): number | undefined {
  switch (did.type) {
    case 'append': {
      if (isThere(did, positions)) return did.expected + did.values.length;
      const { outcome } = did;
      return outcome.type === 'fail' ? outcome.actual : undefined;
    }
    case 'read':
    case 'recovery':
      return did.from - 1 + did.events.length;
    case 'verdict':
      return undefined;
    default:
      return did satisfies never;
  }
}

/** A recovery seals: what has a lower epoch and began after it is not acknowledged, and nothing of a lower epoch comes above what it read. */
function checkFences(
  operations: readonly Operation[],
  appends: readonly AppendOperation[],
  log: Log,
): readonly Finding[] {
  return operations.flatMap(({ did: recovery, end, process }) => {
    if (recovery.type !== 'recovery') return [];
    const late = appends
      .filter(({ did, start }) => did.outcome.type === 'ok' && did.epoch < recovery.epoch && start > end)
      .map(({ did }): Finding => {
        const text = `${did.values.join(' ')} of epoch ${did.epoch} was acknowledged after process ${process} had sealed for ${recovery.epoch}`;
        return { type: 'fenced-but-acknowledged', text };
      });
    const behind = log
      .slice(recovery.from - 1 + recovery.events.length)
      .filter(({ epoch }) => epoch < recovery.epoch)
      .map(({ value, epoch }): Finding => {
        const text = `${value} of epoch ${epoch} came above the ${recovery.events.length} events that were sealed for ${recovery.epoch}`;
        return { type: 'behind-the-seal', text };
      });
    return [...late, ...behind];
  });
}

function checkVerdicts(
  operations: readonly Operation[],
  appends: readonly AppendOperation[],
  positions: ReadonlyMap<string, number>,
): readonly Finding[] {
  const byToken = new Map(appends.map(({ did }) => [did.token, did]));
  return operations.flatMap(({ did }) => {
    if (did.type !== 'verdict' || did.outcome === 'absent') return [];
    const append = byToken.get(did.token);
    const there = append !== undefined && isThere(append, positions);
    if (there === (did.outcome === 'applied')) return [];
    return [
      {
        type: 'wrong-verdict',
        text: `${append?.values.join(' ')} was called ${did.outcome}, and is ${there ? '' : 'not '}there`,
      },
    ];
  });
}

function isThere({ values }: Append, positions: ReadonlyMap<string, number>): boolean {
  return values.every((value) => positions.has(value));
}

function eventsOf(did: Operation['did']): Log {
  return did.type === 'read' || did.type === 'recovery' ? did.events : [];
}
