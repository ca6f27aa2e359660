/**
 * Casts in instructions: every rounding mode is an offset and one shift. With d dropped bits, h = 2^(d-1) and the
 * remainder r of the floor, "add one exactly when ..." (AMD UG1399) reads, since floor(a + c) rises by one exactly when
 * r + c >= 2^d:
 *
 *   AP_TRN          never                        a >> d
 *   AP_RND          r >= h                       (a + h) >> d
 *   AP_RND_MIN_INF  r > h                        (a + h - 1) >> d
 *   AP_RND_ZERO     r > h, or a < 0 and r = h    (a + h - 1 + [a < 0]) >> d
 *   AP_RND_INF      r > h, or a >= 0 and r = h   (a + h - [a < 0]) >> d
 *   AP_RND_CONV     r > h, or odd and r = h      (a + h - 1 + [a >> d is odd]) >> d
 *   AP_TRN_ZERO     a < 0 and r > 0              (a + (a < 0 ? 2^d - 1 : 0)) >> d
 *
 * work-bits.ts leaves room for the offset.
 */
import type { Format, Rounding } from '../../fixed/format.js';
import type { Interval } from '../../fixed/interval.js';
import type { Arithmetic } from './arithmetic.js';
import type { CastNode } from './graph.js';
import { keptCodes, roundedHull } from './round-interval.js';
import { effectiveDrop } from './work-bits.js';

export function emitCast<V>(on: Arithmetic<V>, node: CastNode, a: V): V {
  return emitOverflow(on, emitRounding(on, node, a), roundedRange(node), node.to);
}

/** Contains every value before the overflow. */
export function roundedRange(node: CastNode): Interval {
  return roundedHull(node.a.interval, effectiveDrop(node));
}

export function emitRounding<V>(on: Arithmetic<V>, node: CastNode, a: V): V {
  const dropped = effectiveDrop(node);
  if (dropped === 0) return a;
  const half = 1n << BigInt(dropped - 1);
  return on.shiftRight(offset(on, a, node.a.interval, dropped, half, node.to.rounding), dropped);
}

function offset<V>(on: Arithmetic<V>, a: V, interval: Interval, dropped: number, half: bigint, mode: Rounding): V {
  const isNever = interval.low >= 0n;
  const isAlways = interval.high < 0n;
  const plus = (value: V, raw: bigint): V => (raw === 0n ? value : on.add(value, on.constant(raw)));
  /** -1 where a is negative. */
  const sign = (): V => on.shiftRight(a, on.bits - 1);
  switch (mode) {
    case 'AP_TRN':
      return a;
    case 'AP_RND':
      return plus(a, half);
    case 'AP_RND_MIN_INF':
      return plus(a, half - 1n);
    case 'AP_RND_ZERO':
      if (isNever) return plus(a, half - 1n);
      return isAlways ? plus(a, half) : on.subtract(plus(a, half - 1n), sign());
    case 'AP_RND_INF':
      if (isNever) return plus(a, half);
      return isAlways ? plus(a, half - 1n) : on.add(plus(a, half), sign());
    case 'AP_RND_CONV': {
      const isOdd = on.and(on.shiftRight(a, dropped), on.constant(1n));
      return on.add(plus(a, half - 1n), isOdd);
    }
    case 'AP_TRN_ZERO': {
      const below = 2n * half - 1n;
      if (isNever) return a;
      return isAlways ? plus(a, below) : on.add(a, on.and(sign(), on.constant(below)));
    }
  }
}

/** @param interval contains every value before the overflow */
export function emitOverflow<V>(on: Arithmetic<V>, value: V, interval: Interval, to: Format): V {
  const kept = keptCodes(to);
  const isBelow = interval.low < kept.low;
  const isAbove = interval.high > kept.high;
  if (!isBelow && !isAbove) return value;
  switch (to.overflow) {
    case 'AP_WRAP':
      return emitWrap(on, value, to);
    case 'AP_SAT':
    case 'AP_SAT_SYM': {
      const limited = isBelow ? on.max(value, on.constant(kept.low)) : value;
      return isAbove ? on.min(limited, on.constant(kept.high)) : limited;
    }
    case 'AP_SAT_ZERO': {
      const zero = on.constant(0n);
      const limited = isBelow ? on.select(on.less(value, on.constant(kept.low)), zero, value) : value;
      return isAbove ? on.select(on.less(on.constant(kept.high), value), zero, limited) : limited;
    }
  }
}

/** The low bits, the highest of them the sign of a signed format. A lane that is not wider than the format has wrapped already. */
function emitWrap<V>(on: Arithmetic<V>, value: V, to: Format): V {
  const spare = on.bits - to.width;
  if (spare <= 0) return value;
  return to.signed
    ? on.shiftRight(on.shiftLeft(value, spare), spare)
    : on.and(value, on.constant((1n << BigInt(to.width)) - 1n));
}
