import { z } from 'zod';

const name = z.string().min(1).optional();
const durationMs = z.int().min(1);

export const optionsSchema = z
  .strictObject({
    table: z
      .string()
      .regex(/^[\w.-]{3,255}$/, 'must have 3 to 255 letters, digits, _, . or -')
      .default('stategate')
      .describe('The one table that holds everything'),
    region: name.describe('The region of the table; that of the environment (AWS_REGION) when absent'),
    endpoint: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("Another address than Amazon's: a VPC endpoint or a compatible server"),
    accessKeyId: name.describe(
      'Signs requests, with secretAccessKey; those of the environment, the profile or the role when absent',
    ),
    secretAccessKey: name.describe('The secret of accessKeyId'),
    sessionToken: name.describe('The token of temporary credentials'),
    createTable: z
      .boolean()
      .default(true)
      .describe('Whether opening the store creates the table (billed on demand) when it is missing, and marks it'),
    feed: z
      .boolean()
      .default(true)
      .describe('Whether appends go into the change feed, for one more write each; fixed once the table is made'),
    singleRegionWriter: z
      .boolean()
      .default(false)
      .describe('For a global table: promises that only this region ever writes, without which it is refused'),
    durability: z
      .enum(['none', 'os-buffered', 'disk', 'quorum-disk'])
      .optional()
      .describe('What an acknowledged write survives at `endpoint`, taken on trust; quorum-disk at Amazon, else none'),
    connectTimeoutMs: durationMs.default(2000).describe('How long making a connection may take'),
    timeoutMs: durationMs
      .default(10_000)
      .describe('How long a call waits that has no deadline of its own, and one request of any call'),
  })
  .refine(({ accessKeyId, secretAccessKey }) => (accessKeyId === undefined) === (secretAccessKey === undefined), {
    path: ['secretAccessKey'],
    message: 'accessKeyId and secretAccessKey belong together: set both or none',
  });

export type Options = z.infer<typeof optionsSchema>;

/** `table`, `region/table` or `http://host:port/table`. */
export function shortForm(rest: string): unknown {
  if (rest === '') return {};
  const [, place = '', table = ''] = /^(?:(.*)\/)?([^/]*)$/.exec(rest) ?? [];
  const where = place === '' ? {} : place.includes('://') ? { endpoint: place } : { region: place };
  return table === '' ? where : { ...where, table };
}
