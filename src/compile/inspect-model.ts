/** `axoc inspect` as a function: what a model consists of, in numbers. */
import { printFormat } from '../fixed/format.js';
import { printRange, rangesOf } from '../ir/intervals.js';
import { tapsOf } from '../ir/linear.js';
import {
  type Binary,
  type Constant,
  elementCount,
  isNamed,
  layerOf,
  type Op,
  opsById,
  type Program,
} from '../ir/op.js';
import { broadcastIndices, printShape } from '../ir/shape.js';
import type { Model } from './model.js';

/** One named value and the layer that computes it. */
export interface LayerSummary {
  readonly name: string;
  readonly shape: string;
  /** As the description has it. */
  readonly describedType: string;
  /** As the hardware has it, after the passes. */
  readonly type: string;
  /** Proven range of all elements, in decimal. */
  readonly range: string;
  /** Multiplications by constants that are neither 0 nor a power of two (those are wires). */
  readonly constantProducts: number;
  /** Multiplications of two values, squares included. */
  readonly products: number;
  /** Two-input additions and subtractions. */
  readonly additions: number;
  /** Elements that a cast rounds, saturates or wraps. */
  readonly casts: number;
}

export function inspectModel(model: Model): readonly LayerSummary[] {
  const described = opsById(model.lowered.program);
  const ranges = rangesOf(model.program);
  return model.program.ops.filter(isNamed).map((op) => {
    const layer = model.program.ops.filter((other) => layerOf(other.id) === op.id);
    const sum = (count: (op: Op) => number): number => layer.reduce((total, other) => total + count(other), 0);
    return {
      name: model.lowered.names.get(op.id) ?? op.id,
      shape: printShape(op.type.shape),
      describedType: typeText(described.get(op.id)!),
      type: typeText(op),
      range: printRange(op, ranges),
      constantProducts: sum((other) => constantProducts(other, model.program)),
      products: sum((other) => productsOfValues(other, model.program)),
      additions: sum((other) => additions(other, model.program)),
      casts: sum((other) => (other.kind === 'cast' ? elementCount(other.type) : 0)),
    };
  });
}

function typeText(op: Op): string {
  const [first] = op.type.formats;
  return op.type.formats.length === 1 ? printFormat(first!) : `${printFormat(first!)}, ...`;
}

function constantProducts(op: Op, program: Program): number {
  switch (op.kind) {
    case 'dense':
    case 'conv':
      return tapCounts(op, program).products;
    case 'multiply': {
      const factor = constantFactor(op, program);
      if (factor === undefined) return 0;
      const weights = broadcastIndices(factor.type.shape, op.type.shape).map((index) => factor.raws[index]!);
      return weights.filter((weight) => !isWire(weight)).length;
    }
    case 'leaky_relu':
      return isWire(op.slope.raws[0]!) ? 0 : elementCount(op.type);
    default:
      return 0;
  }
}

function productsOfValues(op: Op, program: Program): number {
  switch (op.kind) {
    case 'square':
      return elementCount(op.type);
    case 'multiply':
      return constantFactor(op, program) === undefined ? elementCount(op.type) : 0;
    default:
      return 0;
  }
}

/** The weights of products that are formed one by one. */
function constantFactor(op: Binary, program: Program): Constant | undefined {
  const ops = opsById(program);
  const factors = [ops.get(op.left)!, ops.get(op.right)!];
  return factors.find((factor): factor is Constant => factor.kind === 'constant');
}

/** Whether a multiplication by it costs nothing: 0 or a power of two. */
function isWire(weight: bigint): boolean {
  const magnitude = weight < 0n ? -weight : weight;
  return (magnitude & (magnitude - 1n)) === 0n;
}

function additions(op: Op, program: Program): number {
  switch (op.kind) {
    case 'dense':
    case 'conv':
    case 'sum':
      return tapCounts(op, program).additions;
    case 'add':
    case 'subtract':
      return elementCount(op.type);
    default:
      return 0;
  }
}

function tapCounts(
  op: Op & { kind: 'dense' | 'conv' | 'sum' },
  program: Program,
): { products: number; additions: number } {
  const taps = tapsOf(op, opsById(program).get(op.operand)!.type.shape);
  return {
    products: taps.flat().filter(({ weight }) => !isWire(weight)).length,
    additions: taps.reduce((sum, { length }) => sum + Math.max(0, length - 1), 0),
  };
}
