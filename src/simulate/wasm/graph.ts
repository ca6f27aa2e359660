/**
 * The element graph: what a program computes, number by number. Views (reshape, slice, concat), casts that change nothing
 * and everything that is proved constant are gone from it; each node knows its proven interval and the lane it needs.
 */
import type { Format } from '../../fixed/format.js';
import { bitLength, type Interval, isPoint } from '../../fixed/interval.js';
import type { Relation } from '../../ir/op.js';

/** Bits of a lane: 16, 32 and 64 are SIMD lanes; above that a multiple of 64, in memory. */
export type Bits = number;

interface Common {
  /** Position in the graph: operands have smaller ones. */
  readonly id: number;
  readonly interval: Interval;
  /** The narrowest lane that holds the interval. */
  readonly bits: Bits;
}

export interface InputNode extends Common {
  readonly kind: 'input';
  /** Number in the event. */
  readonly column: number;
}

export interface ConstantNode extends Common {
  readonly kind: 'constant';
}

/** a * 2^places. */
export interface ShiftNode extends Common {
  readonly kind: 'shift';
  readonly a: Node;
  readonly places: number;
}

export interface BinaryNode extends Common {
  readonly kind: 'add' | 'subtract' | 'multiply' | 'max' | Relation;
  readonly a: Node;
  readonly b: Node;
}

/** a * unit where a >= 0, a * slope elsewhere. */
export interface LeakyNode extends Common {
  readonly kind: 'leaky';
  readonly a: Node;
  readonly unit: bigint;
  readonly slope: bigint;
}

/** The rounding and overflow of `to` on a, whose unit is 2^-dropped of that of `to`; dropped >= 0. */
export interface CastNode extends Common {
  readonly kind: 'cast';
  readonly a: Node;
  readonly dropped: number;
  readonly to: Format;
}

export interface LookupNode extends Common {
  readonly kind: 'lookup';
  readonly a: Node;
  readonly table: readonly bigint[];
}

/** A term of a sum: + or - a value. */
export interface Term {
  readonly a: Node;
  readonly isNegative: boolean;
}

export interface SumNode extends Common {
  readonly kind: 'sum';
  readonly terms: readonly Term[];
}

/** Two 16-bit numbers of each event side by side; not a number itself. */
export interface PairNode extends Common {
  readonly kind: 'pair';
  readonly a: Node;
  readonly b: Node;
}

export interface Dot {
  readonly pair: PairNode;
  readonly weights: readonly [bigint, bigint];
}

/** Sum of pair-wise products: a*w0 + b*w1 for each pair. */
export interface DotsNode extends Common {
  readonly kind: 'dots';
  readonly dots: readonly Dot[];
  /** Sums of one operation share pairs, and this number. */
  readonly family: number;
}

export type Node =
  | InputNode
  | ConstantNode
  | ShiftNode
  | BinaryNode
  | LeakyNode
  | CastNode
  | LookupNode
  | SumNode
  | PairNode
  | DotsNode;

/** What a node reads, in order. */
export function operandsOfNode(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'input':
    case 'constant':
      return [];
    case 'shift':
    case 'leaky':
    case 'cast':
    case 'lookup':
      return [node.a];
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'max':
    case 'less':
    case 'less_equal':
    case 'equal':
    case 'pair':
      return [node.a, node.b];
    case 'sum':
      return node.terms.map(({ a }) => a);
    case 'dots':
      return node.dots.map(({ pair }) => pair);
  }
}

/** Bits of the two's complement of every number in the interval, the sign included. */
export function signedBits({ low, high }: Interval): number {
  return 1 + Math.max(bitLength(low < 0n ? -low - 1n : low), bitLength(high < 0n ? -high - 1n : high));
}

/** The narrowest lane of at least `bits` bits. */
export function laneFor(bits: number): Bits {
  return bits <= 16 ? 16 : bits <= 32 ? 32 : Math.ceil(bits / 64) * 64;
}

type Draft<T = Node> = T extends Node ? Omit<T, 'id' | 'bits'> : never;

/** Makes nodes; equal shifts, products, and constants are made once. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #known = new Map<string, Node>();

  /** A node, or the constant its interval leaves no alternative to. */
  node(draft: Draft): Node {
    return isPoint(draft.interval) && draft.kind !== 'pair' ? this.constant(draft.interval.low) : this.#add(draft);
  }

  constant(raw: bigint): Node {
    return this.#once(`constant ${raw}`, { kind: 'constant', interval: { low: raw, high: raw } });
  }

  shift(a: Node, places: number): Node {
    if (places === 0) return a;
    const by = BigInt(places);
    const interval = { low: a.interval.low << by, high: a.interval.high << by };
    if (isPoint(interval)) return this.constant(interval.low);
    return this.#once(`shift ${a.id} ${places}`, { kind: 'shift', a, places, interval });
  }

  /** a * weight, weight > 0: a shift where the weight is a power of two. */
  scaled(a: Node, weight: bigint): Node {
    if ((weight & (weight - 1n)) === 0n) return this.shift(a, bitLength(weight) - 1);
    const interval = { low: a.interval.low * weight, high: a.interval.high * weight };
    if (isPoint(interval)) return this.constant(interval.low);
    const b = this.constant(weight);
    return this.#once(`multiply ${a.id} ${b.id}`, { kind: 'multiply', a, b, interval });
  }

  pair(a: Node, b: Node): PairNode {
    return this.#once(`pair ${a.id} ${b.id}`, { kind: 'pair', a, b, interval: a.interval }) as PairNode;
  }

  #once(key: string, draft: Draft): Node {
    let node = this.#known.get(key);
    if (node === undefined) {
      node = this.#add(draft);
      this.#known.set(key, node);
    }
    return node;
  }

  #add(draft: Draft): Node {
    const node = { ...draft, id: this.nodes.length, bits: laneFor(signedBits(draft.interval)) } as Node;
    this.nodes.push(node);
    return node;
  }
}
