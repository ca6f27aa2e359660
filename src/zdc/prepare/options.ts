/** What preparing showers can be told, as keys of a configuration. */
import { z } from 'zod';

/** `npz` writes copies for other tools; `species` adds particles that the table does not have, code -> [mass in MeV, charge in e]. */
export const prepareKeys = z.strictObject({
  minimum_photons: z.int().min(0).default(10),
  npz: z.boolean().default(true),
  species: z.record(z.string().regex(/^-?\d+$/), z.tuple([z.number().min(0), z.number()])).default({}),
});

export type PrepareKeys = z.infer<typeof prepareKeys>;
