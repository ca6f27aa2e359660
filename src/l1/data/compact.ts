/** Events of 19 objects - MET, 4 e/gamma, 4 muons, 10 jets - that come without energy sums. */
import { userError } from '../../base/diagnostic.js';
import { compactCounts, energyUnit, type ObjectKind, objectKinds, objectScales } from './objects.js';
import type { SelectedObject } from './selection.js';

export const compactObjects = 19;

/** Kind of each of the 19 objects. */
export const compactKinds: readonly ObjectKind[] = objectKinds.flatMap((kind) =>
  new Array<ObjectKind>(compactCounts[kind]).fill(kind),
);

/** Jets in HT: at least 30 GeV, |eta| at most 2.4. */
const htJetPt = 30 / energyUnit;
const htJetEta = Math.floor(2.4 / objectScales.JET.eta);

/**
 * Where each selected object stands among the 19.
 * @throws AxocError (user) when more of a kind are selected than there are
 */
export function compactPlaces(selection: readonly SelectedObject[], place: string): Int32Array {
  return Int32Array.from(selection, ({ kind, ordinal }) => {
    if (ordinal < compactCounts[kind]) return compactKinds.indexOf(kind) + ordinal;
    const message = `has ${compactCounts[kind]} objects of kind ${kind}, number ${ordinal + 1} is selected`;
    throw userError('object-selection', place, message, 'choose fewer constituents');
  });
}

/** Sums over the jets of each event: all of them, and those that count for HT. */
export function energiesOf(objects: Int16Array, count: number): { et: Float32Array; ht: Float32Array } {
  const et = new Float32Array(count);
  const ht = new Float32Array(count);
  const firstJet = compactKinds.indexOf('JET');
  for (let event = 0; event < count; event++) {
    for (let object = firstJet; object < compactObjects; object++) {
      const at = 3 * (event * compactObjects + object);
      const pt = objects[at]!;
      et[event]! += pt;
      if (pt >= htJetPt && Math.abs(objects[at + 1]!) <= htJetEta) ht[event]! += pt;
    }
  }
  return { et, ht };
}

/** The selected of the 19 objects of each event. */
export function pickCompact(objects: Int16Array, places: Int32Array): Int16Array {
  const count = objects.length / (3 * compactObjects);
  const picked = new Int16Array(count * 3 * places.length);
  let to = 0;
  for (let event = 0; event < count; event++) {
    for (const place of places) {
      const from = 3 * (event * compactObjects + place);
      picked[to++] = objects[from]!;
      picked[to++] = objects[from + 1]!;
      picked[to++] = objects[from + 2]!;
    }
  }
  return picked;
}
