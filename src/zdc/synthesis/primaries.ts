/** Particles that fly toward the calorimeters: species, energies and directions with the published means and spreads. */
import { exp, ln } from '../../base/elementary.js';
import type { Random } from '../../base/random.js';
import { speciesOf } from '../particles.js';

export interface Primary {
  readonly code: number;
  /** MeV. */
  readonly mass: number;
  /** Of the elementary charge. */
  readonly charge: number;
  /** GeV. */
  readonly energy: number;
  /** cm. */
  readonly vertex: readonly [x: number, y: number, z: number];
  /** GeV/c. */
  readonly momentum: readonly [x: number, y: number, z: number];
}

interface Kind {
  readonly code: number;
  /** Of all particles. */
  readonly fraction: number;
  /** Of the energy's distribution: see `energyFraction`. */
  readonly softness: number;
}

/** Fractions that give the published mean and spread of mass and charge; baryons carry more of the beam's energy than mesons. */
const kinds: readonly Kind[] = [
  { code: 22, fraction: 0.652, softness: 5.05 },
  { code: 2112, fraction: 0.126, softness: 1.8 },
  { code: 2212, fraction: 0.094, softness: 1.8 },
  { code: 211, fraction: 0.035, softness: 5.05 },
  { code: -211, fraction: 0.029, softness: 5.05 },
  { code: 130, fraction: 0.038, softness: 3.6 },
  { code: 3122, fraction: 0.026, softness: 2.1 },
];

/** GeV: the least and the most. */
const energyRange = [1.1, 7000] as const;
/** Of the energy's distribution near 0. */
const rise = 0.64;
/** GeV/c: transverse momentum, one component, of a particle with the mean energy; it grows with the root of the energy. */
const transverse = { spread: 0.303, meanX: 0.035, meanY: 0.008, energy: 1067 } as const;
/** Of the particles that fly toward +z. */
const forward = 0.511;

export function drawPrimary(random: Random): Primary {
  const { code, softness } = drawKind(random);
  const { mass, charge } = speciesOf(code)!;
  const [least, most] = energyRange;
  const energy = Math.max(least, mass / 1000 + 0.1, most * energyFraction(random.uniform(), softness));
  const spread = transverse.spread * Math.sqrt(energy / transverse.energy);
  const vertex = [
    6e-7 + 5.4e-6 * random.normal(),
    -2.5e-8 + 5e-6 * random.normal(),
    2.6e-4 + 0.02 * random.normal(),
  ] as const;
  const x = transverse.meanX + spread * random.normal();
  const y = transverse.meanY + spread * random.normal();
  const squared = energy * energy - (mass / 1000) ** 2 - x * x - y * y;
  const z = Math.sqrt(Math.max(squared, 0.01)) * (random.chance(forward) ? 1 : -1);
  return { code, mass, charge, energy, vertex, momentum: [x, y, z] };
}

function drawKind(random: Random): Kind {
  let left = random.uniform();
  for (const kind of kinds) {
    left -= kind.fraction;
    if (left < 0) return kind;
  }
  return kinds[0]!;
}

/** Of the largest energy: distribution 1 - (1 - x^rise)^softness (Kumaraswamy), by its inverse. */
function energyFraction(u: number, softness: number): number {
  return exp(ln(1 - exp(ln(1 - u) / softness)) / rise);
}
