/** Masses and charges of the particles that reach the calorimeters, by their code (Particle Data Group, 2024; nuclei: CODATA 2022). */

export interface Species {
  /** MeV. */
  readonly mass: number;
  /** Of the elementary charge. */
  readonly charge: number;
}

/** Code, mass in MeV, charge in e. An antiparticle has the negative code and charge. */
const particles: readonly (readonly [code: number, mass: number, charge: number])[] = [
  // Leptons.
  [11, 0.51099895, -1],
  [12, 0, 0],
  [13, 105.6583755, -1],
  [14, 0, 0],
  [15, 1776.93, -1],
  [16, 0, 0],
  // The photon.
  [22, 0, 0],
  // Mesons.
  [111, 134.9768, 0],
  [113, 775.26, 0],
  [130, 497.611, 0],
  [211, 139.57039, 1],
  [213, 775.11, 1],
  [221, 547.862, 0],
  [223, 782.66, 0],
  [310, 497.611, 0],
  [311, 497.611, 0],
  [321, 493.677, 1],
  [331, 957.78, 0],
  [333, 1019.461, 0],
  [411, 1869.66, 1],
  [421, 1864.84, 0],
  [431, 1968.35, 1],
  // Baryons.
  [2112, 939.5654205, 0],
  [2212, 938.27208816, 1],
  [3112, 1197.449, -1],
  [3122, 1115.683, 0],
  [3212, 1192.642, 0],
  [3222, 1189.37, 1],
  [3312, 1321.71, -1],
  [3322, 1314.86, 0],
  [3334, 1672.45, -1],
  [4122, 2286.46, 1],
  // Nuclei: deuteron, triton, helium 3 and 4.
  [1000010020, 1875.612945, 1],
  [1000010030, 2808.921137, 1],
  [1000020030, 2808.391611, 2],
  [1000020040, 3727.379412, 2],
];

const table: ReadonlyMap<number, Species> = new Map(
  particles.flatMap(([code, mass, charge]): [number, Species][] => [
    [code, { mass, charge }],
    // A charge of 0 stays 0 and does not become -0.
    [-code, { mass, charge: 0 - charge }],
  ]),
);

/** Undefined: a code that is not in the table. */
export function speciesOf(code: number): Species | undefined {
  return table.get(code);
}
