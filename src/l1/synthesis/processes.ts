/**
 * What happens in synthetic collisions. A simple picture, not a simulation of a detector: spectra and multiplicities are chosen
 * so that medians and tails of the objects are close to those on which the production networks were normalised.
 */
import { cosineOfTurns, sineOfTurns } from '../../base/elementary.js';
import type { Random } from '../../base/random.js';
import type { ObjectKind } from '../data/objects.js';
import type { EventBuilder } from './event-builder.js';
import { decay, exponential, type Parent, type Particle, Poisson, powerLaw, symmetric } from './kinematics.js';

/** Mean number of collisions in a bunch crossing. */
const meanPileup = 50;

const pileup = new Poisson(meanPileup);

/** Objects per pile-up collision that soft activity makes, and their spectra: exponential above the least pt. */
const soft = {
  JET: { perCollision: 0.18, least: 5.5, mean: 7.2, maxEta: 3.5 },
  EGAMMA: { perCollision: 0.06, least: 2, mean: 2, maxEta: 2.5 },
} as const;

/** Muons of pile-up: exponential, a few of them with a power law; heavy quarks make some in company. */
const softMuons = { perCollision: 0.0026, least: 1, mean: 2.4, maxEta: 2.4, company: 0.1 } as const;
const hardMuons = { fraction: 0.02, least: 5, index: 2.5 } as const;

const tableFor = (perCollision: number): readonly Poisson[] =>
  Array.from({ length: 256 }, (_, collisions) => new Poisson(perCollision * collisions));
const softJetCount = tableFor(soft.JET.perCollision);
const softElectronCount = tableFor(soft.EGAMMA.perCollision);
const softMuonCount = tableFor(softMuons.perCollision);

/** Per component and square root of a collision, GeV: fluctuations of the soft energy. */
const imbalance = 1.75;
/** Of soft energy per collision, GeV. */
const softEnergy = 7;
/** Pairs of hard jets in a crossing: probability, least pt, steepness. */
const dijets = { probability: 0.3, least: 12, index: 3.4 } as const;
/** More frequent than at the LHC, so that a small set holds some. */
const bosons = { W: 2e-4, Z: 5e-5 } as const;
/** Of a crossing: an object read out at the end of its scale (noise, mismeasured muons). */
const saturation = 2e-5;

/** A bunch crossing without anything special: pile-up, sometimes hard jets, rarely a W or Z. Gives the number of collisions. */
export function addMinimumBias(event: EventBuilder, random: Random): number {
  const collisions = addPileup(event, random);
  if (random.chance(dijets.probability)) addDijet(event, random);
  if (random.chance(bosons.W)) addW(event, random);
  if (random.chance(bosons.Z)) addZ(event, random);
  return collisions;
}

/** Draws which object, if any, is saturated; after `finish`. */
export function addSaturation(event: EventBuilder, random: Random): void {
  if (random.chance(saturation)) event.saturate(random.pick<ObjectKind>(['MET', 'EGAMMA', 'MUON', 'MUON', 'JET']));
}

function addPileup(event: EventBuilder, random: Random): number {
  const collisions = pileup.draw(random);
  const spread = imbalance * Math.sqrt(collisions);
  event.addEnergy(spread * random.normal(), spread * random.normal(), collisions * (softEnergy + random.normal()));
  addSoft(event, random, 'JET', softJetCount[collisions]!.draw(random));
  addSoft(event, random, 'EGAMMA', softElectronCount[collisions]!.draw(random));
  for (let n = softMuonCount[collisions]!.draw(random); n > 0; n--) {
    do {
      const pt = random.chance(hardMuons.fraction)
        ? powerLaw(random, hardMuons.least, hardMuons.index)
        : softMuons.least + exponential(random, softMuons.mean);
      event.add('MUON', pt, symmetric(random, softMuons.maxEta), random.uniform());
    } while (random.chance(softMuons.company));
  }
  return collisions;
}

function addSoft(event: EventBuilder, random: Random, kind: 'JET' | 'EGAMMA', count: number): void {
  const { least, mean, maxEta } = soft[kind];
  for (let n = 0; n < count; n++)
    event.add(kind, least + exponential(random, mean), symmetric(random, maxEta), random.uniform());
}

/** Two jets back to back, sometimes a third. */
function addDijet(event: EventBuilder, random: Random): void {
  const pt = Math.min(powerLaw(random, dijets.least, dijets.index), 3000);
  const phi = random.uniform();
  const centre = symmetric(random, 1.5);
  const difference = 0.9 * random.normal();
  const third = random.chance(0.25) ? 0.4 * random.uniform() : 0;
  addJet(event, random, { pt, eta: centre + difference, phi });
  addJet(event, random, {
    pt: pt * (1 - third),
    eta: centre - difference,
    phi: turn(phi + 0.5 + 0.01 * random.normal()),
  });
  if (third > 0)
    addJet(event, random, {
      pt: pt * third,
      eta: centre + random.normal(),
      phi: turn(phi + 0.5 + symmetric(random, 0.1)),
    });
}

function addW(event: EventBuilder, random: Random): void {
  const parent: Parent = {
    mass: 80.4,
    pt: exponential(random, 15),
    rapidity: symmetric(random, 2.2),
    phi: random.uniform(),
  };
  const [lepton] = decay(parent, random);
  addLepton(event, random, lepton, random.chance(0.5));
  addRecoil(event, random, parent);
}

function addZ(event: EventBuilder, random: Random): void {
  addResonance(event, random, 91.2 + 2.5 * random.normal());
}

/** A resonance that becomes two electrons or two muons, with what it recoils against. */
export function addResonance(event: EventBuilder, random: Random, mass: number): void {
  const parent: Parent = { mass, pt: exponential(random, 20), rapidity: symmetric(random, 1.8), phi: random.uniform() };
  const isMuon = random.chance(0.5);
  for (const lepton of decay(parent, random)) addLepton(event, random, lepton, isMuon);
  addRecoil(event, random, parent);
}

/** Something that becomes two jets. */
export function addJetPair(event: EventBuilder, random: Random, parent: Parent): void {
  for (const jet of decay(parent, random)) addJet(event, random, jet);
}

function addRecoil(event: EventBuilder, random: Random, { pt, phi }: Parent): void {
  addJet(event, random, { pt, eta: 1.5 * random.normal(), phi: turn(phi + 0.5) });
}

/** Measured with a resolution of 110 % / sqrt(pt) and 8 %; part of some jets looks like an e/gamma. */
export function addJet(event: EventBuilder, random: Random, { pt, eta, phi }: Particle): void {
  const resolution = Math.sqrt(1.21 / Math.max(pt, 1) + 0.0064);
  const measured = pt * Math.max(0, 1 + resolution * random.normal());
  event.addBalanced('JET', measured, eta, phi);
  const looksLikeElectron = random.chance(0.3);
  const share = 0.1 + 0.7 * random.uniform();
  if (looksLikeElectron && Math.abs(eta) < 3) event.add('EGAMMA', measured * share, eta, phi);
}

/** An electron is an e/gamma and a jet in the calorimeters; a muon leaves nothing there. */
export function addLepton(event: EventBuilder, random: Random, { pt, eta, phi }: Particle, isMuon: boolean): void {
  if (isMuon) {
    if (Math.abs(eta) < 2.4) event.add('MUON', pt * Math.max(0.3, 1 + 0.2 * random.normal()), eta, phi);
    return;
  }
  const measured = pt * Math.max(0, 1 + Math.sqrt(0.04 / Math.max(pt, 1) + 0.0009) * random.normal());
  event.addBalanced('JET', measured, eta, phi);
  if (Math.abs(eta) < 3) event.add('EGAMMA', measured, eta, phi);
}

/** A vector sum that a hard system starts with, so that it is balanced: components in GeV. */
export function componentsOf({
  pt,
  phi,
}: {
  readonly pt: number;
  readonly phi: number;
}): readonly [x: number, y: number] {
  return [pt * cosineOfTurns(phi), pt * sineOfTurns(phi)];
}

/** Into 0 to below 1. */
function turn(phi: number): number {
  return phi - Math.floor(phi);
}
