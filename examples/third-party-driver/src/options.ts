import { z } from 'zod';

const pem = z.string().min(1);

export const optionsSchema = z.strictObject({
  url: z
    .string()
    .refine(isEndpoint, 'must be http://host:port, or https:// for TLS')
    .default('http://127.0.0.1:2379')
    .describe('A client address of etcd, as in its --advertise-client-urls; a name may stand for all members'),
  username: z.string().min(1).optional().describe('The user, where authentication is enabled'),
  password: z.string().min(1).optional().describe('The password of the user'),
  tls: z
    .strictObject({
      ca: pem.optional().describe('Certificates that are trusted, in PEM; those of the system when absent'),
      cert: pem.optional().describe('The certificate of this client, in PEM'),
      key: pem.optional().describe('Its private key, in PEM'),
    })
    .optional()
    .describe('Details of TLS, for an https:// url'),
  prefix: z.string().max(200).default('stategate/').describe('What all keys begin with'),
  createSchema: z
    .boolean()
    .default(true)
    .describe('Whether opening the store marks it with the version of its schema, when it has no mark'),
  timeoutMs: z.int().min(1).default(10_000).describe('How long a call may take that has no deadline of its own'),
});

export type Options = z.infer<typeof optionsSchema>;

function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.port !== '' && url.pathname === '/' && url.search === '';
}
