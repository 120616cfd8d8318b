import { z } from 'zod';
import { bool, choice, count, duration, host, list, pemFile, port, ratio, section, size } from './fields.ts';

/**
 * The whole configuration of a proxy. Fields in milliseconds end in `Ms` and in bytes in `Bytes`. Users write the same
 * names without `Ms`, since a time carries its unit (`commandTimeout: 30s`); `Bytes` stays, it tells a size from a count.
 */
export const configSchema = z.strictObject({
  api: section({
    host: host('0.0.0.0').describe('Address on which clients reach the services of the user function.'),
    port: port(9000).describe('Port for gRPC, gRPC-Web, Connect and HTTP/JSON alike; 0 takes a free one.'),
    maxMessageBytes: size('12MiB').describe('Largest message, in both directions; also after decompression.'),
    compression: choice('auto', 'always', 'never').describe(
      'Which answers above 1 KiB are compressed with gzip. `auto`: HTTP answers for those who accept it, gRPC messages for ' +
        'callers who compress theirs. `always`: all for those who accept it.',
    ),
    tls: section({
      cert: pemFile().describe(
        'File with the certificate and its chain (PEM). With it the API speaks TLS and nothing else.',
      ),
      key: pemFile().describe('File with the key of the certificate (PEM).'),
      ca: pemFile().describe('File with certificates (PEM): a client must show one that they have signed.'),
    }).superRefine(({ cert, key, ca }, context) => {
      const lacks = (path: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (key === undefined && cert !== undefined) lacks('key', 'the key of "api.tls.cert" is missing');
      else if (cert === undefined && key !== undefined) lacks('cert', 'the certificate of "api.tls.key" is missing');
      else if (cert === undefined && ca !== undefined)
        lacks('cert', '"api.tls.ca" needs "api.tls.cert" and "api.tls.key"');
    }),
    cors: section({
      origins: list('origins such as https://app.example.org, or *').describe(
        'Origins whose pages in a browser may call the API; `*` for all of them.',
      ),
      credentials: bool(false).describe('Whether such a page may send cookies and HTTP authentication.'),
    }).superRefine(({ origins, credentials }, context) => {
      if (credentials && origins.includes('*'))
        context.addIssue({
          code: 'custom',
          path: ['credentials'],
          message: 'false, or origins by their names: with * any page could act for its visitor',
        });
    }),
  }),
  userFunction: section({
    host: host('127.0.0.1').describe('Where the user function listens.'),
    port: port(8080, 1).describe('Where the user function listens.'),
    commandTimeoutMs: duration('30s').describe('How long the user function may take for one command.'),
    closeGraceMs: duration('5s', 0).describe('How long a half-closed stream may stay open before it is cancelled.'),
    protocolCheck: bool(true).describe('Refuse a user function that states another version of the protocol.'),
    onChange: choice('exit', 'reload').describe(
      'What to do when the user function comes back with another specification: `exit` with code 1, or `reload`.',
    ),
  }),
  entities: section({
    relayTimeoutMs: duration('60s').describe('How long a caller waits for an entity.'),
    passivationTimeoutMs: duration('30s').describe(
      'How long an entity stays in memory after its last command, unless it says otherwise itself.',
    ),
    maxHeap: ratio(0.7).describe(
      'The part of the heap that Node may use (`--max-old-space-size`) above which the entities that were idle longest leave memory early.',
    ),
    stashMax: count(1_000, 1).describe('Commands that may wait for one entity.'),
    stashMaxBytes: size('64MiB').describe('Bytes of waiting commands, of all entities together.'),
    forwardMax: count(16).describe('Forwards that may follow each other before the chain is refused.'),
    effectsMax: count(1_000).describe('Asynchronous side effects that may run at once.'),
  }),
  eventing: section({
    maxTries: count(10, 1).describe(
      'How often a consumed event is tried before it is parked. A user function that is away does not count.',
    ),
    retryMinMs: duration('3s').describe('How long is waited after the first failure; it doubles with each.'),
    retryMaxMs: duration('30s').describe('How long is waited at most, and up to a fifth longer.'),
    parkedMax: count(100).describe(
      'Parked events of one consumer. When there are so many, the next one is tried without end.',
    ),
  }),
  snapshots: section({
    policy: choice('auto', 'always').describe(
      'Which of the snapshots that a user function offers are stored. `auto`: those worth their cost, as measured. `always`: all.',
    ),
  }),
  store: section({
    driver: z
      .string('the name of a driver')
      .min(1, 'the name of a driver')
      .prefault('sqlite')
      .describe(
        'Name of a driver, of a package or of a file that exports one. `store: DRIVER:REST` is the short form.',
      ),
    short: z.string('a text').optional().describe('The REST of the short form; the driver says what it stands for.'),
    config: z
      .record(z.string(), z.unknown(), 'the keys of the driver')
      .prefault({})
      .describe('The settings of the driver. Any of them may be {fromFile: PATH} or {fromEnv: NAME}.'),
    journal: otherStore('the events'),
    snapshots: otherStore('the snapshots'),
    keyValue: otherStore('value entities and CRDTs'),
    namespace: z
      .string('a text')
      .refine((text) => text !== '' && Buffer.byteLength(text) <= 1_024, '1 … 1024 bytes of text')
      .prefault('default')
      .describe('Keeps applications apart that share a store.'),
  }),
  stores: z
    .record(z.string(), z.union([z.string(), namedStore()]).transform(toNamedStore), 'stores by their names')
    .prefault({})
    .describe(
      'Further stores by name: {driver, config, services}, or the short form. `services` are kept there whole.',
    ),
  admin: section({
    host: host('0.0.0.0').describe('Address for /ready and /alive.'),
    port: port(8558).describe('Port for /ready and /alive; 0 takes a free one.'),
  }),
  metrics: section({
    enabled: bool(true).describe('Whether metrics are measured and served.'),
    host: host('0.0.0.0').describe('Address for /metrics.'),
    port: port(9090).describe('Port for /metrics; 0 takes a free one.'),
  }),
  traces: section({
    endpoint: z
      .url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:4318' })
      .optional()
      .describe('Base address of a collector that takes OTLP over HTTP. Without it nothing is traced.'),
    ratio: ratio(1).describe('Which part of the calls is traced that come without a trace context of their own.'),
    serviceName: z
      .string('a text')
      .min(1, 'a text')
      .prefault('stategate')
      .describe('What this proxy is called in traces (`service.name`).'),
  }),
  log: section({
    level: choice('info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent').describe(
      'Least level of the log lines that are written: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. Read again at SIGHUP.',
    ),
  }),
  shutdown: section({
    drainMs: duration('10s', 0).describe('How long running commands may take after the proxy was told to stop.'),
  }),
});

function otherStore(what: string) {
  return z
    .string('a name')
    .min(1, 'a name')
    .optional()
    .describe(`Name under \`stores\` of the store that keeps ${what} instead.`);
}

function namedStore() {
  return z.strictObject({
    driver: z.string('the name of a driver').min(1, 'the name of a driver'),
    short: z.string('a text').optional(),
    config: z.record(z.string(), z.unknown(), 'the keys of the driver').prefault({}),
    services: z.array(z.string(), 'full names of services').prefault([]),
  });
}

/** Takes `DRIVER:REST` apart. */
function toNamedStore(
  written: string | z.output<ReturnType<typeof namedStore>>,
): z.output<ReturnType<typeof namedStore>> {
  if (typeof written !== 'string') return written;
  const [driver = '', ...rest] = written.split(':');
  return { driver, ...(rest.length > 0 && { short: rest.join(':') }), config: {}, services: [] };
}

export type ProxyConfig = z.output<typeof configSchema>;
export type StoreConfig = ProxyConfig['store'];
/** What opens one driver. */
export type DriverConfig = Pick<StoreConfig, 'driver' | 'short' | 'config'>;
