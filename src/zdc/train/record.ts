/** What a generator's artefact says of its training: enough to know the showers it never saw, and to train it again. */
import { z } from 'zod';
import { userError } from '../../base/diagnostic.js';
import { trainOptionsSchema } from './options.js';

const recordSchema = z.object({
  /** Every option, defaults included. */
  train: trainOptionsSchema,
  showers: z.object({
    /** SHA-256 of Showers.h5. */
    digest: z.string(),
    count: z.int(),
    minimum_photons: z.number(),
    /** How they were made, where they are not those of a full simulation. */
    synthetic: z.string().optional(),
  }),
  /** Showers of each set. */
  split: z.object({ train: z.int(), test: z.int() }),
  /** What was trained: epochs and steps done. */
  epochs: z.int(),
  steps: z.int(),
  /** SHA-256 of the generator from whose weights training began, where it was one. */
  started_from: z.string().optional(),
  versions: z.object({ axoc: z.string(), executor: z.string() }),
});

export type TrainingRecord = z.output<typeof recordSchema>;

export function printRecord(record: TrainingRecord): string {
  return JSON.stringify(record);
}

/**
 * @param text the `configuration` of a generator's artefact; undefined: it has none
 * @throws AxocError (user) when the generator was not trained by `axoc zdc train`
 */
export function parseRecord(text: string | undefined, place: string): TrainingRecord {
  const record = findRecord(text);
  if (record !== undefined) return record;
  throw userError(
    'no-run',
    place,
    'was not trained by axoc zdc train: which showers it has seen is not known',
    'where it has seen none of these showers, say so: --unseen',
  );
}

/** @returns undefined when the generator was not trained by `axoc zdc train` */
export function findRecord(text: string | undefined): TrainingRecord | undefined {
  return recordSchema.safeParse(text === undefined ? undefined : parseJson(text)).data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
