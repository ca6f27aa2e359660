/** Program -> element graph: one node for each number that is not a copy, a constant, or a cast that changes nothing. */
import { type Format, fractionBits } from '../../fixed/format.js';
import { type Interval, isPoint } from '../../fixed/interval.js';
import type { Ranges } from '../../ir/intervals.js';
import { tapsOf, weightFraction } from '../../ir/linear.js';
import { elementCount, formatAt, fractionAt, type Op, operandsOf, type Program } from '../../ir/op.js';
import { broadcastIndices, concatIndices, sliceIndices } from '../../ir/shape.js';
import { type BinaryNode, Graph, type Node } from './graph.js';
import { linearNodes } from './linear.js';
import { castChangesNothing } from './round-interval.js';

export interface ElementGraph {
  readonly nodes: readonly Node[];
  /** Value id -> the node of each element; several elements may share one. */
  readonly values: ReadonlyMap<string, readonly Node[]>;
}

export function buildGraph(program: Program, ranges: Ranges): ElementGraph {
  const graph = new Graph();
  const ops = new Map<string, Op>();
  const values = new Map<string, readonly Node[]>();
  let column = 0;
  for (const [position, op] of program.ops.entries()) {
    ops.set(op.id, op);
    if (op.kind === 'input') {
      const first = column;
      values.set(
        op.id,
        ranges.get(op.id)!.map((interval, index) => graph.node({ kind: 'input', column: first + index, interval })),
      );
      column += elementCount(op.type);
      continue;
    }
    values.set(op.id, new OpBuilder(graph, op, position, ops, ranges, values).nodes());
  }
  return { nodes: graph.nodes, values };
}

/** An operation's nodes; every element is first the exact result, then shifted to the unit of its format. */
class OpBuilder {
  readonly #operands: readonly Op[];
  readonly #elements: readonly (readonly Node[])[];
  readonly #ranges: readonly Interval[];

  constructor(
    private readonly graph: Graph,
    private readonly op: Op,
    private readonly position: number,
    ops: ReadonlyMap<string, Op>,
    ranges: Ranges,
    values: ReadonlyMap<string, readonly Node[]>,
  ) {
    this.#operands = operandsOf(op).map((id) => ops.get(id)!);
    this.#elements = operandsOf(op).map((id) => values.get(id)!);
    this.#ranges = ranges.get(op.id)!;
  }

  nodes(): readonly Node[] {
    const { op, graph } = this;
    const [x, y] = this.#operands.map(({ type }) => type) as [Op['type'], Op['type']];
    const [a, b] = this.#elements as [readonly Node[], readonly Node[]];
    switch (op.kind) {
      case 'input':
        throw new Error('inputs have no operands to build from');
      case 'constant':
        return op.raws.map((raw) => graph.constant(raw));
      case 'cast':
        return a.map((node, index) => this.#cast(node, fractionAt(x, index), formatAt(op.type, index), index));
      case 'add':
      case 'subtract':
      case 'max':
      case 'compare':
        return this.#aligned(op.kind === 'compare' ? op.relation : op.kind, op.kind === 'compare');
      case 'multiply': {
        const left = broadcastIndices(x.shape, op.type.shape);
        const right = broadcastIndices(y.shape, op.type.shape);
        return this.#ranges.map((_, index) =>
          this.#placed(index, fractionAt(x, left[index]!) + fractionAt(y, right[index]!), (interval) =>
            this.#product(a[left[index]!]!, b[right[index]!]!, interval),
          ),
        );
      }
      case 'square':
        return a.map((node, index) =>
          this.#placed(index, 2 * fractionAt(x, index), (interval) =>
            graph.node({ kind: 'multiply', a: node, b: node, interval }),
          ),
        );
      case 'relu':
        return a.map((node, index) =>
          this.#placed(index, fractionAt(x, index), (interval) =>
            node.interval.low >= 0n ? node : graph.node({ kind: 'max', a: node, b: graph.constant(0n), interval }),
          ),
        );
      case 'leaky_relu': {
        const slopeFraction = fractionBits(op.slope.format);
        const extra = Math.max(0, slopeFraction);
        const unit = 1n << BigInt(extra);
        const slope = op.slope.raws[0]! << BigInt(extra - slopeFraction);
        return a.map((node, index) =>
          this.#placed(index, fractionAt(x, index) + extra, (interval) =>
            graph.node({ kind: 'leaky', a: node, unit, slope, interval }),
          ),
        );
      }
      case 'shift':
        return a.map((node, index) => {
          const by = op.by.length === 1 ? op.by[0]! : op.by[index]!;
          return this.#placed(index, fractionAt(x, index) + by, () => node);
        });
      case 'reshape':
        return a.map((node, index) => this.#placed(index, fractionAt(x, index), () => node));
      case 'dense':
      case 'conv':
      case 'sum': {
        const common = Math.max(...x.formats.map(fractionBits));
        const fraction = common + weightFraction(op);
        const sums = tapsOf(op, x.shape).map((taps, index) => ({
          interval: this.#unplaced(index, fraction),
          taps: taps.map((tap) => ({
            a: a[tap.index]!,
            weight: tap.weight << BigInt(common - fractionAt(x, tap.index)),
          })),
        }));
        return linearNodes(graph, sums, this.position).map((node, index) => this.#placed(index, fraction, () => node));
      }
      case 'lookup':
        return a.map((node, index) =>
          this.#placed(index, fractionBits(op.table.format), (interval) =>
            graph.node({ kind: 'lookup', a: node, table: op.table.raws, interval }),
          ),
        );
      case 'concat': {
        const shapes = this.#operands.map(({ type }) => type.shape);
        return concatIndices(shapes, op.axis, op.type.shape).map(({ operand, index: from }, index) =>
          this.#placed(index, fractionAt(this.#operands[operand]!.type, from), () => this.#elements[operand]![from]!),
        );
      }
      case 'slice':
        return sliceIndices(x.shape, op.from, op.type.shape).map((from, index) =>
          this.#placed(index, fractionAt(x, from), () => a[from]!),
        );
    }
  }

  #product(a: Node, b: Node, interval: Interval): Node {
    const [x, y] = a.kind === 'constant' ? [b, a] : [a, b];
    if (y.kind === 'constant' && y.interval.low > 0n) return this.graph.scaled(x, y.interval.low);
    return this.graph.node({ kind: 'multiply', a: x, b: y, interval });
  }

  /** add, subtract, max and comparisons: both operands in the finer of their units. */
  #aligned(kind: BinaryNode['kind'], isComparison: boolean): readonly Node[] {
    const [x, y] = this.#operands.map(({ type }) => type) as [Op['type'], Op['type']];
    const [a, b] = this.#elements as [readonly Node[], readonly Node[]];
    const left = broadcastIndices(x.shape, this.op.type.shape);
    const right = broadcastIndices(y.shape, this.op.type.shape);
    return this.#ranges.map((_, index) => {
      const [l, r] = [left[index]!, right[index]!];
      const [leftFraction, rightFraction] = [fractionAt(x, l), fractionAt(y, r)];
      const fraction = Math.max(leftFraction, rightFraction);
      return this.#placed(index, isComparison ? 0 : fraction, (interval) => {
        if (isPoint(interval)) return this.graph.constant(interval.low);
        return this.#simplified(
          kind,
          this.graph.shift(a[l]!, fraction - leftFraction),
          this.graph.shift(b[r]!, fraction - rightFraction),
          interval,
        );
      });
    });
  }

  /** A sum with zero and a maximum that is decided are one of the operands. */
  #simplified(kind: BinaryNode['kind'], a: Node, b: Node, interval: Interval): Node {
    const isZero = (node: Node): boolean => node.kind === 'constant' && node.interval.low === 0n;
    if ((kind === 'add' || kind === 'subtract') && isZero(b)) return a;
    if (kind === 'add' && isZero(a)) return b;
    if (kind === 'max' && a.interval.low >= b.interval.high) return a;
    if (kind === 'max' && b.interval.low >= a.interval.high) return b;
    return this.graph.node({ kind, a, b, interval });
  }

  #cast(a: Node, fraction: number, to: Format, index: number): Node {
    const interval = this.#ranges[index]!;
    if (isPoint(interval)) return this.graph.constant(interval.low);
    const dropped = fraction - fractionBits(to);
    // On the grid of `to`, or finer: bits that are not dropped only move.
    const shifted = this.graph.shift(a, Math.max(0, -dropped));
    const left = Math.max(0, dropped);
    if (castChangesNothing(shifted.interval, left, to)) return shifted;
    return this.graph.node({ kind: 'cast', a: shifted, dropped: left, to, interval });
  }

  /** Element `index` from its exact result with `fraction` fraction bits: the format's unit is that or a finer one. */
  #placed(index: number, fraction: number, exact: (interval: Interval) => Node): Node {
    return this.graph.shift(exact(this.#unplaced(index, fraction)), fractionAt(this.op.type, index) - fraction);
  }

  /** The proven interval in units of 2^-fraction: exact, since placing shifts zeros in. */
  #unplaced(index: number, fraction: number): Interval {
    const zeros = BigInt(fractionAt(this.op.type, index) - fraction);
    const { low, high } = this.#ranges[index]!;
    return { low: low >> zeros, high: high >> zeros };
  }
}
