import { z } from 'zod';

const pem = z.string().min(1);

export const optionsSchema = z.strictObject({
  url: z
    .string()
    .refine(isRedisUrl, 'must be redis://host:port/database, or rediss:// for TLS')
    .default('redis://localhost:6379')
    .describe('Where the primary is: redis://user:password@host:port/database, rediss:// for TLS'),
  username: z.string().min(1).optional().describe('The user, when it is not in the url'),
  password: z.string().min(1).optional().describe('The password, when it is not in the url'),
  tls: z
    .strictObject({
      ca: pem.optional().describe('Certificates that are trusted, in PEM; those of the system when absent'),
      cert: pem.optional().describe('The certificate of this client, in PEM'),
      key: pem.optional().describe('Its private key, in PEM'),
      servername: z.string().min(1).optional().describe('The name that the certificate of the server must have'),
    })
    .optional()
    .describe('Details of TLS, for a rediss:// url'),
  keyPrefix: z
    .string()
    .max(200)
    .regex(/^[^{}]*$/, 'must not hold { or }: they decide which keys a cluster keeps together')
    .default('stategate:')
    .describe('What the names of all keys begin with'),
  durability: z
    .enum(['none', 'os-buffered', 'disk'])
    .optional()
    .describe(
      'What an acknowledged write must survive at least, else the store is refused; taken on trust where the server does not show its settings',
    ),
  createSchema: z
    .boolean()
    .default(true)
    .describe('Whether opening the store marks it with the version of the schema, when it has no mark'),
  feedMaxAppends: z
    .int()
    .min(1000)
    .optional()
    .describe('About how many appends of a namespace the change feed reaches back; all when absent'),
  connectTimeoutMs: z.int().min(1).default(5000).describe('How long opening a connection may take'),
  timeoutMs: z
    .int()
    .min(1)
    .default(10_000)
    .describe(
      'How long a call waits that has no deadline of its own, and after which silence a connection is given up',
    ),
});

export type Options = z.infer<typeof optionsSchema>;

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^rediss?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    /^\/?\d*$/.test(url.pathname) &&
    url.search === ''
  );
}
