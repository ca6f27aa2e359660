/** How much of a result is rounding: the same graph with every weight a few roundings of float32 off. */
import type { Random } from '../base/random.js';
import type { Graph } from '../tensor/graph.js';
import { constant } from '../tensor/ops.js';
import { rebuild } from '../tensor/rewrites/rebuild.js';

/**
 * Eight roundings of float32. Float32 sums in another order differ about as much as the sums of weights that are one rounding off, on all generators
 * that were tried; what a wrong rewrite makes is thousands of times more.
 */
const share = 2 ** -20;

/** @returns the graph with every weight moved by up to `share` of itself; single numbers, which belong to functions, stay */
export function withDisturbedWeights(graph: Graph, random: Random): Graph {
  return rebuild(graph, (node) => {
    if (node.kind !== 'constant' || node.shape.length === 0) return node;
    const moved = node.values.map((value) => value * (1 + share * (2 * random.uniform() - 1)));
    return constant(moved, node.shape, node.dtype);
  });
}
