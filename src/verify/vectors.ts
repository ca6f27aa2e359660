/** Test vectors made for a program: corners, patterns that tie when rounded, and searches that drive casts out of range. */
import type { Random } from '../base/random.js';
import { type Format, maxRaw, minRaw } from '../fixed/format.js';
import { bitLength } from '../fixed/interval.js';
import { elementCount, formatAt, inputsOf, isNamed, opsById, type Program } from '../ir/op.js';
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

/** Mutates vectors that reach far, to reach the extremes of every value that a cast may cut. */
function extremeVectors(
  program: Program,
  formats: readonly Format[],
  count: number,
  random: Random,
): readonly Vector[] {
  const ops = opsById(program);
  const targets = program.ops.flatMap((op) =>
    op.kind === 'cast' && ops.get(op.operand)!.kind !== 'constant' ? [op.operand] : isNamed(op) ? [op.id] : [],
  );
  if (targets.length === 0 || count === 0) return [];
  const run = interpreterOf(program);
  const found: Vector[] = [];
  const best = new Map<string, { vector: Vector; score: bigint }>();
  for (let attempt = 0; attempt < count; attempt++) {
    const target = random.pick(targets);
    const sign = random.chance(0.5) ? 1n : -1n;
    const element = random.integer(0, elementCount(ops.get(target)!.type) - 1);
    const key = `${target}[${element}]${sign}`;
    let leader = best.get(key);
    for (let step = 0; step < 4; step++) {
      const vector = leader === undefined ? drawnVector(formats, random) : mutated(leader.vector, formats, random);
      const score = sign * run(vector).get(target)![element]!;
      if (leader === undefined || score > leader.score) leader = { vector, score };
    }
    best.set(key, leader!);
    found.push(leader!.vector);
  }
  return found;
}

/** Replaces about a quarter of the numbers. */
function mutated(vector: Vector, formats: readonly Format[], random: Random): Vector {
  return vector.map((raw, index) => (random.chance(0.25) ? random.pick(draws)(formats[index]!, random) : raw));
}
