/** Nodes -> instructions: an operation on numbers of one width, whichever arithmetic has it. */
import type { Arithmetic } from './arithmetic.js';
import { emitCast } from './cast.js';
import type { DotsNode, InputNode, LookupNode, Node, PairNode } from './graph.js';

/** Nodes that do not depend on how numbers are kept. */
export type GenericNode = Exclude<Node, InputNode | LookupNode | PairNode | DotsNode>;

/** @param get the operand, in the width of `on` */
export function emitGeneric<V>(node: GenericNode, on: Arithmetic<V>, get: (operand: Node) => V): V {
  switch (node.kind) {
    case 'constant':
      return on.constant(node.interval.low);
    case 'shift':
      return on.shiftLeft(get(node.a), node.places);
    case 'add':
      return on.add(get(node.a), get(node.b));
    case 'subtract':
      return on.subtract(get(node.a), get(node.b));
    case 'multiply': {
      const a = get(node.a);
      return on.multiply(a, node.b === node.a ? a : get(node.b));
    }
    case 'max':
      return on.max(get(node.a), get(node.b));
    case 'less':
      return one(on, on.less(get(node.a), get(node.b)));
    case 'less_equal':
      // Not b < a: 1 plus the mask.
      return on.add(on.less(get(node.b), get(node.a)), on.constant(1n));
    case 'equal':
      return one(on, on.equal(get(node.a), get(node.b)));
    case 'leaky':
      return emitLeaky(on, get(node.a), node.unit, node.slope);
    case 'cast':
      return emitCast(on, node, get(node.a));
    case 'sum':
      return emitSum(node.terms, on, get);
  }
}

function one<V>(on: Arithmetic<V>, mask: V): V {
  return on.and(mask, on.constant(1n));
}

function emitLeaky<V>(on: Arithmetic<V>, a: V, unit: bigint, slope: bigint): V {
  const scaled = (by: bigint): V => (by === 1n ? a : on.multiply(a, on.constant(by)));
  return on.select(on.less(a, on.constant(0n)), scaled(slope), scaled(unit));
}

/** Starts from a term that is added, so that nothing is subtracted from zero. */
function emitSum<V>(
  terms: readonly { readonly a: Node; readonly isNegative: boolean }[],
  on: Arithmetic<V>,
  get: (operand: Node) => V,
): V {
  const first = Math.max(
    0,
    terms.findIndex(({ isNegative }) => !isNegative),
  );
  const start = terms[first]!;
  let sum = start.isNegative ? on.subtract(on.constant(0n), get(start.a)) : get(start.a);
  for (const [index, { a, isNegative }] of terms.entries()) {
    if (index === first) continue;
    sum = isNegative ? on.subtract(sum, get(a)) : on.add(sum, get(a));
  }
  return sum;
}
