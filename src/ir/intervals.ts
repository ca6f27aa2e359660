/** Range analysis: the interval every element of every value is proved to lie in, whatever the inputs. */
import { toDecimal } from '../fixed/dyadic.js';
import { fractionBits } from '../fixed/format.js';
import {
  addIntervals,
  castInterval,
  fullInterval,
  hull,
  type Interval,
  isPoint,
  maxInterval,
  multiplyIntervals,
  pointInterval,
  rescaledInterval,
  squareInterval,
  subtractIntervals,
} from '../fixed/interval.js';
import { type Domain, type Elements, evaluatorOf } from './evaluate.js';
import { elementCount, formatAt, fractionAt, type Op, operandsOf, type Program, type Relation } from './op.js';

/** Value id -> interval of each element, in raw units of the element's format. */
export type Ranges = ReadonlyMap<string, Elements<Interval>>;

const intervals: Domain<Interval> = {
  constant: pointInterval,
  add: addIntervals,
  subtract: subtractIntervals,
  multiply: multiplyIntervals,
  square: squareInterval,
  max: maxInterval,
  weightedSum: (values, taps) =>
    taps.reduce(
      (sum, { index, weight }) => addIntervals(sum, multiplyIntervals(values[index]!, pointInterval(weight))),
      pointInterval(0n),
    ),
  shiftLeft: (a, bits) => rescaledInterval(a, 0, bits),
  leaky: (a, unit, slope) => ({
    low: a.low * (a.low < 0n ? slope : unit),
    high: a.high * (a.high < 0n ? slope : unit),
  }),
  caster: (fraction, to) => (a) => castInterval(a, fraction, to),
  lookup: lookupInterval,
  compare: compareIntervals,
};

/** Analyses a program whose operands stand before their users; values it cannot resolve are the verifier's business. */
export function rangesOf(program: Program): Ranges {
  const ranges = new Map<string, Elements<Interval>>();
  const ops = new Map<string, Op>();
  for (const op of program.ops) {
    ops.set(op.id, op);
    ranges.set(op.id, rangeOf(op, ops, ranges));
  }
  return ranges;
}

/** The intervals of one operation from those of its operands. */
export function rangeOf(op: Op, ops: ReadonlyMap<string, Op>, ranges: Ranges): Elements<Interval> {
  if (op.kind === 'input') {
    return Array.from({ length: elementCount(op.type) }, (_, index) => fullInterval(formatAt(op.type, index)));
  }
  const operands = operandsOf(op);
  const types = operands.map((id) => ops.get(id)!.type);
  return evaluatorOf(op, types, intervals)(operands.map((id) => ranges.get(id)!));
}

/** The proven range of all elements of a value together, in exact decimals: "-0.5 to 12.25". */
export function printRange(op: Op, ranges: Ranges): string {
  const fraction = Math.max(...op.type.formats.map(fractionBits));
  const whole = ranges
    .get(op.id)!
    .map((interval, index) => rescaledInterval(interval, fractionAt(op.type, index), fraction))
    .reduce(hull);
  return `${toDecimal(whole.low, fraction)} to ${toDecimal(whole.high, fraction)}`;
}

/** Every entry an index in the interval can reach; the whole table when the index is not proved to be inside. */
function lookupInterval(table: readonly bigint[], index: Interval): Interval {
  const from = index.low < 0n ? 0 : Number(index.low);
  const to = index.high >= BigInt(table.length) ? table.length - 1 : Number(index.high);
  return table
    .slice(from, to + 1)
    .map(pointInterval)
    .reduce(hull);
}

function compareIntervals(relation: Relation, a: Interval, b: Interval): Interval {
  const [always, never] = decided(relation, a, b);
  if (always) return pointInterval(1n);
  return never ? pointInterval(0n) : { low: 0n, high: 1n };
}

/** Whether the relation holds for all pairs of values, and whether for none. */
function decided(relation: Relation, a: Interval, b: Interval): readonly [boolean, boolean] {
  switch (relation) {
    case 'less':
      return [a.high < b.low, a.low >= b.high];
    case 'less_equal':
      return [a.high <= b.low, a.low > b.high];
    case 'equal':
      return [isPoint(a) && isPoint(b) && a.low === b.low, a.high < b.low || b.high < a.low];
  }
}
