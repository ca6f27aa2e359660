/** The compiled simulator where lanes end: every mode in lanes of every size, numbers of 63 to 1,024 bits. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { makeFormat, overflows, roundings, whyUnsupported } from '../../src/fixed/format.js';
import { ProgramBuilder } from '../../src/ir/builder.js';
import type { Program } from '../../src/ir/op.js';
import { checkProgram } from '../../src/ir/verify.js';
import { directedVectors } from '../../src/verify/vectors.js';
import { compareWithInterpreter } from './agreement.js';

/** All numbers of 6 bits. */
const everyCode = Array.from({ length: 64 }, (_, code) => [BigInt(code - 32)]);

/**
 * Casts of x * 2^scale + offset into formats of 1 to 4 bits whose unit is 2^(scale + extra), in all 28 pairs of modes:
 * the scale decides the lane, x runs through all ties and all overflows.
 */
function castsOf(scale: number, offset: bigint, extra: number): Program {
  const builder = new ProgramBuilder();
  const width = scale + 8;
  builder.input('x', [1], [makeFormat(true, 6, 6)]);
  builder.exact({ id: 'x.shifted', kind: 'shift', operand: 'x', by: [-scale] });
  builder.constant('c', { shape: [1], format: makeFormat(true, width, width), raws: [offset] });
  builder.exact({ id: 'sum', kind: 'add', left: 'x.shifted', right: 'c' });
  const outputs: string[] = [];
  for (const rounding of roundings) {
    for (const overflow of overflows) {
      for (const signed of [true, false]) {
        for (let bits = 1; bits <= 4; bits++) {
          const format = makeFormat(signed, bits, bits + scale + extra, rounding, overflow);
          if (whyUnsupported(format) === undefined) outputs.push(builder.cast(`y${outputs.length}`, 'sum', [format]));
        }
      }
    }
  }
  return builder.build('casts', outputs);
}

describe('every mode', () => {
  it.each([
    ['8-bit numbers', 0],
    ['16-bit lanes', 8],
    ['the end of 16-bit lanes', 10],
    ['32-bit lanes', 20],
    ['the end of 32-bit lanes', 26],
    ['64-bit lanes', 45],
    ['the end of 64-bit lanes', 58],
    ['two limbs', 70],
    ['the end of two limbs', 122],
    ['four limbs', 200],
  ])('exhaustively, in %s', (_, scale) => {
    let values = 0;
    const unit = 1n << BigInt(scale);
    // The last two make numbers that are never, and always, negative.
    for (const offset of [0n, 1n, unit / 2n, unit, 32n * unit, -33n * unit]) {
      for (const extra of [0, 1, 2, 5, 6, 7, 9]) {
        const agreement = compareWithInterpreter(castsOf(scale, offset, extra), everyCode);
        expect(agreement.difference).toBeUndefined();
        values += agreement.values;
      }
    }
    expect(values).toBeGreaterThan(6 * 7 * 64 * 200);
  });

  it.each([1, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 129])(
    'keeps all %i bits or some, of a number with room',
    (width) => {
      const builder = new ProgramBuilder();
      builder.input('x', [2], [makeFormat(true, width + 3, 5)]);
      let count = 0;
      for (const rounding of roundings) {
        for (const overflow of overflows) {
          for (const signed of [true, false]) {
            for (const integer of [2, 5, 7]) {
              const format = makeFormat(signed, width, integer, rounding, overflow);
              if (whyUnsupported(format) === undefined) builder.cast(`y${count++}`, 'x', [format]);
            }
          }
        }
      }
      const program = builder.build('casts', [`y${count - 1}`]);
      const vectors = directedVectors(program, 101, Random.seeded(width));
      const agreement = compareWithInterpreter(program, vectors);
      expect(agreement.difference).toBeUndefined();
      expect(agreement.values).toBeGreaterThan(101 * 290);
    },
  );
});

/** Every operation that has no table, on two values of `width` bits. */
function everyOperation(width: number, signed: boolean): Program {
  const builder = new ProgramBuilder();
  const format = makeFormat(signed, width, Math.min(width, 20));
  builder.input('a', [3], [format]);
  builder.input('b', [3], [{ ...format, integer: format.integer + 1 }]);
  const named = ['add', 'subtract', 'multiply', 'max'] as const;
  for (const kind of named) builder.exact({ id: kind, kind, left: 'a', right: 'b' });
  for (const relation of ['less', 'less_equal', 'equal'] as const) {
    builder.exact({ id: relation, kind: 'compare', relation, left: 'a', right: 'b' });
    builder.exact({ id: `self_${relation}`, kind: 'compare', relation, left: 'a', right: 'a' });
  }
  builder.exact({ id: 'square', kind: 'square', operand: 'a' });
  builder.exact({ id: 'relu', kind: 'relu', operand: 'a' });
  const slope = { shape: [1], format: makeFormat(false, 5, 2), raws: [5n] };
  builder.exact({ id: 'leaky', kind: 'leaky_relu', operand: 'a', slope });
  const raws = [3n, -1n, 0n, 0n, 0n, 1n, -8n, 7n, -2n];
  builder.exact({
    id: 'dense',
    kind: 'dense',
    operand: 'b',
    weights: { shape: [3, 3], format: makeFormat(true, 4, 1), raws },
  });
  builder.exact({ id: 'sum', kind: 'sum', operand: 'a', axis: 0 });
  builder.exact({ id: 'joined', kind: 'concat', operands: ['a', 'b', 'square'], axis: 0 });
  builder.exact({ id: 'cut', kind: 'slice', operand: 'joined', from: [2], to: [8] });
  builder.cast('index', 'a', [makeFormat(false, 2, 2, 'AP_RND', 'AP_SAT')]);
  const top = 1n << BigInt(width);
  const table = { shape: [4], format: makeFormat(true, width + 2, 3), raws: [top, -top, 1n, -1n] };
  builder.exact({ id: 'looked', kind: 'lookup', operand: 'index', table });
  return builder.build('operations', ['add', 'cut']);
}

it.each([7, 8, 15, 16, 31, 32, 33, 62, 63, 64, 65, 100, 127, 128, 200, 480])('all operations on %i bits', (width) => {
  for (const signed of [true, false]) {
    const program = everyOperation(width, signed);
    checkProgram(program, 'internal', 'test');
    const agreement = compareWithInterpreter(program, directedVectors(program, 101, Random.seeded(width)));
    expect(agreement.difference).toBeUndefined();
    expect(agreement.values).toBeGreaterThan(101 * 50);
  }
});

it('numbers of 1,024 bits, and units as far apart as formats may have them', () => {
  const builder = new ProgramBuilder();
  builder.input('x', [2], [makeFormat(true, 1024, 500)]);
  builder.input('far', [2], [makeFormat(true, 12, 4000)]);
  builder.input('near', [2], [makeFormat(true, 12, -4000)]);
  builder.exact({ id: 'less', kind: 'compare', relation: 'less', left: 'far', right: 'near' });
  builder.exact({ id: 'equal', kind: 'compare', relation: 'equal', left: 'near', right: 'far' });
  builder.cast('wrapped', 'x', [makeFormat(false, 1024, 490, 'AP_RND_CONV')]);
  builder.cast('tiny', 'far', [makeFormat(true, 9, -3900, 'AP_RND', 'AP_SAT_SYM')]);
  builder.cast('gone', 'near', [makeFormat(true, 9, 3900, 'AP_RND_MIN_INF', 'AP_SAT_ZERO')]);
  builder.cast('floor', 'near', [makeFormat(true, 9, 3900)]);
  builder.cast('low', 'far', [makeFormat(true, 9, -3900)]);
  builder.cast('x.rounded', 'x', [makeFormat(true, 1000, 480, 'AP_RND_ZERO', 'AP_SAT')]);
  builder.exact({ id: 'max', kind: 'max', left: 'x', right: 'x.rounded' });
  builder.cast('y', 'x', [makeFormat(true, 7, 495, 'AP_RND_INF', 'AP_SAT')]);
  const program = builder.build('wide', ['y']);
  checkProgram(program, 'internal', 'test');
  const agreement = compareWithInterpreter(program, directedVectors(program, 101, Random.seeded(3)));
  expect(agreement.difference).toBeUndefined();
  expect(agreement.values).toBeGreaterThan(101 * 20);
});

it('large values: more places than the cache holds, sums of thousands of terms', () => {
  const builder = new ProgramBuilder();
  builder.input('x', [20, 20, 4], [makeFormat(true, 8, 6)]);
  const raws = Array.from({ length: 16 }, (_, index) => BigInt((index * 7) % 9) - 4n);
  const weights = { shape: [2, 2, 4, 1], format: makeFormat(true, 5, 3), raws };
  builder.exact({ id: 'conv.sum', kind: 'conv', operand: 'x', weights, strides: [1, 1], padding: [1, 0, 1, 0] });
  builder.cast('conv', 'conv.sum', [makeFormat(true, 7, 5, 'AP_RND_CONV', 'AP_SAT')]);
  builder.exact({ id: 'flat', kind: 'reshape', operand: 'x' }, [1600]);
  builder.exact({ id: 'total', kind: 'sum', operand: 'flat', axis: 0 });
  const many = Array.from({ length: 1600 * 2 }, (_, index) => BigInt((index * 5) % 256) - 128n);
  builder.exact({
    id: 'dense',
    kind: 'dense',
    operand: 'flat',
    weights: { shape: [1600, 2], format: makeFormat(true, 8, 1), raws: many },
  });
  const wide = {
    shape: [1600, 1],
    format: makeFormat(true, 30, 1),
    raws: many.slice(0, 1600).map((raw) => raw * 3_000_000n),
  };
  builder.exact({ id: 'fine', kind: 'dense', operand: 'flat', weights: wide });
  const program = builder.build('large', ['conv', 'total', 'dense', 'fine']);
  checkProgram(program, 'internal', 'test');
  const agreement = compareWithInterpreter(program, directedVectors(program, 21, Random.seeded(5)));
  expect(agreement.difference).toBeUndefined();
  expect(agreement.values).toBeGreaterThan(21 * 2000);
});
