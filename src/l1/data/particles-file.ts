/**
 * The layout of the public 40 MHz anomaly detection challenge (ADC2021): `Particles` (N, 19, 4), float: pt in GeV, eta, phi in
 * radians from -pi to pi, and the class of the object (1 MET, 2 electron, 3 muon, 4 jet, 0 none); unused places are zero.
 * Values become the integers that the trigger's hardware would send.
 */
import { userError } from '../../base/diagnostic.js';
import type { Hdf5File } from '../../data/hdf5/file.js';
import { compactKinds, compactObjects, compactPlaces, energiesOf, pickCompact } from './compact.js';
import type { EventSource } from './event-block.js';
import { type ObjectKind, objectKinds, objectScales } from './objects.js';
import type { SelectedObject } from './selection.js';

export const particlesTable = 'Particles';

/** @param name of the source: `background`, or a signal's */
export function particlesSource(file: Hdf5File, name: string, selection: readonly SelectedObject[]): EventSource {
  const dataset = file.dataset(particlesTable);
  const place = `${file.path}: ${particlesTable}`;
  const [count = 0, objects, columns] = dataset.shape;
  if (dataset.shape.length !== 3 || objects !== compactObjects || columns !== 4) {
    const message = `has shape (${dataset.shape.join(', ')}) where (events, 19, 4) belongs`;
    throw userError('hdf5-shape', place, message, 'store pt, eta, phi and class of MET, 4 electrons, 4 muons, 10 jets');
  }
  const places = compactPlaces(selection, place);
  return {
    name,
    count,
    selection,
    hasPileup: false,
    hasLevel1: false,
    hasComputedEnergies: true,
    read(from, to) {
      const all = toHardware(dataset.read(from, to), from, place);
      return { count: to - from, ...energiesOf(all, to - from), objects: pickCompact(all, places) };
    },
  };
}

/** @param particles [events, 19, 4] */
function toHardware(particles: ArrayLike<number>, firstEvent: number, place: string): Int16Array {
  const hardware = new Int16Array((particles.length / 4) * 3);
  for (let index = 0; index < particles.length / 4; index++) {
    const [pt, eta, phi, type] = [0, 1, 2, 3].map((column) => particles[4 * index + column]!) as [
      number,
      number,
      number,
      number,
    ];
    const slot = index % compactObjects;
    const kind = compactKinds[slot]!;
    const complaint = complaintAbout(kind, pt, eta, phi, type);
    if (complaint !== undefined) {
      const event = firstEvent + Math.floor(index / compactObjects);
      throw userError(
        'bad-event',
        `${place}: event ${event}, object ${slot}`,
        complaint,
        'check the units and the columns',
      );
    }
    const steps = Math.min(Math.floor(pt / objectScales[kind].pt + 0.5), objectScales[kind].ptLimit);
    // What is less than half a unit is not sent.
    if (steps === 0) continue;
    hardware[3 * index] = steps;
    hardware[3 * index + 1] = hardwareEta(kind, eta);
    hardware[3 * index + 2] = hardwarePhi(kind, phi);
  }
  return hardware;
}

function complaintAbout(kind: ObjectKind, pt: number, eta: number, phi: number, type: number): string | undefined {
  if (!Number.isFinite(pt) || !Number.isFinite(eta) || !Number.isFinite(phi)) return 'holds a value that is not finite';
  if (pt < 0) return `pt is ${pt} GeV, below 0`;
  // A float32 may hold pi rounded up.
  if (Math.abs(phi) > Math.PI + 1e-6) return `phi is ${phi}, outside -pi to pi`;
  const expected = objectKinds.indexOf(kind) + 1;
  return type === expected || (type === 0 && pt === 0)
    ? undefined
    : `is of class ${type} where class ${expected} (${kind}) belongs`;
}

/** The nearest step, at most the last one the field holds. */
function hardwareEta(kind: ObjectKind, eta: number): number {
  const { eta: unit, etaLimit } = objectScales[kind];
  return Math.max(-etaLimit, Math.min(etaLimit, Math.round(eta / unit)));
}

/** @param phi radians; steps count from 0 to the end of the turn */
function hardwarePhi(kind: ObjectKind, phi: number): number {
  const { turn } = objectScales[kind];
  const steps = Math.round((phi / (2 * Math.PI)) * turn) % turn;
  return steps < 0 ? steps + turn : steps;
}
