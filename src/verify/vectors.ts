/** Test vectors made for a program: corners, patterns that tie when rounded, and searches that drive casts out of range. */
import type { Random } from '../base/random.js';
import { type Format, maxRaw, minRaw } from '../fixed/format.js';
import { bitLength, canOverflow } from '../fixed/interval.js';
import { rangesOf } from '../ir/intervals.js';
import { elementCount, formatAt, fractionAt, inputsOf, opsById, type Program } from '../ir/op.js';
import { interpreterOf } from '../simulate/interpret.js';

/** One event: the raw integers of all inputs in order. */
export type Vector = readonly bigint[];

/** Share of the vectors found by searching for the extremes of the program's casts. */
const searchedShare = 0.25;

/** @returns `count` vectors, the same for the same program and random state */
export function directedVectors(program: Program, count: number, random: Random): readonly Vector[] {
  const formats = inputFormats(program);
  const corners = [
    formats.map(minRaw),
    formats.map(maxRaw),
    formats.map(() => 0n),
    formats.map((format, i) => (i % 2 === 0 ? minRaw(format) : maxRaw(format))),
  ];
  const searched = extremeVectors(program, formats, Math.floor(count * searchedShare), random);
  const drawn = Array.from({ length: Math.max(0, count - corners.length - searched.length) }, () =>
    drawnVector(formats, random),
  );
  return [...corners, ...searched, ...drawn].slice(0, count);
}

/** The format of each number of a vector. */
export function inputFormats(program: Program): readonly Format[] {
  return inputsOf(program).flatMap((input) =>
    Array.from({ length: elementCount(input.type) }, (_, index) => formatAt(input.type, index)),
  );
}

type Draw = (format: Format, random: Random) => bigint;

/** Ways to draw one number; a vector uses one of them throughout, or all of them. */
const draws: readonly Draw[] = [
  /** Anywhere in the range. */
  (format, random) => random.bigint(minRaw(format), maxRaw(format)),
  /** The ends of the range and the numbers around zero. */
  (format, random) =>
    clamped(
      random.pick([minRaw(format), minRaw(format) + 1n, -1n, 0n, 1n, maxRaw(format) - 1n, maxRaw(format)]),
      format,
    ),
  /** Any magnitude equally likely: most events in a detector are soft. */
  (format, random) => {
    const magnitude = random.bigint(0n, (1n << BigInt(random.integer(0, bitLength(maxRaw(format))))) - 1n);
    return clamped(random.chance(0.5) ? magnitude : -magnitude, format);
  },
  /** A half below some bit: ties, wherever that bit is the last one kept; the half itself or a unit beside it. */
  (format, random) => {
    const low = BigInt(random.integer(1, format.width));
    const kept = (random.bigint(minRaw(format), maxRaw(format)) >> low) << low;
    return clamped(kept + (1n << (low - 1n)) + random.pick([0n, 0n, 1n, -1n]), format);
  },
  /** Mostly zero: objects that are not there. */
  (format, random) => (random.chance(0.8) ? 0n : random.bigint(minRaw(format), maxRaw(format))),
];

function drawnVector(formats: readonly Format[], random: Random): Vector {
  const one = random.pick(draws);
  const isMixed = random.chance(0.4);
  return formats.map((format) => (isMixed ? random.pick(draws) : one)(format, random));
}

function clamped(raw: bigint, format: Format): bigint {
  const [low, high] = [minRaw(format), maxRaw(format)];
  return raw < low ? low : raw > high ? high : raw;
}

/** Steps up the hill for each vector that is kept. */
const stepsPerVector = 12;

/** Climbs toward the extremes of what casts cut: first of those that would lose high bits silently, then of all others. */
function extremeVectors(
  program: Program,
  formats: readonly Format[],
  count: number,
  random: Random,
): readonly Vector[] {
  const { silent, other } = targetsOf(program);
  if (silent.length + other.length === 0) return [];
  const run = interpreterOf(program);
  const leaders = new Map<Target, Leader>();
  return Array.from({ length: count }, () => {
    const isSilent = other.length === 0 || (silent.length > 0 && random.chance(0.5));
    const target = random.pick(isSilent ? silent : other);
    const reached = (vector: Vector): bigint => target.sign * run(vector).get(target.id)![target.element]!;
    let leader = leaders.get(target) ?? firstLeader(formats, reached, random);
    for (let step = 0; step < stepsPerVector; step++) {
      const vector = mutated(leader.vector, formats, random);
      const height = reached(vector);
      if (height >= leader.height) leader = { vector, height };
    }
    leaders.set(target, leader);
    return leader.vector;
  });
}

/** An element to drive up (sign 1) or down (-1). */
interface Target {
  readonly id: string;
  readonly element: number;
  readonly sign: bigint;
}

interface Leader {
  readonly vector: Vector;
  readonly height: bigint;
}

/** Most elements of one value that are driven: enough of them, without starving the others. */
const elementsPerValue = 4;

function targetsOf(program: Program): { readonly silent: readonly Target[]; readonly other: readonly Target[] } {
  const ops = opsById(program);
  const ranges = rangesOf(program);
  const silent: Target[] = [];
  const other: Target[] = [];
  for (const op of program.ops) {
    if (op.kind !== 'cast' || ops.get(op.operand)!.kind === 'constant') continue;
    const from = ops.get(op.operand)!.type;
    const count = Math.min(elementsPerValue, elementCount(op.type));
    for (let element = 0; element < count; element++) {
      const to = formatAt(op.type, element);
      const losesSilently =
        to.overflow === 'AP_WRAP' && canOverflow(ranges.get(op.operand)![element]!, fractionAt(from, element), to);
      for (const sign of [1n, -1n]) (losesSilently ? silent : other).push({ id: op.operand, element, sign });
    }
  }
  return { silent, other };
}

/** The best of a few drawn vectors. */
function firstLeader(formats: readonly Format[], reached: (vector: Vector) => bigint, random: Random): Leader {
  const drawn = Array.from({ length: 4 }, () => drawnVector(formats, random)).map((vector) => ({
    vector,
    height: reached(vector),
  }));
  return drawn.reduce((best, leader) => (leader.height > best.height ? leader : best));
}

/** Replaces one number, or a few. */
function mutated(vector: Vector, formats: readonly Format[], random: Random): Vector {
  const changed = new Set(
    Array.from({ length: random.pick([1, 1, 2, 4, 8]) }, () => random.integer(0, formats.length - 1)),
  );
  return vector.map((raw, index) => (changed.has(index) ? random.pick(draws)(formats[index]!, random) : raw));
}
