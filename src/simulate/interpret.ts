/** The reference: runs a program on raw integers with bigint arithmetic, one event at a time. */
import { casterOf } from '../fixed/cast.js';
import { type Domain, type Elements, type Evaluator, evaluatorOf } from '../ir/evaluate.js';
import { elementCount, inputsOf, type Op, operandsOf, opsById, type Program, type Relation } from '../ir/op.js';

/** Value id -> raw integer of each element, in the element's format. */
export type Trace = ReadonlyMap<string, Elements<bigint>>;

const integers: Domain<bigint> = {
  constant: (raw) => raw,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  square: (a) => a * a,
  max: (a, b) => (a > b ? a : b),
  weightedSum: (values, taps) => {
    let sum = 0n;
    for (const { index, weight } of taps) sum += values[index]! * weight;
    return sum;
  },
  shiftLeft: (a, bits) => a << BigInt(bits),
  leaky: (a, unit, slope) => a * (a < 0n ? slope : unit),
  caster: casterOf,
  lookup: (table, index) => table[Number(index)]!,
  compare: (relation, a, b) => (holds(relation, a, b) ? 1n : 0n),
};

/**
 * Prepares a verified program for simulation.
 * @returns a function from one event - the raw integers of all inputs in order, each inside its format - to every value
 */
export function interpreterOf(program: Program): (event: Elements<bigint>) => Trace {
  const ops = opsById(program);
  const inputs = inputsOf(program);
  const steps = program.ops
    .filter((op) => op.kind !== 'input')
    .map((op): { op: Op; operands: readonly string[]; evaluate: Evaluator<bigint> } => {
      const operands = operandsOf(op);
      return {
        op,
        operands,
        evaluate: evaluatorOf(
          op,
          operands.map((id) => ops.get(id)!.type),
          integers,
        ),
      };
    });

  return (event) => {
    const trace = new Map<string, Elements<bigint>>();
    let position = 0;
    for (const input of inputs) {
      const count = elementCount(input.type);
      trace.set(input.id, event.slice(position, position + count));
      position += count;
    }
    for (const { op, operands, evaluate } of steps) {
      trace.set(op.id, evaluate(operands.map((id) => trace.get(id)!)));
    }
    return trace;
  };
}

function holds(relation: Relation, a: bigint, b: bigint): boolean {
  switch (relation) {
    case 'less':
      return a < b;
    case 'less_equal':
      return a <= b;
    case 'equal':
      return a === b;
  }
}
