import { z } from 'zod';

export const optionsSchema = z.strictObject({
  maxBytes: z
    .number()
    .int()
    .positive()
    .default(256 * 1024 * 1024)
    .describe(
      'Most memory that streams, snapshots and values may take, in bytes; writes beyond it are refused as Throttled',
    ),
});

export type Options = z.infer<typeof optionsSchema>;
