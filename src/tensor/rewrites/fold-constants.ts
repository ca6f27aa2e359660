/**
 * Computes what depends on constants alone, where the result is small and the same on every machine: operations that IEEE 754 rounds
 * correctly (not `exp` and its like), and movements of numbers.
 */
import { type Constant, type DType, elementCountOf, type Graph, type Node, operandsOf } from '../graph.js';
import { constant } from '../ops.js';
import { isElementwise } from './elementwise.js';
import { rebuild } from './rebuild.js';

/** Elements of the largest result made here: a large constant is worse than the operation that makes it. */
const largestResult = 1024;

export function foldConstants(graph: Graph): Graph {
  return rebuild(graph, (node) => {
    const operands = operandsOf(node);
    if (operands.length === 0 || !operands.every((operand) => operand.kind === 'constant')) return node;
    if (elementCountOf(node.shape) > largestResult) return node;
    return folded(node, operands) ?? node;
  });
}

function folded(node: Node, operands: readonly Constant[]): Node | undefined {
  if (node.kind === 'reshape') return constant(operands[0]!.values, node.shape, node.dtype);
  if (node.kind !== 'broadcast' && !isElementwise(node)) return undefined;
  const apply = node.kind === 'broadcast' ? (x: number) => x : scalarFunction(node.kind);
  if (apply === undefined) return undefined;
  const inDType = rounding[node.dtype];
  const values = Array.from({ length: elementCountOf(node.shape) }, (_, index) =>
    inDType(apply(...operands.map((operand) => rounding[operand.dtype](elementFor(operand, index, node.shape))))),
  );
  return constant(values, node.shape, node.dtype);
}

const rounding: Readonly<Record<DType, (x: number) => number>> = { float32: Math.fround, float64: (x) => x };

/** The element of an operand that broadcasting pairs with element `index` of the result. */
export function elementFor({ values, shape }: Constant, index: number, result: readonly number[]): number {
  let [rest, position, stride] = [index, 0, 1];
  for (let axis = 1; axis <= result.length; axis++) {
    const length = result.at(-axis)!;
    const own = shape.at(-axis) ?? 1;
    if (axis <= shape.length && own > 1) position += (rest % length) * stride;
    if (axis <= shape.length) stride *= own;
    rest = Math.floor(rest / length);
  }
  return values[position]!;
}

/** A product or quotient of two float32 in float64, rounded to float32, is the correctly rounded one: 53 >= 2 * 24 + 2. */
export function scalarFunction(kind: Node['kind']): ((...operands: number[]) => number) | undefined {
  return scalarFunctions[kind];
}

const scalarFunctions: Readonly<Partial<Record<Node['kind'], (...operands: number[]) => number>>> = {
  negate: (x) => -x!,
  abs: (x) => Math.abs(x!),
  sign: (x) => Math.sign(x!),
  sqrt: (x) => Math.sqrt(x!),
  floor: (x) => Math.floor(x!),
  add: (a, b) => a! + b!,
  subtract: (a, b) => a! - b!,
  multiply: (a, b) => a! * b!,
  divide: (a, b) => a! / b!,
  less: (a, b) => Number(a! < b!),
  less_equal: (a, b) => Number(a! <= b!),
  equal: (a, b) => Number(a! === b!),
  select: (condition, a, b) => (condition !== 0 ? a! : b!),
  convert: (x) => x!,
};
