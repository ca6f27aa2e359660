/** Counts what test vectors exercise: for each of the 28 mode pairs how many casts rounded, met a tie, or overflowed. */
import { lowestKept, rounded } from '../../src/fixed/cast.js';
import { type Format, fractionBits, maxRaw } from '../../src/fixed/format.js';
import { elementCount, formatAt, fractionAt, opsById, type Program } from '../../src/ir/op.js';
import type { Trace } from '../../src/simulate/interpret.js';
import { modePairs } from './mode-pairs.js';

/** Casts of single numbers. */
export interface PairCount {
  casts: number;
  /** Of those: set bits were dropped, */
  rounds: number;
  /** half a unit was dropped, */
  ties: number;
  /** the rounded value was out of range. */
  overflows: number;
}

interface CountedElement {
  readonly source: string;
  readonly index: number;
  readonly dropped: number;
  readonly to: Format;
  readonly pair: string;
}

export class CastCensus {
  /** "AP_RND,AP_SAT" -> counts. */
  readonly pairs: ReadonlyMap<string, PairCount> = new Map(
    modePairs.map((pair) => [pair.join(), { casts: 0, rounds: 0, ties: 0, overflows: 0 }]),
  );
  /** Events, and those of them in which any cast did so. */
  readonly events = { all: 0, rounds: 0, ties: 0, overflows: 0 };

  /** Counts every cast of a value that is not constant. */
  add(program: Program, traces: readonly Trace[]): void {
    const elements = countedElements(program);
    for (const trace of traces) {
      const seen = { rounds: false, ties: false, overflows: false };
      for (const element of elements) this.#count(element, trace.get(element.source)![element.index]!, seen);
      this.events.all++;
      for (const key of ['rounds', 'ties', 'overflows'] as const) if (seen[key]) this.events[key]++;
    }
  }

  #count({ dropped, to, pair }: CountedElement, raw: bigint, seen: Record<'rounds' | 'ties' | 'overflows', boolean>) {
    const count = this.pairs.get(pair)!;
    const remainder = dropped > 0 ? BigInt.asUintN(dropped, raw) : 0n;
    const onGrid = rounded(raw, dropped, to.rounding);
    const happened = {
      rounds: remainder !== 0n,
      ties: remainder !== 0n && remainder === 1n << BigInt(dropped - 1),
      overflows: onGrid < lowestKept(to) || onGrid > maxRaw(to),
    };
    count.casts++;
    for (const key of ['rounds', 'ties', 'overflows'] as const) {
      if (!happened[key]) continue;
      count[key]++;
      seen[key] = true;
    }
  }

  /** One line for each pair, and the shares of the events. */
  get summary(): string {
    const columns = (cells: readonly (string | number)[]): string =>
      cells.map((cell, column) => (column === 0 ? String(cell).padEnd(28) : String(cell).padStart(11))).join('');
    const share = (count: number): string => `${((100 * count) / this.events.all).toFixed(1)} %`;
    return [
      columns(['modes', 'casts', 'rounded', 'ties', 'overflowed']),
      ...[...this.pairs].map(([pair, { casts, rounds, ties, overflows }]) =>
        columns([pair, casts, rounds, ties, overflows]),
      ),
      `vectors with a cast that rounds: ${share(this.events.rounds)}, that meets a tie: ${share(this.events.ties)}, ` +
        `that saturates or wraps: ${share(this.events.overflows)}`,
    ].join('\n');
  }
}

function countedElements(program: Program): readonly CountedElement[] {
  const ops = opsById(program);
  return program.ops.flatMap((op) => {
    if (op.kind !== 'cast') return [];
    const from = ops.get(op.operand)!;
    if (from.kind === 'constant') return [];
    return Array.from({ length: elementCount(op.type) }, (_, index) => {
      const to = formatAt(op.type, index);
      const dropped = fractionAt(from.type, index) - fractionBits(to);
      return { source: from.id, index, dropped, to, pair: `${to.rounding},${to.overflow}` };
    });
  });
}
