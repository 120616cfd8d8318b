import { z } from 'zod';

const pem = z.string().min(1);

export const optionsSchema = z.strictObject({
  contactPoints: z
    .array(z.string().min(1))
    .min(1)
    .default(['127.0.0.1'])
    .describe('Some nodes of the cluster, as host or host:port; the others are found through them'),
  port: z.int().min(1).max(65_535).default(9042).describe('The port of the contact points that name none'),
  keyspace: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_]{0,47}$/, 'must be a letter and at most 47 letters, digits or _')
    .default('stategate')
    .describe('Where the tables are'),
  localDataCenter: z
    .string()
    .min(1)
    .optional()
    .describe('The data center whose nodes are used and must agree; needed when the cluster has several'),
  username: z.string().min(1).optional().describe('The user; no login when absent'),
  password: z.string().min(1).optional().describe('The password of the user'),
  tls: z
    .strictObject({
      ca: pem.optional().describe('Certificates that are trusted, in PEM; those of the system when absent'),
      cert: pem.optional().describe('The certificate of this client, in PEM'),
      key: pem.optional().describe('Its private key, in PEM'),
      servername: z.string().min(1).optional().describe('The name that the certificates of the nodes must have'),
    })
    .optional()
    .describe('Encrypts the connections; {} for certificates that the system trusts'),
  createKeyspace: z.boolean().default(true).describe('Create the keyspace when it is missing'),
  replication: z
    .record(z.string().min(1), z.int().min(1))
    .optional()
    .describe('Copies in each data center of a keyspace that is created; three in the local one when absent'),
  createSchema: z.boolean().default(true).describe('Create the tables that are missing'),
  maxStreamEvents: z
    .int()
    .min(1000)
    .default(1_000_000)
    .describe('Most events that a stream holds, those it deleted not counted: a stream is one partition'),
  connectTimeoutMs: z.int().min(1).default(5000).describe('How long connecting may take'),
  timeoutMs: z.int().min(1).default(10_000).describe('How long a call waits that has no deadline of its own'),
});

export type Options = z.infer<typeof optionsSchema>;

/** `//user:password@host:port,host/keyspace?localDataCenter=name`: all but the hosts may be left out. */
const SHORT_FORM = /^(?:\/\/)?(?:([^:@/]+)(?::([^@/]*))?@)?([^/?@]+)(?:\/([^?]*))?(?:\?(.*))?$/;

export function shortForm(rest: string): unknown {
  const [, username, password, hosts, keyspace, query] = SHORT_FORM.exec(rest) ?? [];
  const parts = {
    username: username && decodeURIComponent(username),
    password: password && decodeURIComponent(password),
    contactPoints: hosts?.split(',') ?? [rest],
    keyspace,
    ...Object.fromEntries(new URLSearchParams(query)),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
}
