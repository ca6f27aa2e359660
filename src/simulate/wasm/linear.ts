/**
 * Weighted sums -> nodes, in the cheapest of two ways: products shared by all sums that need them and then added, or
 * pair-wise dot products of 16-bit numbers. Weights and pairs of zero are never looked at.
 *
 * Lanes wrap, and that is exact: the ring of integers modulo 2^n carries sums and products, so only the result has to fit
 * its lane, whatever a partial sum does.
 */
import { addIntervals, type Interval } from '../../fixed/interval.js';
import { type Dot, type Graph, laneFor, type Node, signedBits, type Term } from './graph.js';

interface Tap {
  readonly a: Node;
  readonly weight: bigint;
}

export interface WeightedSum {
  /** Proven for the sum. */
  readonly interval: Interval;
  readonly taps: readonly Tap[];
}

/** @param family a number that no other call has */
export function linearNodes(graph: Graph, sums: readonly WeightedSum[], family: number): readonly Node[] {
  const varying = sums.map(varyingPart);
  const nodes = isCheaperInPairs(varying)
    ? dotNodes(graph, varying, family)
    : varying.map((sum) => productNode(graph, sum));
  return nodes.map((node, index) => withOffset(graph, node, sums[index]!, varying[index]!.offset));
}

interface VaryingSum extends WeightedSum {
  /** What constants contribute; it is added last. */
  readonly offset: bigint;
}

/** The sum without constants, each operand in it once. */
function varyingPart({ interval, taps }: WeightedSum): VaryingSum {
  let offset = 0n;
  const weights = new Map<Node, bigint>();
  for (const { a, weight } of taps) {
    if (a.kind === 'constant') offset += a.interval.low * weight;
    else weights.set(a, (weights.get(a) ?? 0n) + weight);
  }
  return {
    offset,
    interval: { low: interval.low - offset, high: interval.high - offset },
    taps: [...weights].filter(([, weight]) => weight !== 0n).map(([a, weight]) => ({ a, weight })),
  };
}

function withOffset(graph: Graph, sum: Node, { interval }: WeightedSum, offset: bigint): Node {
  return offset === 0n ? sum : graph.node({ kind: 'add', a: sum, b: graph.constant(offset), interval });
}

/** Operands of dot products that are computed in one function. */
const mostInPairs = 4096;

/** Compares the instructions for a group of 8 events: loads, products and additions, as often as a lane has vectors. */
function isCheaperInPairs(sums: readonly VaryingSum[]): boolean {
  const fits = sums.every(
    ({ interval, taps }) =>
      signedBits(interval) <= 32 &&
      taps.every(({ a, weight }) => a.bits === 16 && signedBits({ low: weight, high: weight }) <= 16),
  );
  const operands = new Set(sums.flatMap(({ taps }) => taps.map(({ a }) => a.id)));
  if (!fits || operands.size > mostInPairs) return false;
  let inProducts = 0;
  let inPairs = 2.5 * operands.size;
  const known = new Set<string>();
  for (const { interval, taps } of sums) {
    const vectors = laneFor(signedBits(interval)) / 16;
    for (const { a, weight } of taps) {
      const key = `${a.id} ${weight < 0n ? -weight : weight}`;
      if (!known.has(key)) inProducts += 3 * vectors;
      known.add(key);
      inProducts += 2 * vectors;
    }
    inPairs += (16 / 3) * Math.ceil(taps.length / 2);
  }
  return inPairs < inProducts;
}

function productNode(graph: Graph, { interval, taps }: VaryingSum): Node {
  const terms = taps.map(({ a, weight }): Term => {
    const isNegative = weight < 0n;
    return { a: graph.scaled(a, isNegative ? -weight : weight), isNegative };
  });
  const [first] = terms;
  if (first === undefined) return graph.constant(0n);
  return terms.length === 1 && !first.isNegative ? first.a : sumOf(graph, terms, interval);
}

/** Terms of one node: a function can only be so long. */
const mostTerms = 256;

/** Long sums are sums of sums. */
function sumOf(graph: Graph, terms: readonly Term[], interval: Interval): Node {
  if (terms.length <= mostTerms) return graph.node({ kind: 'sum', terms, interval });
  const parts: Term[] = [];
  for (let first = 0; first < terms.length; first += mostTerms) {
    const part = terms.slice(first, first + mostTerms);
    parts.push({ a: graph.node({ kind: 'sum', terms: part, interval: intervalOf(part) }), isNegative: false });
  }
  return sumOf(graph, parts, interval);
}

function intervalOf(terms: readonly Term[]): Interval {
  return terms
    .map(({ a: { interval }, isNegative }) => (isNegative ? { low: -interval.high, high: -interval.low } : interval))
    .reduce(addIntervals);
}

function dotNodes(graph: Graph, sums: readonly VaryingSum[], family: number): readonly Node[] {
  const operands = [...new Set(sums.flatMap(({ taps }) => taps.map(({ a }) => a)))].sort((x, y) => x.id - y.id);
  const place = new Map(operands.map((node, index) => [node, index]));
  const zero = graph.constant(0n);
  // All pairs first: sums that stand side by side can be computed together.
  const pairs = operands
    .map((_, index) => index)
    .filter((index) => index % 2 === 0)
    .map((first) => graph.pair(operands[first]!, operands[first + 1] ?? zero));
  return sums.map(({ interval, taps }) => {
    const weights = new Map(taps.map(({ a, weight }) => [place.get(a)!, weight]));
    const dots = pairs
      .map((pair, index): Dot => ({ pair, weights: [weights.get(2 * index) ?? 0n, weights.get(2 * index + 1) ?? 0n] }))
      .filter(({ weights: [first, second] }) => first !== 0n || second !== 0n);
    return dots.length === 0 ? graph.constant(0n) : graph.node({ kind: 'dots', dots, family, interval });
  });
}
