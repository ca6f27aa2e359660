/** What vectors exercise: how often each cast rounded, met a tie, or left its range. */
import { overflowed, rounded } from '../fixed/cast.js';
import { fractionBits } from '../fixed/format.js';
import { elementCount, formatAt, fractionAt, type Op, opsById, type Program } from '../ir/op.js';
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

/** Counts, trace by trace, for every cast of a value that is not constant. */
export class CastCoverage {
  readonly #casts: readonly {
    op: Op & { kind: 'cast' };
    from: Op;
    count: { casts: number; rounds: number; ties: number; overflows: number };
  }[];

  constructor(program: Program) {
    const ops = opsById(program);
    this.#casts = program.ops.flatMap((op) => {
      if (op.kind !== 'cast') return [];
      const from = ops.get(op.operand)!;
      return from.kind === 'constant' ? [] : [{ op, from, count: { casts: 0, rounds: 0, ties: 0, overflows: 0 } }];
    });
  }

  add(trace: Trace): void {
    for (const { op, from, count } of this.#casts) {
      const values = trace.get(from.id)!;
      for (let index = 0; index < elementCount(op.type); index++) {
        const to = formatAt(op.type, index);
        const raw = values[index]!;
        const dropped = fractionAt(from.type, index) - fractionBits(to);
        count.casts++;
        if (dropped > 0) {
          const remainder = raw & ((1n << BigInt(dropped)) - 1n);
          if (remainder !== 0n) count.rounds++;
          if (remainder === 1n << BigInt(dropped - 1)) count.ties++;
        }
        const onGrid = rounded(raw, dropped, to.rounding);
        if (overflowed(onGrid, to) !== onGrid) count.overflows++;
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
