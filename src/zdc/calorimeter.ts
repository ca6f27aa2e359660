/** The two zero-degree calorimeters: their images, their names in files, and what a shower is conditioned on. */

export type CalorimeterName = 'ZN' | 'ZP';

export interface Calorimeter {
  readonly name: CalorimeterName;
  /** Letter of its rows in files of examples. */
  readonly detector: 'N' | 'P';
  /** First word of the names of its image files. */
  readonly particle: 'neutron' | 'proton';
  /** Pixels of an image: lines of a file are x, columns y. */
  readonly shape: readonly [x: number, y: number];
}

export const calorimeters: Readonly<Record<CalorimeterName, Calorimeter>> = {
  ZN: { name: 'ZN', detector: 'N', particle: 'neutron', shape: [44, 44] },
  ZP: { name: 'ZP', detector: 'P', particle: 'proton', shape: [56, 30] },
};

export interface Condition {
  readonly name: string;
  readonly unit: string;
}

/** The nine numbers that describe a particle, in the order of every array of conditions. */
export const conditions: readonly Condition[] = [
  { name: 'Energy', unit: 'GeV' },
  { name: 'Vx', unit: 'cm' },
  { name: 'Vy', unit: 'cm' },
  { name: 'Vz', unit: 'cm' },
  { name: 'Px', unit: 'GeV/c' },
  { name: 'Py', unit: 'GeV/c' },
  { name: 'Pz', unit: 'GeV/c' },
  { name: 'mass', unit: 'MeV' },
  { name: 'charge', unit: 'e' },
];
