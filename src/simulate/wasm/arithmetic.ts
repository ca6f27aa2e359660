/** What emission needs of numbers of one width: implemented for SIMD lanes and for numbers of many limbs. */

/** V is where eight numbers are, one an event. All results wrap to the width. A mask is -1 where true, else 0. */
export interface Arithmetic<V> {
  readonly bits: number;
  constant(raw: bigint): V;
  add(a: V, b: V): V;
  subtract(a: V, b: V): V;
  multiply(a: V, b: V): V;
  and(a: V, b: V): V;
  /** 0 <= places < bits. */
  shiftLeft(a: V, places: number): V;
  /** Arithmetic: the floor of a / 2^places; 0 <= places < bits. */
  shiftRight(a: V, places: number): V;
  min(a: V, b: V): V;
  max(a: V, b: V): V;
  less(a: V, b: V): V;
  equal(a: V, b: V): V;
  /** a where the mask is set, else b. */
  select(mask: V, a: V, b: V): V;
}
