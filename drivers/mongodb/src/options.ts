import { z } from 'zod';

const pem = z.string().min(1);

export const optionsSchema = z.strictObject({
  url: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^/]/, 'must be mongodb://host:port, or mongodb+srv://host')
    .default('mongodb://localhost:27017')
    .describe('The connection string, which may name user, password, replica set and database'),
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
    .describe('Encrypts the connections; {} for certificates that the system trusts'),
  database: z
    .string()
    .regex(/^[^/\\. "$*<>:|?]{1,63}$/, 'must be a name that MongoDB takes for a database')
    .optional()
    .describe('Where the collections are; the database of the url, else stategate, when absent'),
  collectionPrefix: z
    .string()
    .regex(/^[\w-]{0,60}$/, 'must be letters, digits, _ and -')
    .default('stategate_')
    .describe('What the names of all collections begin with'),
  createSchema: z
    .boolean()
    .default(true)
    .describe('Whether opening the store creates the indexes that are missing, and the collections with them'),
  feedDelayMs: z
    .int()
    .min(0)
    .default(2000)
    .describe(
      'After how long the change feed delivers an event: longer than the server may take between stamping a record with its time and showing it to readers',
    ),
  maxConnections: z.int().min(2).default(50).describe('Most connections to one server'),
  connectTimeoutMs: z
    .int()
    .min(1)
    .default(3000)
    .describe('How long a call waits for a connection and for a primary before it fails as not sent'),
  timeoutMs: z
    .int()
    .min(1)
    .default(10_000)
    .describe(
      'How long a call waits that has no deadline of its own, and after which silence a connection is given up',
    ),
});

export type Options = z.infer<typeof optionsSchema>;
