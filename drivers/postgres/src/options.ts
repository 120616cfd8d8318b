import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { StoreError } from '@stategate/journal-spi';
import { z } from 'zod';

const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

const pem = z.string().min(1);

const sslSchema = z.strictObject({
  mode: z
    .enum(SSL_MODES)
    .default('verify-full')
    .describe('disable; require: encrypt, and trust any certificate; verify-ca: check it; verify-full: its name too'),
  ca: pem
    .optional()
    .describe('Certificates that are trusted, in PEM or the path of a file; those of the system when absent'),
  cert: pem.optional().describe('The certificate of this client, in PEM or the path of a file'),
  key: pem.optional().describe('Its private key, in PEM or the path of a file'),
  passphrase: z.string().min(1).optional().describe('What the private key is encrypted with'),
});

export const optionsSchema = z.strictObject({
  url: z
    .string()
    .refine(isPostgresUrl, 'must be postgres://user:password@host:port/database, with ?sslmode=… if at all')
    .optional()
    .describe(
      'Where the server is: postgres://user:password@host:port/database?sslmode=verify-full; other keys win over it',
    ),
  host: z.string().min(1).optional().describe('The server, or the folder of its socket; localhost when it is nowhere'),
  port: z.int().min(1).max(65_535).optional().describe('Its port; 5432 when it is nowhere'),
  database: z.string().min(1).optional().describe('The database; stategate when it is nowhere'),
  user: z.string().min(1).optional().describe('The user; stategate when it is nowhere'),
  password: z.string().min(1).optional().describe('The password, when the server asks for one'),
  ssl: z.union([z.boolean(), sslSchema]).optional().describe('TLS: true is verify-full; off when it is nowhere'),
  schema: z
    .string()
    .min(1)
    .refine((name) => Buffer.byteLength(name) <= 63 && !name.includes('\0'), 'must have at most 63 bytes, and no NUL')
    .default('stategate')
    .describe('The schema of the database that holds the tables'),
  createSchema: z
    .boolean()
    .default(true)
    .describe('Whether opening the store creates the schema and its tables, or brings them up to date'),
  durability: z
    .enum(['none', 'os-buffered', 'disk', 'quorum-memory', 'quorum-disk'])
    .optional()
    .describe('What an acknowledged write must survive at least, else the store is refused'),
  maxConnections: z.int().min(1).max(1000).default(10).describe('Most connections to the server'),
  connectTimeoutMs: z
    .int()
    .min(1)
    .default(5000)
    .describe('How long opening a connection, or waiting for a free one, may take'),
  timeoutMs: z.int().min(1).default(10_000).describe('How long a call waits that has no deadline of its own'),
});

export type Options = z.infer<typeof optionsSchema>;

/** Where the server is and how to get in: the keys, then the url, then what is usual. */
export function addressOf({ url: text, ...options }: Options) {
  const url = new URL(text ?? 'postgres:///');
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decodeURIComponent);
  const mode = url.searchParams.get('sslmode');
  return {
    host: options.host ?? (url.hostname.replace(/^\[|\]$/g, '') || 'localhost'),
    port: options.port ?? Number(url.port || 5432),
    database: options.database ?? (database || 'stategate'),
    user: options.user ?? (user || 'stategate'),
    password: options.password ?? (password || undefined),
    ssl: tlsOf(options.ssl ?? (mode === null ? false : sslSchema.parse({ mode }))),
  };
}

function tlsOf(ssl: NonNullable<Options['ssl']>): ConnectionOptions | false {
  if (ssl === false) return false;
  if (ssl === true) return {};
  const { mode, ca, cert, key, passphrase } = ssl;
  if (mode === 'disable') return false;
  return {
    rejectUnauthorized: mode !== 'require',
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
    ca: pemOf('ca', ca),
    cert: pemOf('cert', cert),
    key: pemOf('key', key),
    passphrase,
  };
}

function pemOf(name: string, textOrPath: string | undefined): string | undefined {
  if (textOrPath === undefined || textOrPath.includes('-----BEGIN')) return textOrPath;
  try {
    return readFileSync(textOrPath, 'utf8');
  } catch (cause) {
    const message = `store.config.ssl.${name} is neither PEM nor a file that can be read`;
    throw new StoreError('ConfigError', message, { cause });
  }
}

function isPostgresUrl(text: string): boolean {
  try {
    const { protocol, username, password, pathname, searchParams } = new URL(text);
    // Throws for a percent sign that begins no character.
    [username, password, pathname].forEach(decodeURIComponent);
    const modes: readonly string[] = SSL_MODES;
    const knows = ([name, value]: [string, string]) => name === 'sslmode' && modes.includes(value);
    return /^postgres(ql)?:$/.test(protocol) && !pathname.includes('/', 1) && [...searchParams].every(knows);
  } catch {
    return false;
  }
}
