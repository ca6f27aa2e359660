/**
 * What a particle leaves in the two calorimeters, photon by photon: a simple picture, in which number, place and shape of the photons depend on
 * every condition, and two particles that are alike leave different showers. It is no simulation of the detector.
 */
import { exp, ln } from '../../base/elementary.js';
import type { Random } from '../../base/random.js';
import { calorimeters } from '../calorimeter.js';
import type { Primary } from './primaries.js';

/** Where a shower stands in an image, and how many photons it is expected to have. */
interface Shower {
  readonly photons: number;
  /** Pixels; the image begins at 0. */
  readonly x: number;
  readonly y: number;
  /** Of the photons, those in the narrow part. */
  readonly core: number;
  /** Pixels: standard deviations of the narrow and the wide part. */
  readonly narrow: number;
  readonly wide: number;
  /** Parts of a hadronic shower that stand beside each other. */
  readonly cascades: number;
}

/** cm from the collision to the calorimeters, and pixels in a cm of each. */
const distance = 11250;
const neutronPixels = 44 / 7.04;
const protonPixels = 56 / 22.4;

const photonCode = 22;
/** Of a shower's photons, those that stray into the proton calorimeter. */
const stray = 0.0195;

/** Adds the photons of one particle to both images, which begin at 0; y fastest. Gives the two sums. */
export function respond(
  primary: Primary,
  neutron: Uint16Array,
  proton: Uint16Array,
  random: Random,
): readonly [neutron: number, proton: number] {
  // What is left when the particle has gone through the beam pipe: often all of it.
  const left = random.chance(0.5) ? 1 : partOfIt(random.uniform());
  const a = place(neutronShower(primary, left, random), neutron, calorimeters.ZN.shape, random);
  const b = place(protonShower(primary, left, random), proton, calorimeters.ZP.shape, random);
  return [a, b];
}

/** Neutral particles fly straight; magnets turn charged ones away, and what they hit sends a little back. */
function neutronShower(primary: Primary, left: number, random: Random): Shower {
  const { energy, charge, code } = primary;
  const [slopeX, slopeY] = slopes(primary);
  const x = 22 + neutronPixels * (distance * slopeX + primary.vertex[0]);
  const y = 22 + neutronPixels * (distance * slopeY + primary.vertex[1]);
  const straight = charge === 0 ? 1 : 0.0007;
  // Beside the front face only the wide part of a shower is seen, through the side.
  const side = exp(-Math.min(outside(x, y) / 4, 50));
  return {
    photons: light(energy) * straight * left * side * fluctuation(random, resolution(energy)),
    x: clamp(x, 44),
    y: clamp(y, 44),
    core: code === photonCode ? 0.75 : 0.55,
    narrow: code === photonCode ? 1.2 : 1.75,
    wide: 4.3,
    cascades: code === photonCode ? 1 : 3,
  };
}

/** Positive particles are spread along x by their momentum; of the others only stray particles arrive. */
function protonShower(primary: Primary, left: number, random: Random): Shower {
  const { energy, charge } = primary;
  const [slopeX, slopeY] = slopes(primary);
  const momentum = Math.min(1, energy / 7000);
  const isBent = charge > 0 && momentum > 0.05;
  const x = 5 + 46 * Math.sqrt(momentum) + protonPixels * 0.3 * distance * slopeX;
  const y = 15 + protonPixels * distance * slopeY;
  const spread = fluctuation(random, isBent ? resolution(energy) : 1.4);
  return {
    photons: (isBent ? 0.76 * left * light(energy) : stray * light(energy)) * spread,
    x: isBent ? clamp(x, 56) : 6 + 5 * random.normal(),
    y: isBent ? clamp(y, 30) : 15 + 6 * random.normal(),
    core: 0.6,
    narrow: isBent ? 1.1 : 1.4,
    wide: 3,
    cascades: isBent ? 3 : 1,
  };
}

/** Photons of a shower that is seen as a whole; more energy leaks out of a larger one. */
function light(energy: number): number {
  return 3 * exp(0.78 * ln(energy));
}

/** Relative spread of a shower's photons. */
function resolution(energy: number): number {
  return Math.min(0.35, 4.5 / Math.sqrt(energy));
}

function slopes({ momentum: [x, y, z] }: Primary): readonly [number, number] {
  return [x / Math.abs(z), y / Math.abs(z)];
}

/** Pixels from a place to the front face of the neutron calorimeter. */
function outside(x: number, y: number): number {
  const [dx, dy] = [Math.max(0, -x, x - 44), Math.max(0, -y, y - 44)];
  return Math.sqrt(dx * dx + dy * dy);
}

function clamp(value: number, length: number): number {
  return Math.min(length - 0.5, Math.max(0.5, value));
}

/** Small parts are as likely as u^1.5 is small. */
function partOfIt(u: number): number {
  return Math.sqrt(u) * u;
}

/** Around 1, never negative: log-normal of this width, without its far end. */
function fluctuation(random: Random, width: number): number {
  return exp(width * Math.min(random.normal(), 2.5) - (width * width) / 2);
}

/** Draws the photons one by one; those beside the image are lost. */
function place(shower: Shower, image: Uint16Array, [nx, ny]: readonly [number, number], random: Random): number {
  const centres = Array.from({ length: shower.cascades }, (_, index) =>
    index === 0
      ? [shower.x, shower.y]
      : [shower.x + shower.narrow * random.normal(), shower.y + shower.narrow * random.normal()],
  );
  let sum = 0;
  for (let left = poisson(random, shower.photons); left > 0; left--) {
    const isCore = random.chance(shower.core);
    const [cx, cy] = centres[isCore && centres.length > 1 ? random.integer(0, centres.length - 1) : 0]!;
    const width = isCore ? shower.narrow : shower.wide;
    const x = Math.floor(cx! + width * random.normal());
    const y = Math.floor(cy! + width * random.normal());
    if (x < 0 || x >= nx || y < 0 || y >= ny) continue;
    image[x * ny + y]!++;
    sum++;
  }
  return sum;
}

/** By the times between events where few are expected, by the normal distribution elsewhere. */
function poisson(random: Random, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  let count = 0;
  let time = -ln(random.uniform());
  while (time < mean) {
    count++;
    time -= ln(random.uniform());
  }
  return count;
}
