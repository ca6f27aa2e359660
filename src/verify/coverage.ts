/** What vectors exercise: how often each cast rounded, met a tie, or left its range. */
import { lowestKept, rounded } from '../fixed/cast.js';
import { type Format, fractionBits, maxRaw } from '../fixed/format.js';
import { type Cast, elementCount, formatAt, fractionAt, opsById, type Program, type TensorType } from '../ir/op.js';
import type { Trace } from '../simulate/interpret.js';

export interface CastCount {
  readonly id: string;
  /** Rounding and overflow mode of its first element: "AP_RND_CONV,AP_SAT". */
  readonly modes: string;
  /** Elements cast, over all vectors; of those: */
  readonly casts: number;
  /** ... set bits were dropped, */
  readonly rounds: number;
  /** ... exactly half a unit was dropped, */
  readonly ties: number;
  /** ... the rounded value was out of range. */
  readonly overflows: number;
}

interface Counter {
  casts: number;
  rounds: number;
  ties: number;
  overflows: number;
}

/** One element of a cast, with everything that does not depend on the value. */
interface CastElement {
  readonly index: number;
  readonly to: Format;
  readonly dropped: number;
  readonly mask: bigint;
  readonly half: bigint;
  readonly low: bigint;
  readonly high: bigint;
}

/** Counts, trace by trace, for every cast of a value that is not constant. */
export class CastCoverage {
  readonly #casts: readonly {
    readonly op: Cast;
    readonly elements: readonly CastElement[];
    readonly count: Counter;
  }[];

  constructor(program: Program) {
    const ops = opsById(program);
    this.#casts = program.ops.flatMap((op) => {
      if (op.kind !== 'cast') return [];
      const from = ops.get(op.operand)!;
      if (from.kind === 'constant') return [];
      const elements = Array.from({ length: elementCount(op.type) }, (_, index) => castElement(op, from.type, index));
      return [{ op, elements, count: { casts: 0, rounds: 0, ties: 0, overflows: 0 } }];
    });
  }

  add(trace: Trace): void {
    for (const { op, elements, count } of this.#casts) {
      const values = trace.get(op.operand)!;
      count.casts += elements.length;
      for (const { index, to, dropped, mask, half, low, high } of elements) {
        const raw = values[index]!;
        const remainder = raw & mask;
        if (remainder !== 0n) {
          count.rounds++;
          if (remainder === half) count.ties++;
        }
        const onGrid = dropped === 0 ? raw : rounded(raw, dropped, to.rounding);
        if (onGrid < low || onGrid > high) count.overflows++;
      }
    }
  }

  get counts(): readonly CastCount[] {
    return this.#casts.map(({ op, count }) => {
      const { rounding, overflow } = formatAt(op.type, 0);
      return { id: op.id, modes: `${rounding},${overflow}`, ...count };
    });
  }
}

function castElement(op: Cast, from: TensorType, index: number): CastElement {
  const to = formatAt(op.type, index);
  const dropped = fractionAt(from, index) - fractionBits(to);
  const mask = dropped > 0 ? (1n << BigInt(dropped)) - 1n : 0n;
  return { index, to, dropped, mask, half: (mask + 1n) >> 1n, low: lowestKept(to), high: maxRaw(to) };
}
