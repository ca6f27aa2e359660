/** Distributions of the hardware integers that the network is fed with, object by object. */
import type { InputPanel } from '../../report/plots/input-distribution.js';
import type { Binned, Named } from '../../report/plots/plot.js';
import { type ObjectKind, objectScales } from '../data/objects.js';
import type { PreparedData, PreparedSet } from '../data/prepared.js';

/** One object after the other, with a panel for each of pt, eta and phi. */
export type InputHistograms = readonly { readonly object: string; readonly panels: readonly InputPanel[] }[];

/** Events of a set that are looked at. */
const eventLimit = 50_000;
const mostBins = 40;

export function inputHistogramsOf(data: PreparedData): InputHistograms {
  const columns = (set: PreparedSet): readonly Int16Array[] => columnsOf(set, data.features);
  const train = { name: 'training events', data: columns(data.train) };
  const test = { name: 'test events', data: columns(data.test) };
  const signals = [...data.signals]
    .filter(([, { count }]) => count > 0)
    .map(([name, set]) => ({ name, data: columns(set) }));
  return data.objects.map((kind, index) => ({
    object: nameOf(data.objects, index),
    panels: featuresOf(kind).map(({ place, title, unit, isLogarithmic }): InputPanel => {
      const column = 3 * index + place;
      const present = (set: Named<readonly Int16Array[]>): Named<Int16Array> => ({
        name: set.name,
        data: set.data[column]!.filter((_, event) => set.data[3 * index]![event]! > 0),
      });
      const all = [train, test, ...signals].map(present);
      const bin = binnerOf(
        all.map((one) => one.data),
        unit,
      );
      const binned = all.map((one) => ({ name: one.name, data: bin(one.data) }));
      return { title, isLogarithmic, references: binned.slice(0, 2), signals: binned.slice(2) };
    }),
  }));
}

/** JET1, JET2, ...: kinds that occur once have no number. */
function nameOf(objects: readonly ObjectKind[], index: number): string {
  const kind = objects[index]!;
  const isOnly = objects.filter((other) => other === kind).length === 1;
  return isOnly ? kind : `${kind}${objects.slice(0, index + 1).filter((other) => other === kind).length}`;
}

interface Feature {
  /** Place among pt, eta, phi. */
  readonly place: number;
  readonly title: string;
  /** What one step of the integer is worth. */
  readonly unit: number;
  readonly isLogarithmic: boolean;
}

function featuresOf(kind: ObjectKind): readonly Feature[] {
  const { pt, eta, turn, etaLimit } = objectScales[kind];
  return [
    { place: 0, title: 'pt (GeV)', unit: pt, isLogarithmic: true },
    ...(etaLimit === 0 ? [] : [{ place: 1, title: 'eta', unit: eta, isLogarithmic: false }]),
    { place: 2, title: 'phi (rad)', unit: (2 * Math.PI) / turn, isLogarithmic: false },
  ];
}

function columnsOf(set: PreparedSet, features: number): readonly Int16Array[] {
  const count = Math.min(set.count, eventLimit);
  const rows = set.readHardware(0, count);
  return Array.from({ length: features }, (_, column) =>
    Int16Array.from({ length: count }, (_, event) => rows[event * features + column]!),
  );
}

/** Bins of the same whole number of steps over all sets, so that none has a value more than its neighbours. */
function binnerOf(sets: readonly Int16Array[], unit: number): (values: Int16Array) => Binned {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of sets) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) [low, high] = [0, 0];
  const steps = Math.ceil((high - low + 1) / mostBins);
  const bins = Math.ceil((high - low + 1) / steps);
  const edges = Array.from({ length: bins + 1 }, (_, edge) => (low + edge * steps) * unit);
  return (values) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of values) counts[Math.floor((value - low) / steps)]!++;
    return { edges, counts };
  };
}
