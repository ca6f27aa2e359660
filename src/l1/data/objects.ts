/** The trigger's objects: their order, what an integer of each stands for, where its scale ends. */

export type ObjectKind = 'MET' | 'EGAMMA' | 'MUON' | 'JET';

export interface ObjectScale {
  /** Of the kind in `object_ranges`. */
  readonly range: string;
  /** GeV of one unit of pt. */
  readonly pt: number;
  /** Pseudorapidity of one unit of eta. */
  readonly eta: number;
  /** Units of phi in a full turn. */
  readonly turn: number;
  /** Largest pt; an object that has it is saturated. */
  readonly ptLimit: number;
  /** Largest magnitude of eta in its field (signed, 8 or 9 bits); MET has none. */
  readonly etaLimit: number;
}

const caloEta = 0.087 / 2;

/** In the order of the network's inputs. */
export const objectKinds = ['MET', 'EGAMMA', 'MUON', 'JET'] as const satisfies readonly ObjectKind[];

export const objectScales: Readonly<Record<ObjectKind, ObjectScale>> = {
  MET: { range: 'met', pt: 0.5, eta: caloEta, turn: 144, ptLimit: 4095, etaLimit: 0 },
  EGAMMA: { range: 'egs', pt: 0.5, eta: caloEta, turn: 144, ptLimit: 511, etaLimit: 127 },
  MUON: { range: 'muons', pt: 0.5, eta: 0.087 / 8, turn: 576, ptLimit: 511, etaLimit: 255 },
  JET: { range: 'jets', pt: 0.5, eta: caloEta, turn: 144, ptLimit: 2047, etaLimit: 127 },
};

/** Total transverse energy at the end of its 12-bit scale: such events are always dropped. */
export const etLimit = 4095;

/** GeV of one unit of ET and HT. */
export const energyUnit = 0.5;

/** Objects of each kind where an event is 19 objects (57 integers, or the public challenge's particles). */
export const compactCounts: Readonly<Record<ObjectKind, number>> = { MET: 1, EGAMMA: 4, MUON: 4, JET: 10 };

/** Names of the three values of an object, in order. */
export const objectFeatures = ['pt', 'eta', 'phi'] as const;
