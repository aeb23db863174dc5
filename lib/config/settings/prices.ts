import * as z from 'zod';
import { list } from './setting-kinds.ts';

const price = z.number().min(0).max(1_000_000);

/** What models cost. */
export const prices = list(
  z.strictObject({
    model: z.string().min(1).max(200),
    input: price,
    output: price,
    cache_write: price.optional(),
    cache_read: price.optional(),
  }),
  'What a million tokens of a model cost, for `stats`: model may end in *; the first entry that fits counts',
);
