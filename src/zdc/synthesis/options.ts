/** What making showers can be told, as keys of a configuration. */
import { z } from 'zod';

/** `showers` of one run; `repeats`: how often a particle comes again, on average. */
export const synthesisKeys = z.strictObject({
  showers: z.int().min(1).default(5000),
  runs: z.int().min(1).default(10),
  repeats: z.number().min(1).default(10),
  seed: z.int().min(0).default(1),
});
