import { type ServiceError, status as grpcStatus } from '@grpc/grpc-js';
import { expect, vi } from 'vitest';
import { eventually } from './eventually.ts';
import { GrpcClient } from './grpc-client.ts';
import { InProcessProxy } from './in-process-proxy.ts';
import { probeRoot } from './probe.ts';
import { Scrape } from './scrape.ts';

/** The entity that is treated badly, and one beside it that must not notice. */
export const BAD = 'bad';
const GOOD = 'good';

export type Service = 'Probe' | 'ProbeValue' | 'ProbeCrdt' | 'ProbeAction';

/** A user function that treats the first command to `BAD` badly and answers all others with their text. */
export interface Tormentor extends AsyncDisposable {
  readonly port: number;
  /** By `reportError`. */
  readonly reported: readonly string[];
  /** Streams that were opened for `BAD`. */
  readonly lives: number;
}

/** All that a misbehaviour comes to. */
export interface Outcome {
  /** What the command's caller gets: the text of the reply, or the code and the text of the error. */
  readonly caller: string;
  /** What the next command gets, and on which stream. */
  readonly next: string;
  readonly on: 'the same stream' | 'a new stream' | 'the third stream';
  /** Every warning and error, with its details. */
  readonly log: readonly string[];
  /** What the user function is told of its mistakes. */
  readonly told: readonly string[];
  /** Every counter of something that went wrong, as far as it is not 0. */
  readonly counted: readonly string[];
}

export interface Ordeal {
  readonly service: Service;
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** The connection breaks: the next command is sent when it is back. */
  readonly reconnects?: boolean;
  /** Before the next command. */
  readonly pauseMs?: number;
}

export type Expected = Outcome & Partial<Omit<Ordeal, 'service'>>;

const STREAMS = ['the same stream', 'the same stream', 'a new stream', 'the third stream'] as const;
const root = probeRoot();

/** Runs one misbehaviour between a real client, the proxy and the user function; passes when all of the outcome is as expected. */
export async function suffer(tormentor: Tormentor, ordeal: Ordeal, expected: Outcome): Promise<void> {
  const { service, settings, reconnects = false, pauseMs = 0 } = ordeal;
  await using proxy = await InProcessProxy.start(tormentor.port, {
    'userFunction.commandTimeout': '10s',
    'userFunction.closeGrace': '10s',
    'entities.relayTimeout': '15s',
    'shutdown.drain': '50ms',
    'metrics.enabled': true,
    'metrics.host': '127.0.0.1',
    'metrics.port': 0,
    ...settings,
  });
  using client = new GrpcClient(proxy.apiPort, root, `stategate.test.${service}`);
  const run = (id: string, text: string): Promise<string> =>
    client.call('Run', { id, text }).then(
      (reply) => String(reply['text']),
      ({ code, details }: ServiceError) => `${grpcStatus[code]} ${details}`,
    );
  expect(await run(GOOD, 'before')).toBe('before');
  const caller = await run(BAD, 'x');
  if (reconnects) await eventually(() => proxy.log.includes('The user function is back'));
  if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  const next = await run(BAD, 'next');
  expect(await run(GOOD, 'after')).toBe('after');
  expect((await proxy.readiness()).status).toBe(200);
  await vi.waitFor(
    async () => {
      const outcome: Outcome = {
        caller,
        next,
        on: STREAMS[tormentor.lives] ?? 'the third stream',
        log: warnings(proxy.log),
        told: [...tormentor.reported],
        counted: troubles(await Scrape.of(proxy.metricsPort)),
      };
      expect(outcome).toEqual(expected);
    },
    { timeout: 5_000, interval: 25 },
  );
}

/** The level of a line. */
const WARN = 40;

function warnings(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { level: number; msg: string; details?: string; err?: { message: string } })
    .filter(({ level, msg }) => level >= WARN && !msg.startsWith('the in-memory store keeps nothing'))
    .map(({ msg, details, err }) => [msg, details, err?.message].filter(Boolean).join(': '));
}

function troubles(scrape: Scrape): readonly string[] {
  const kinds = ['cloudstate_eventsourced', 'stategate_value', 'cloudstate_crdt', 'stategate_crdt'];
  const ofEntities = ['failed_entities', 'failed_commands'].map((name) => {
    const samples = kinds.flatMap((kind) => scrape.samples(`${kind}_${name}_total`));
    return [name, samples.reduce((sum, { value }) => sum + value, 0)] as const;
  });
  const ofCalls = (['calls', 'user_function_calls'] as const).flatMap((name) =>
    scrape
      .samples(`stategate_${name}_total`)
      .filter(({ labels }) => labels['code'] !== 'OK')
      .map(({ labels, value }) => [`${name} ${labels['code'] ?? ''}`, value] as const),
  );
  const dropped = scrape.value('stategate_dropped_side_effects_total');
  return [...ofEntities, ...ofCalls, ['dropped_side_effects', dropped] as const]
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => (value === 1 ? name : `${name} ${value}`))
    .toSorted();
}
