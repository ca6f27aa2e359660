/** The lane a node is computed in: at least its own and its operands', wider where rounding needs room. */
import { type Bits, type CastNode, laneFor, type Node, signedBits } from './graph.js';

/** Operands are widened to this lane, the result is narrowed from it. */
export function workBits(node: Node): Bits {
  switch (node.kind) {
    case 'input':
    case 'constant':
    case 'pair':
      return node.bits;
    case 'dots':
      return 32;
    case 'lookup':
      return node.bits;
    case 'shift':
    case 'leaky':
      return Math.max(node.bits, node.a.bits);
    case 'add':
    case 'subtract':
    case 'multiply':
      return Math.max(node.bits, ringBits(node.a), ringBits(node.b));
    case 'sum':
      return node.terms.reduce((bits, { a }) => Math.max(bits, ringBits(a)), node.bits);
    case 'max':
    case 'less':
    case 'less_equal':
    case 'equal':
      return Math.max(node.bits, node.a.bits, node.b.bits);
    case 'cast':
      return Math.max(node.bits, node.a.bits, laneFor(roomOf(node)));
  }
}

/** A constant of a sum or product counts modulo the lane, so it needs none of its own. */
function ringBits(node: Node): Bits {
  return node.kind === 'constant' ? 16 : node.bits;
}

/**
 * The bits dropped by a cast, limited to what can matter. With more than W + 1 dropped bits, W those of the source with
 * its sign, nothing changes: the floor is the sign, the first dropped bit is too, and of the bits below it one is set
 * exactly when the number is not 0 (a negative one always has bit W - 1 set).
 */
export function effectiveDrop(node: CastNode): number {
  return Math.min(node.dropped, signedBits(node.a.interval) + 1);
}

/** Bits for the number with its rounding offset (cast.ts), the offset itself, and a shift by the dropped bits. */
function roomOf(node: CastNode): number {
  const dropped = effectiveDrop(node);
  if (dropped === 0) return 1;
  const { low, high } = node.a.interval;
  const offset = 1n << BigInt(dropped);
  return signedBits({ low, high: (high > 0n ? high : 0n) + offset });
}
