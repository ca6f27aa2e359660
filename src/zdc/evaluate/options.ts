/** What the configuration says of evaluating a generator: section `evaluate`. */
import { z } from 'zod';

const count = z.int().min(1);

/** Rows are counted from 0; the last one is excluded, and may be left away. */
export type Unseen = 'all' | 'showers' | 'particles' | `${number}:${number | ''}`;

const unseenPattern = /^(all|showers|particles|\d{1,9}:(\d{1,9})?)$/;

export function isUnseen(text: string): text is Unseen {
  return unseenPattern.test(text);
}

export const unseenExpected = 'all, showers, particles, or rows as FROM:TO expected';

export const evaluateOptionsSchema = z.strictObject({
  seed: z
    .int()
    .min(0)
    .max(0xffffffff)
    .default(1)
    .describe('Noise, draws of the baselines and resampling follow from it.'),
  repeats: count.default(5).describe('Times that every test shower is generated, with other noise.'),
  showers: count.nullable().default(null).describe('Test showers at most; null: all.'),
  unseen: z
    .string()
    .regex(unseenPattern, unseenExpected)
    .transform((text) => text as Unseen)
    .nullable()
    .default(null)
    .describe(
      "null: the test is what the generator's own training left out. Otherwise the caller's word for what no training has seen: `all` showers, the test; " +
        '`showers` or `particles`: the same, but half of them is the test and the other left to the baselines; `FROM:TO`: these rows, the test.',
    ),
  sampling: z
    .enum(['none', 'poisson'])
    .default('none')
    .describe(
      '`none`: sums of the photons that the decoder expects; `poisson`: photons drawn around them, pixel by pixel.',
    ),
});

export type EvaluateOptions = z.output<typeof evaluateOptionsSchema>;
