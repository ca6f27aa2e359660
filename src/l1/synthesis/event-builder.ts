/** One synthetic event as the trigger sees it: objects in hardware units, ordered by pt, and the energy sums. */
import { cosineOfTurns, sineOfTurns, turnsOf } from '../../base/elementary.js';
import { energyUnit, etLimit, type ObjectKind, objectScales } from '../data/objects.js';
import { defaultReadOptions } from '../data/options.js';

/** Rows of the event table. */
export const tableRows = 33;

type Listed = Exclude<ObjectKind, 'MET'>;

/** First row and number of rows of each kind, as the default `object_ranges` has them. */
const rowsOf = Object.fromEntries(
  (['EGAMMA', 'MUON', 'JET'] as const).map((kind) => {
    const [from, to] = defaultReadOptions.objectRanges[objectScales[kind].range] as readonly [number, number];
    return [kind, { from, count: to - from }];
  }),
) as Record<Listed, { from: number; count: number }>;

/** A jet counts for HT from 30 GeV on, within |eta| 2.4. */
const htJetPt = 30 / energyUnit;
const htJetEta = 2.4;

export class EventBuilder {
  /** [33, 3] pt, eta, phi in hardware units. */
  readonly table = new Int16Array(tableRows * 3);
  #x = 0;
  #y = 0;
  #et = 0;
  #ht = 0;

  reset(): void {
    this.table.fill(0);
    this.#x = this.#y = this.#et = this.#ht = 0;
  }

  /** Total and jet energy in hardware units, at most the ends of their 12-bit scales. */
  get et(): number {
    return Math.min(etLimit, Math.floor(this.#et / energyUnit));
  }

  get ht(): number {
    return Math.min(etLimit, Math.floor(this.#ht));
  }

  /** Energy in the calorimeters that belongs to no object: it counts for ET and for the imbalance. */
  addEnergy(x: number, y: number, sum: number): void {
    this.#x += x;
    this.#y += y;
    this.#et += sum;
  }

  /**
   * A measured object, kept if it is among the hardest of its kind. What is below half a GeV or outside the range of eta is
   * not seen.
   * @param pt GeV
   * @param phi turns
   */
  add(kind: Listed, pt: number, eta: number, phi: number): void {
    const { pt: unit, eta: step, turn, ptLimit, etaLimit } = objectScales[kind];
    const hardware = Math.min(ptLimit, Math.floor(pt / unit));
    const etaSteps = Math.round(eta / step);
    if (hardware <= 0 || etaSteps > etaLimit || etaSteps < -etaLimit) return;
    if (kind === 'JET' && hardware >= htJetPt && Math.abs(eta) <= htJetEta) this.#ht += hardware;
    this.#insert(kind, hardware, etaSteps, Math.floor(phi * turn + 0.5) % turn);
  }

  /** The same, and its energy counts for ET and for the imbalance. */
  addBalanced(kind: Listed, pt: number, eta: number, phi: number): void {
    this.addEnergy(pt * cosineOfTurns(phi), pt * sineOfTurns(phi), pt);
    this.add(kind, pt, eta, phi);
  }

  /** Overwrites the pt of the hardest object of a kind by the end of the scale, if there is one; ET follows MET. */
  saturate(kind: ObjectKind): void {
    if (kind === 'MET') this.#et = etLimit * energyUnit;
    const at = kind === 'MET' ? 0 : 3 * rowsOf[kind].from;
    if (this.table[at]! > 0) this.table[at] = objectScales[kind].ptLimit;
  }

  /** Missing transverse energy: what balances everything that was added. */
  finish(): void {
    const { pt: unit, turn, ptLimit } = objectScales.MET;
    const missing = Math.sqrt(this.#x * this.#x + this.#y * this.#y);
    this.table[0] = Math.min(ptLimit, Math.floor(missing / unit));
    this.table[2] = this.table[0] === 0 ? 0 : Math.floor(turnsOf(-this.#x, -this.#y) * turn + 0.5) % turn;
  }

  /** Behind all objects that are as hard or harder. */
  #insert(kind: Listed, pt: number, eta: number, phi: number): void {
    const { from, count } = rowsOf[kind];
    const { table } = this;
    let row = from + count - 1;
    if (table[3 * row]! >= pt) return;
    for (; row > from && table[3 * row - 3]! < pt; row--) {
      table[3 * row] = table[3 * row - 3]!;
      table[3 * row + 1] = table[3 * row - 2]!;
      table[3 * row + 2] = table[3 * row - 1]!;
    }
    table[3 * row] = pt;
    table[3 * row + 1] = eta;
    table[3 * row + 2] = phi;
  }
}
