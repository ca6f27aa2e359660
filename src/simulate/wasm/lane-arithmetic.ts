/** Arithmetic on SIMD lanes of 16, 32 or 64 bits: eight events are one, two or four vectors. */
import type binaryen from 'binaryen';
import type { Arithmetic } from './arithmetic.js';
import type { Code, Local } from './code.js';
import type { Bits } from './graph.js';

/** The vectors of eight events in order. */
export type Lanes = readonly Local[];

type Expression = binaryen.ExpressionRef;

/** Low 32 bits of the 64-bit lanes of two vectors. */
const lowHalves = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

export function vectorCount(bits: Bits): number {
  return bits / 16;
}

/** The same numbers in wider lanes. */
export function widen(code: Code, lanes: Lanes, from: Bits, to: Bits): Lanes {
  const { module: m } = code;
  if (from >= to) return lanes;
  if (from === 16) {
    const wider = lanes.flatMap((local) => [
      code.keep(m.i32x4.extend_low_i16x8_s(code.get(local))),
      code.keep(m.i32x4.extend_high_i16x8_s(code.get(local))),
    ]);
    return widen(code, wider, 32, to);
  }
  return lanes.flatMap((local) => [
    code.keep(m.i64x2.extend_low_i32x4_s(code.get(local))),
    code.keep(m.i64x2.extend_high_i32x4_s(code.get(local))),
  ]);
}

/** The same numbers in narrower lanes, which are proved to hold them. */
export function narrow(code: Code, lanes: Lanes, from: Bits, to: Bits): Lanes {
  const { module: m } = code;
  if (from <= to) return lanes;
  const couples = Array.from({ length: lanes.length / 2 }, (_, index) => [
    code.get(lanes[2 * index]!),
    code.get(lanes[2 * index + 1]!),
  ]) as [Expression, Expression][];
  if (from === 64) {
    return narrow(
      code,
      couples.map(([low, high]) => code.keep(m.i8x16.shuffle(low, high, lowHalves))),
      32,
      to,
    );
  }
  return couples.map(([low, high]) => code.keep(m.i16x8.narrow_i32x4_s(low, high)));
}

/** The full products of numbers in lanes half as wide. */
export function multiplyWide(code: Code, a: Lanes, b: Lanes, from: 16 | 32): Lanes {
  const { i32x4, i64x2 } = code.module;
  const [low, high] =
    from === 16
      ? [i32x4.extmul_low_i16x8_s, i32x4.extmul_high_i16x8_s]
      : [i64x2.extmul_low_i32x4_s, i64x2.extmul_high_i32x4_s];
  return a.flatMap((local, index) => [
    code.keep(low(code.get(local), code.get(b[index]!))),
    code.keep(high(code.get(local), code.get(b[index]!))),
  ]);
}

export class LaneArithmetic implements Arithmetic<Lanes> {
  constructor(
    private readonly code: Code,
    readonly bits: 16 | 32 | 64,
  ) {}

  constant(raw: bigint): Lanes {
    const local = this.code.keep(constantVector(this.code, this.bits, raw));
    return Array.from({ length: vectorCount(this.bits) }, () => local);
  }

  add(a: Lanes, b: Lanes): Lanes {
    return this.#each(a, b, this.#shape.add);
  }

  subtract(a: Lanes, b: Lanes): Lanes {
    return this.#each(a, b, this.#shape.sub);
  }

  multiply(a: Lanes, b: Lanes): Lanes {
    return this.#each(a, b, this.#shape.mul);
  }

  and(a: Lanes, b: Lanes): Lanes {
    return this.#each(a, b, this.code.module.v128.and);
  }

  shiftLeft(a: Lanes, places: number): Lanes {
    return a.map((local) => this.code.keep(this.#shape.shl(this.code.get(local), this.code.module.i32.const(places))));
  }

  shiftRight(a: Lanes, places: number): Lanes {
    return a.map((local) =>
      this.code.keep(this.#shape.shr_s(this.code.get(local), this.code.module.i32.const(places))),
    );
  }

  min(a: Lanes, b: Lanes): Lanes {
    const { i16x8, i32x4 } = this.code.module;
    if (this.bits === 64) return this.select(this.less(a, b), a, b);
    return this.#each(a, b, this.bits === 16 ? i16x8.min_s : i32x4.min_s);
  }

  max(a: Lanes, b: Lanes): Lanes {
    const { i16x8, i32x4 } = this.code.module;
    if (this.bits === 64) return this.select(this.less(a, b), b, a);
    return this.#each(a, b, this.bits === 16 ? i16x8.max_s : i32x4.max_s);
  }

  less(a: Lanes, b: Lanes): Lanes {
    return this.#each(a, b, this.#shape.lt_s);
  }

  equal(a: Lanes, b: Lanes): Lanes {
    return this.#each(a, b, this.#shape.eq);
  }

  select(mask: Lanes, a: Lanes, b: Lanes): Lanes {
    const { code } = this;
    return mask.map((local, index) =>
      code.keep(code.module.v128.bitselect(code.get(a[index]!), code.get(b[index]!), code.get(local))),
    );
  }

  get #shape() {
    const { i16x8, i32x4, i64x2 } = this.code.module;
    return this.bits === 16 ? i16x8 : this.bits === 32 ? i32x4 : i64x2;
  }

  #each(a: Lanes, b: Lanes, combine: (a: Expression, b: Expression) => Expression): Lanes {
    const { code } = this;
    return a.map((local, index) => code.keep(combine(code.get(local), code.get(b[index]!))));
  }
}

/** Zeros and ones are made in one instruction; other constants are loaded, which takes V8 fewer than making them. */
export function constantVector(code: Code, bits: Bits, raw: bigint): Expression {
  const { module: m, memory } = code;
  if (raw === 0n || raw === -1n) return m.v128.const(Array.from({ length: 16 }, () => (raw === 0n ? 0 : 255)));
  return m.v128.load(0, 16, code.address(memory.splat(bits, raw)));
}
