/** Directions and decays, for making events. Energies in GeV, azimuth in turns (1 = 2 pi), everything reproducible to the bit. */
import { cosineOfTurns, exp, ln, sineOfTurns, turnsOf } from '../../base/elementary.js';
import type { Random } from '../../base/random.js';

/** A massless particle. */
export interface Particle {
  readonly pt: number;
  readonly eta: number;
  /** Turns, 0 to below 1. */
  readonly phi: number;
}

/** Something that decays. */
export interface Parent {
  readonly mass: number;
  readonly pt: number;
  readonly rapidity: number;
  /** Turns. */
  readonly phi: number;
}

/** Both massless particles into which the parent decays, alike in all directions of its rest frame. */
export function decay({ mass, pt, rapidity, phi }: Parent, random: Random): readonly [Particle, Particle] {
  const [x, y] = [pt * cosineOfTurns(phi), pt * sineOfTurns(phi)];
  const transverse = Math.sqrt(mass * mass + pt * pt);
  const grown = exp(rapidity);
  const z = (transverse * (grown - 1 / grown)) / 2;
  const energy = (transverse * (grown + 1 / grown)) / 2;

  const momentum = mass / 2;
  const cosine = 2 * random.uniform() - 1;
  const sine = Math.sqrt(1 - cosine * cosine);
  const azimuth = random.uniform();
  const rest = [
    momentum * sine * cosineOfTurns(azimuth),
    momentum * sine * sineOfTurns(azimuth),
    momentum * cosine,
  ] as const;
  // The boost: p = p* + P ((P p*) / (m (E + m)) + E* / m).
  const along = (x * rest[0] + y * rest[1] + z * rest[2]) / (mass * (energy + mass));
  const forward = along + momentum / mass;
  const backward = -along + momentum / mass;
  return [
    particle(rest[0] + x * forward, rest[1] + y * forward, rest[2] + z * forward),
    particle(-rest[0] + x * backward, -rest[1] + y * backward, -rest[2] + z * backward),
  ];
}

function particle(x: number, y: number, z: number): Particle {
  const pt = Math.sqrt(x * x + y * y);
  const slope = Math.abs(z) / pt;
  const eta = ln(slope + Math.sqrt(1 + slope * slope));
  return { pt, eta: z < 0 ? -eta : eta, phi: turnsOf(x, y) };
}

/** Exponentially distributed, with this mean. */
export function exponential(random: Random, mean: number): number {
  return -mean * ln(random.uniform());
}

/** From `least` up; the fraction above x falls as (least / x)^index. */
export function powerLaw(random: Random, least: number, index: number): number {
  return least * exp(-ln(random.uniform()) / index);
}

/** Uniform from -limit to limit. */
export function symmetric(random: Random, limit: number): number {
  return limit * (2 * random.uniform() - 1);
}

/** Draws of a Poisson distribution by its cumulative table. */
export class Poisson {
  readonly #cumulative: Float64Array;

  constructor(mean: number) {
    const length = Math.ceil(mean + 10 * Math.sqrt(mean) + 10);
    this.#cumulative = new Float64Array(length);
    let probability = exp(-mean);
    let sum = probability;
    for (let n = 0; n < length; n++) {
      this.#cumulative[n] = sum;
      probability *= mean / (n + 1);
      sum += probability;
    }
  }

  draw(random: Random): number {
    const u = random.uniform();
    let [low, high] = [0, this.#cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cumulative[middle]! < u) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
