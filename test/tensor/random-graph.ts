/** Random graphs with shared nodes, written as users and gradients write them: constants, identities, broadcasts, transposes, surrogates. */
import { Random } from '../../src/base/random.js';
import { type DType, elementCountOf, type Graph, type Node, type Shape } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';
import { type Case, CaseMaker } from './cases.js';

/**
 * Values stay moderate and on smooth ground, so that executors may be compared within a float tolerance: steps (`floor`, comparisons) only of
 * inputs and constants.
 * @param isExact only operations that every machine rounds the same, for bit-for-bit comparison
 */
export function randomGraph(seed: number, isExact: boolean, dtype: DType = 'float32'): { made: Case; graph: Graph } {
  const maker = new CaseMaker(Random.seeded(seed), dtype);
  const { random } = maker;
  const [rows, columns] = [random.integer(1, 4), random.integer(1, 4)];
  const full: Shape = [rows, columns];
  const nodes: Node[] = [maker.input(full), maker.input([columns]), maker.input([]), maker.input([rows, 1])];
  const pick = <T>(list: readonly T[]): T => list[random.integer(0, list.length - 1)]!;
  const any = (): Node => pick(nodes);
  const matrix = (): Node => pick(nodes.filter(({ shape }) => shape.length === 2));
  const number = (): Node => op.constant(pick([0, 1, -1, 0.5, 3, 0.1]), pick([[], [1], [1, 1]]), dtype);
  /** Keeps magnitudes below 2 through any depth. */
  const bounded = (x: Node): Node => (isExact ? op.maximum(op.minimum(x, 2), -2) : op.sin(x));

  const makers: readonly (() => Node)[] = [
    () => op.add(any(), any()),
    () => op.subtract(any(), any()),
    () => op.multiply(any(), any()),
    () => op.add(any(), number()),
    () => op.subtract(number(), any()),
    () => op.subtract(any(), number()),
    () => op.multiply(number(), any()),
    () => op.divide(any(), pick([1, 2, 0.7])),
    () => op.maximum(any(), any()),
    () => op.minimum(any(), number()),
    () => op.negate(op.negate(any())),
    () => op.abs(any()),
    () => op.multiply(op.sqrt(op.constant(pick([1, 2, 3]), [], dtype)), any()),
    () => op.select(op.less(nodes[0]!, number()), any(), any()),
    () => op.broadcast(op.multiply(op.broadcast(any(), full), number()), [2, rows, columns]),
    () => op.add(op.broadcast(any(), full), op.broadcast(any(), full)),
    () => op.reshape(op.reshape(op.broadcast(any(), full), [rows * columns]), full),
    () => op.reshape(op.broadcast(nodes[2]!, full), [1, rows * columns, 1]),
    () => op.transpose(op.transpose(matrix(), [1, 0]), [1, 0]),
    () => op.transpose(matrix(), [0, 1]),
    () => {
      const [a, b] = [matrix(), matrix()];
      const fits = a.shape[1] === b.shape[1];
      return fits ? op.matmul(a, op.transpose(b, [1, 0])) : op.matmul(op.transpose(a, [1, 0]), a);
    },
    () => op.sum(any(), [], true),
    () => op.max(op.reshape(any(), [1, ...any().shape]), [0]),
    () => op.sum(matrix(), [0]),
    () => op.max(matrix(), [1], true),
    () => op.concat([op.transpose(matrix(), [0, 1])], 0),
    () => op.pad(matrix(), [0, 0], [0, 0]),
    () => op.slice(op.pad(matrix(), [1, 0], [0, 2]), [0, 0], [1, 1]),
    () => op.surrogate(op.multiply(any(), 1), pick([nodes[0]!])),
    () => op.stopGradient(any()),
  ];
  for (let step = random.integer(5, 25); step > 0; step--) {
    const made = attempt(pick(makers));
    if (made !== undefined && elementCountOf(made.shape) <= 64)
      nodes.push(random.integer(0, 3) === 0 ? made : bounded(made));
  }
  const outputs = new Map(nodes.slice(-3).map((node, index): [string, Node] => [`y${index}`, bounded(node)]));
  const made = { name: `graph ${seed}`, node: nodes.at(-1)!, inputs: maker.inputs, feeds: maker.feeds };
  return { made, graph: { inputs: maker.inputs, outputs } };
}

/** Operands picked at random do not always fit together. */
function attempt(make: () => Node): Node | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
