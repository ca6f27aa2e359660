/** `axoc inspect` as a function: what a model consists of, in numbers. */
import { printFormat } from '../fixed/format.js';
import { printRange, rangesOf } from '../ir/intervals.js';
import { tapsOf } from '../ir/linear.js';
import { elementCount, isNamed, layerOf, type Op, opsById, type Program } from '../ir/op.js';
import { printShape } from '../ir/shape.js';
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
      products: sum((other) => (other.kind === 'multiply' || other.kind === 'square' ? elementCount(other.type) : 0)),
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
  if (op.kind !== 'dense' && op.kind !== 'conv') return 0;
  return tapCounts(op, program).products;
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
  const isWire = (weight: bigint): boolean => {
    const magnitude = weight < 0n ? -weight : weight;
    return (magnitude & (magnitude - 1n)) === 0n;
  };
  return {
    products: taps.flat().filter(({ weight }) => !isWire(weight)).length,
    additions: taps.reduce((sum, { length }) => sum + Math.max(0, length - 1), 0),
  };
}
