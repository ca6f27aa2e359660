/** What preparing showers can be told, as keys of a configuration. */
import { z } from 'zod';

export const prepareKeys = z.strictObject({
  minimum_photons: z.int().min(0).default(10).describe('A shower with fewer photons is left out.'),
  npz: z.boolean().default(true).describe('Also write particles.npz and responses.npz, for other tools.'),
  species: z
    .record(z.string().regex(/^-?\d+$/), z.tuple([z.number().min(0), z.number()]))
    .default({})
    .describe('Particles that axoc does not know: code: [mass in MeV, charge in e].'),
});
