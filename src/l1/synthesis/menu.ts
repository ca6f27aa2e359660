/** A simple Level-1 menu, so that synthetic events know whether another seed would have kept them. Thresholds in GeV. */
import { energyUnit, objectScales } from '../data/objects.js';
import { defaultReadOptions } from '../data/options.js';
import type { EventBuilder } from './event-builder.js';

/** The i-th threshold is reached by at least i + 1 objects. */
interface ObjectSeed {
  readonly name: string;
  readonly kind: 'EGAMMA' | 'MUON' | 'JET';
  readonly pt: readonly number[];
  readonly maxEta: number;
}

interface SumSeed {
  readonly name: string;
  readonly sum: 'HT' | 'MET';
  readonly threshold: number;
}

const menu: readonly (ObjectSeed | SumSeed)[] = [
  { name: 'SingleMu22', kind: 'MUON', pt: [22], maxEta: 2.4 },
  { name: 'DoubleMu15_7', kind: 'MUON', pt: [15, 7], maxEta: 2.4 },
  { name: 'TripleMu5_3_3', kind: 'MUON', pt: [5, 3, 3], maxEta: 2.4 },
  { name: 'SingleEG32', kind: 'EGAMMA', pt: [32], maxEta: 2.5 },
  { name: 'DoubleEG25_12', kind: 'EGAMMA', pt: [25, 12], maxEta: 2.5 },
  { name: 'TripleEG18_17_8', kind: 'EGAMMA', pt: [18, 17, 8], maxEta: 2.5 },
  { name: 'SingleJet180', kind: 'JET', pt: [180], maxEta: 4.9 },
  { name: 'DoubleJet112', kind: 'JET', pt: [112, 112], maxEta: 2.4 },
  { name: 'QuadJet95_75_65_20', kind: 'JET', pt: [95, 75, 65, 20], maxEta: 2.4 },
  { name: 'HT360', sum: 'HT', threshold: 360 },
  { name: 'MET90', sum: 'MET', threshold: 90 },
];

interface ReadySeed {
  readonly from: number;
  readonly to: number;
  readonly pt: readonly number[];
  readonly maxEta: number;
}

const objectSeeds: readonly ReadySeed[] = menu.flatMap((seed) => {
  if (!('kind' in seed)) return [];
  const scale = objectScales[seed.kind];
  const [from, to] = defaultReadOptions.objectRanges[scale.range] as readonly [number, number];
  return [{ from, to, pt: seed.pt.map((pt) => pt / scale.pt), maxEta: Math.floor(seed.maxEta / scale.eta) }];
});

const sumSeeds = menu.flatMap((seed) =>
  'sum' in seed ? [{ sum: seed.sum, threshold: seed.threshold / energyUnit }] : [],
);

/** Whether any seed fires. */
export function firesMenu(event: EventBuilder): boolean {
  return objectSeeds.some((seed) => fires(event.table, seed)) || sumSeeds.some((seed) => reaches(event, seed));
}

function reaches(event: EventBuilder, { sum, threshold }: (typeof sumSeeds)[number]): boolean {
  return (sum === 'HT' ? event.ht : event.table[0]!) >= threshold;
}

/** Objects are ordered by pt, so the hardest that are central meet the thresholds one by one. */
function fires(table: Int16Array, { from, to, pt, maxEta }: ReadySeed): boolean {
  let met = 0;
  for (let row = from; row < to; row++) {
    if (table[3 * row]! < pt[met]!) return false;
    if (Math.abs(table[3 * row + 1]!) > maxEta) continue;
    met++;
    if (met === pt.length) return true;
  }
  return false;
}
