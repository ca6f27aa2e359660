/** Takes one element along one axis from a value, and from everything that is computed of it. */
import type { Table } from '../../src/fixed/table.js';
import { type Constant, elementCount, inputsOf, type Op, operandsOf, opsById, type Program } from '../../src/ir/op.js';
import { resultShape } from '../../src/ir/shape.js';
import type { Vector } from '../../src/verify/vectors.js';
import type { Candidate } from './shrink-steps.js';

interface Drop {
  readonly axis: number;
  readonly index: number;
}

/**
 * @param root where it begins: an input, a constant, a neuron of a dense layer, a filter of a convolution
 * @returns undefined where the element cannot be taken, or not without another
 */
export function withoutElement(
  program: Program,
  vectors: readonly Vector[],
  root: string,
  drop: Drop,
): Candidate | undefined {
  const drops = new Map<string, Drop>();
  const before = opsById(program);
  const ops: Op[] = [];
  for (const op of program.ops) {
    const found = op.id === root ? atRoot(op, drop) : followed(op, drops, before, ops);
    if (found === undefined) return undefined;
    ops.push(found.op);
    if (found.drop !== undefined) drops.set(op.id, found.drop);
  }
  const changed = program.ops.find(({ id }) => id === root)!;
  if (changed.kind !== 'input') return { program: { ...program, ops }, vectors };
  const kept = vectors.map((vector) => {
    let position = 0;
    return inputsOf(program).flatMap((input) => {
      const raws = vector.slice(position, position + elementCount(input.type));
      position += raws.length;
      return input === changed ? without(raws, input.type.shape, drop) : raws;
    });
  });
  return { program: { ...program, ops }, vectors: kept };
}

interface Changed {
  readonly op: Op;
  /** What the result has lost. */
  readonly drop?: Drop | undefined;
}

function atRoot(op: Op, drop: Drop): Changed | undefined {
  if (op.type.shape[drop.axis] === 1) return undefined;
  const type = typeWithout(op.type, drop);
  const isLast = drop.axis === op.type.shape.length - 1;
  switch (op.kind) {
    case 'input':
      return { op: { ...op, type }, drop };
    case 'constant':
      return { op: { ...op, type, raws: without(op.raws, op.type.shape, drop) }, drop };
    case 'dense':
    case 'conv': {
      if (!isLast) return undefined;
      const weights = tableWithout(op.weights, { axis: op.weights.shape.length - 1, index: drop.index });
      return { op: { ...op, type, weights }, drop };
    }
    default:
      return undefined;
  }
}

/** An operation whose operands have lost something, and what it loses by that. */
function followed(
  op: Op,
  drops: ReadonlyMap<string, Drop>,
  before: ReadonlyMap<string, Op>,
  made: Op[],
): Changed | undefined {
  const lost = operandsOf(op).map((id) => drops.get(id));
  const drop = lost.find((each) => each !== undefined);
  if (drop === undefined) return { op };
  const shapes = operandsOf(op).map((id) => before.get(id)!.type.shape);
  const shape = shapes[lost.indexOf(drop)]!;
  switch (op.kind) {
    case 'input':
    case 'constant':
      return { op };
    case 'cast':
    case 'square':
    case 'relu':
    case 'leaky_relu':
    case 'lookup':
      return { op: { ...op, type: typeWithout(op.type, drop) }, drop };
    case 'shift': {
      const by = op.by.length === 1 ? op.by : without(op.by, shape, drop);
      return { op: { ...op, by, type: typeWithout(op.type, drop) }, drop };
    }
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'max':
    case 'compare': {
      const sides = [op.left, op.right].map((id, side) => {
        if (lost[side] !== undefined) return isSame(lost[side], drop) ? id : undefined;
        if (shapes[side]![drop.axis] === 1) return id;
        const other = before.get(id)!;
        return other.kind === 'constant' ? shortened(other, drop, made) : undefined;
      });
      const [left, right] = sides;
      if (left === undefined || right === undefined) return undefined;
      return { op: { ...op, left, right, type: typeWithout(op.type, drop) }, drop };
    }
    case 'dense':
      return { op: { ...op, weights: tableWithout(op.weights, drop) } };
    case 'conv': {
      if (drop.axis === 2) return { op: { ...op, weights: tableWithout(op.weights, drop) } };
      if (drop.index !== shape[drop.axis]! - 1) return undefined;
      const now = resultShape(op, [shape.with(drop.axis, shape[drop.axis]! - 1)]);
      if (typeof now === 'string') return undefined;
      const length = op.type.shape[drop.axis]!;
      if (now[drop.axis] === length) return { op };
      const last = { axis: drop.axis, index: length - 1 };
      return now[drop.axis] === length - 1
        ? { op: { ...op, type: typeWithout(op.type, last) }, drop: last }
        : undefined;
    }
    case 'sum': {
      if (drop.axis === op.axis) return { op };
      const left = { axis: drop.axis - (drop.axis > op.axis ? 1 : 0), index: drop.index };
      return { op: { ...op, type: typeWithout(op.type, left) }, drop: left };
    }
    case 'concat': {
      const count = lost.filter((each) => each !== undefined).length;
      if (drop.axis !== op.axis) {
        const isEvery = count === lost.length && lost.every((each) => isSame(each!, drop));
        return isEvery ? { op: { ...op, type: typeWithout(op.type, drop) }, drop } : undefined;
      }
      if (count > 1) return undefined;
      const start = shapes.slice(0, lost.indexOf(drop)).reduce((sum, each) => sum + each[op.axis]!, 0);
      const moved = { axis: op.axis, index: start + drop.index };
      return { op: { ...op, type: typeWithout(op.type, moved) }, drop: moved };
    }
    case 'slice': {
      const [from, to] = [op.from[drop.axis]!, op.to[drop.axis]!];
      if (drop.index >= to) return { op };
      if (drop.index < from)
        return { op: { ...op, from: op.from.with(drop.axis, from - 1), to: op.to.with(drop.axis, to - 1) } };
      if (to - from === 1) return undefined;
      const inside = { axis: drop.axis, index: drop.index - from };
      return { op: { ...op, to: op.to.with(drop.axis, to - 1), type: typeWithout(op.type, inside) }, drop: inside };
    }
    case 'reshape': {
      const isLine = (lengths: readonly number[]): boolean => lengths.filter((length) => length > 1).length <= 1;
      if (!isLine(shape) || !isLine(op.type.shape)) return undefined;
      const axis = op.type.shape.findIndex((length) => length > 1);
      const along = { axis, index: drop.index };
      return { op: { ...op, type: typeWithout(op.type, along) }, drop: along };
    }
  }
}

/** A shortened copy of a constant, which others may still need whole. */
function shortened(constant: Constant, drop: Drop, made: Op[]): string {
  const id = `${constant.id}_${made.length}`;
  const raws = without(constant.raws, constant.type.shape, drop);
  made.push({ ...constant, id, raws, type: typeWithout(constant.type, drop) });
  return id;
}

function isSame(a: Drop, b: Drop): boolean {
  return a.axis === b.axis && a.index === b.index;
}

function typeWithout({ shape, formats }: Op['type'], drop: Drop): Op['type'] {
  return {
    shape: shape.with(drop.axis, shape[drop.axis]! - 1),
    formats: formats.length === 1 ? formats : without(formats, shape, drop),
  };
}

function tableWithout(table: Table, drop: Drop): Table {
  const { axis } = drop;
  return {
    ...table,
    shape: table.shape.with(axis, table.shape[axis]! - 1),
    raws: without(table.raws, table.shape, drop),
  };
}

/** The elements of a row-major tensor but those at one place of one axis. */
function without<T>(elements: readonly T[], shape: readonly number[], { axis, index }: Drop): T[] {
  const stride = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
  return elements.filter((_, flat) => Math.floor(flat / stride) % shape[axis]! !== index);
}
