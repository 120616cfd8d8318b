import { z } from 'zod';

const ENDPOINT = /^(https?):\/\/([^\s/?#@,]+:\d+)\/?$/;

const pem = z.string().min(1);

export const optionsSchema = z.strictObject({
  url: z
    .string()
    .refine(
      (text) => text.split(',').every((url) => ENDPOINT.test(url.trim()) && URL.canParse(url)),
      'must be http://host:port, or https:// for TLS; commas separate several members',
    )
    .default('http://127.0.0.1:2379')
    .describe(
      'The client addresses of all members, as in their --advertise-client-urls, separated by commas; a name may stand for several',
    ),
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

/** The members that `url` names, each as `host:port`. */
export function endpointsOf({ url }: Options): readonly { readonly host: string; readonly secured: boolean }[] {
  return url.split(',').map((endpoint) => {
    const [, protocol, host = ''] = ENDPOINT.exec(endpoint.trim()) ?? [];
    return { host, secured: protocol === 'https' };
  });
}
