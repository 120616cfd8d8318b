import { z } from 'zod';

const UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

const size = z
  .string()
  .regex(/^\d+(B|KiB|MiB|GiB)$/, 'must be a number of bytes, or a size such as 512MiB')
  .transform((text) => parseInt(text, 10) * UNITS[text.replace(/^\d+/, '') as keyof typeof UNITS]);

/** Below this not even the empty tables and a few events fit. */
const MIN_BYTES = 1024 ** 2;

export const optionsSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .default('./.stategate/stategate.db')
    .describe('The database file; its folder is created when it is missing'),
  maxBytes: z
    .union([z.number(), size])
    .pipe(z.int().min(MIN_BYTES))
    .optional()
    .describe('How large the file may get, in bytes or as 512MiB; writes beyond it are refused as Throttled'),
});

export type Options = z.infer<typeof optionsSchema>;
