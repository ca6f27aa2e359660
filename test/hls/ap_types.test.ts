/** The host ap_fixed and ap_int against the definition, reference vectors and, where given, the vendor's headers. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { CompileError, compileCpp, runCpp } from '../support/compile.js';
import { requireSharedData } from '../support/shared-data.js';
import {
  aligned,
  castByDefinition,
  exactly,
  type Format,
  fixedFormat,
  fractionOf,
  type Operation,
  overflowModes,
  randomRaw,
  rangeOf,
  rawOf,
  resultByDefinition,
  resultFormat,
  roundingModes,
  typeName,
  wholeFormat,
  wordsOf,
} from './definition.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const headers = path.resolve(here, '../../hls/include/ap_types');
const include = [headers, here];
const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Werror'];
const checked = ['-O0', ...warnings, '-fsanitize=undefined', '-fno-sanitize-recover=undefined'];

/** Runs a program made of `lines`, in several functions as one long main is slow to compile; gives what it prints. */
function printed(lines: readonly string[], flags: readonly string[] = checked): string[] {
  const parts: string[] = [];
  for (let i = 0; i < lines.length; i += 100) {
    parts.push(`static void part${parts.length}() {\n${lines.slice(i, i + 100).join('\n')}\n}`);
  }
  const calls = parts.map((_, i) => `part${i}();`).join(' ');
  const source = `#include <type_traits>\n#include "bits.h"\n${parts.join('\n')}\nint main() { ${calls} }\n`;
  return runCpp(source, { include, flags }).trimEnd().split('\n');
}

/** C++ that defines `name` of this format with this raw value. */
function define(name: string, format: Format, raw: bigint): string {
  const words = `const std::uint64_t ${name}_words[] = ${wordsOf(raw, format.width)};`;
  return `${words} const auto ${name} = of_bits<${typeName(format)}>(${name}_words);`;
}

/** One line to print and what it must be. */
interface Line {
  readonly what: string;
  readonly cpp: string;
  readonly expected: string | bigint;
  /** Format of printed bits, for an expected bigint. */
  readonly format?: Format;
}

/** Lines that share variables. */
interface Case {
  readonly setup: string;
  readonly lines: readonly Line[];
}

function expectAll(cases: readonly Case[]): void {
  const output = printed(cases.map(({ setup, lines }) => `{ ${setup}\n${lines.map(({ cpp }) => cpp).join('\n')} }`));
  const lines = cases.flatMap((one) => one.lines.map((line) => ({ setup: one.setup, ...line })));
  expect(output.length).toBe(lines.length);
  const wrong = lines.flatMap(({ setup, what, expected, format }, i) => {
    const line = output[i]!.trim();
    const got = format === undefined ? line : rawOf(line, format);
    return got === expected ? [] : [`${what}: ${got}, expected ${expected} (${setup})`];
  });
  expect(wrong).toEqual([]);
}

/** A line that prints a number; `expected` is its raw value in `format`. */
function bitsOf(what: string, format: Format, expected: bigint): Line {
  return { what, cpp: `print_bits(${what});`, expected, format };
}

/** The same with the type of the expression checked. */
function resultOf(what: string, format: Format, expected: bigint): Line {
  const type = `static_assert(std::is_same<decltype(${what}), ${typeName(format)}>::value, "result type");`;
  return { ...bitsOf(what, format, expected), cpp: `${type} print_bits(${what});` };
}

/** A line that prints an int or a bool. */
function integerOf(what: string, expected: number | boolean): Line {
  return { what, cpp: `std::printf("%d\\n", int(${what}));`, expected: String(Number(expected)) };
}

/** A literal of type double. */
function literal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

describe('reference vectors', () => {
  interface CastVectors {
    readonly from: string;
    readonly to: string;
    readonly in: readonly number[];
    readonly out: readonly number[];
  }
  interface OperationVectors {
    readonly a: string;
    readonly op: Operation;
    readonly b: string;
    readonly result: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly out: readonly number[];
  }

  const parse = (type: string): Format => {
    const match = /^ap_(u?)fixed<(\d+),(-?\d+)/.exec(type);
    if (match === null) throw new Error(`not a type: ${type}`);
    return fixedFormat(Number(match[2]), Number(match[3]), match[1] === '');
  };
  const array = (name: string, format: Format, values: readonly number[]): string =>
    `static const std::uint64_t ${name}[] = {${values.map((v) => `${BigInt.asUintN(format.width, BigInt(v))}ull`)}};`;
  const load = <T>(shared: string, file: string): T[] =>
    JSON.parse(readFileSync(path.join(shared, 'ap_fixed', file), 'utf8')) as T[];

  test('casts agree with 7,300 vectors', (ctx) => {
    const vectors = load<CastVectors>(requireSharedData(ctx), 'casts.json');
    const lines = vectors.map(({ from, to, in: input }) => {
      const loop = `for (auto& bits : in) { ${to} y = of_bits<${from}>(&bits); print_bits(y, ' '); } std::puts("");`;
      return `{ ${array('in', parse(from), input)} ${loop} }`;
    });
    const results = printed(lines, ['-O0', ...warnings]);
    let count = 0;
    for (const [i, { from, to, in: input, out }] of vectors.entries()) {
      const got = results[i]!.trim().split(' ');
      expect(got.length, `${from} to ${to}`).toBe(input.length);
      expect(
        got.map((bits) => Number(rawOf(bits, parse(to)))),
        `${from} to ${to}`,
      ).toEqual(out);
      count += out.length;
    }
    expect(count).toBe(7300);
  });

  test('sums, differences and products agree with 2,000 vectors, and with their result types', (ctx) => {
    const vectors = load<OperationVectors>(requireSharedData(ctx), 'ops.json');
    const lines = vectors.map(({ a, op, b, result, x, y }) => {
      const operation = `auto r = of_bits<${a}>(&x[i]) ${op} of_bits<${b}>(&y[i]);`;
      const type = `static_assert(std::is_same<decltype(r), ${result}>::value, "result type");`;
      const loop = `for (int i = 0; i < ${x.length}; ++i) { ${operation} ${type} print_bits(r, ' '); } std::puts("");`;
      return `{ ${array('x', parse(a), x)} ${array('y', parse(b), y)} ${loop} }`;
    });
    const results = printed(lines, ['-O0', ...warnings]);
    let count = 0;
    for (const [i, { a, op, b, result, out }] of vectors.entries()) {
      const got = results[i]!.trim().split(' ');
      expect(
        got.map((bits) => Number(rawOf(bits, parse(result)))),
        `${a} ${op} ${b}`,
      ).toEqual(out);
      count += out.length;
    }
    expect(count).toBe(2000);
  });
});

describe('all casts between formats of at most 3 bits', () => {
  test.each([
    { source: 'ap_fixed', signed: true, first: -3 },
    { source: 'ap_ufixed', signed: false, first: 4 },
  ])('from $source', ({ source, signed, first }) => {
    const text = readFileSync(path.join(here, 'exhaustive-casts.cpp'), 'utf8');
    const macros = [`-DSOURCE=${source}`, `-DSOURCE_SIGNED=${signed}`, `-DSOURCE_I=${first}`];
    const output = runCpp(text, { include, flags: ['-O0', ...macros] });
    expect(output).toBe('4830 casts 22540 values 0 wrong\n');
  });
});

describe('operations on random formats', () => {
  const random = Random.seeded(20);

  const anyFormat = (width: number): Format => {
    const signed = random.chance(0.6);
    if (random.chance(0.25)) return wholeFormat(width, signed);
    const integer = random.chance(0.3) ? random.integer(-8, width + 8) : random.integer(0, width);
    const rounding = random.pick(roundingModes);
    const overflow = random.pick(overflowModes.filter((mode) => !(mode === 'AP_SAT_SYM' && signed && width === 1)));
    return fixedFormat(width, integer, signed, { rounding, overflow });
  };

  /** Everything of two operands that bigints can tell. */
  const caseFor = (a: Format, b: Format): Case => {
    const x = randomRaw(random, a);
    const y = randomRaw(random, b);
    const bits = (value: bigint): bigint => (a.signed ? BigInt.asIntN(a.width, value) : BigInt.asUintN(a.width, value));
    const lines: Line[] = [bitsOf(`${typeName(a)}(b)`, a, castByDefinition(y, fractionOf(b), a))];

    for (const op of ['+', '-', '*'] as const) {
      const format = resultFormat(a, op, b);
      const expected = resultByDefinition(x, a, op, y, b);
      lines.push(resultOf(`a ${op} b`, format, expected));
      // An integer on the left drops the fraction of the right first: tested elsewhere.
      if (a.whole && !b.whole) continue;
      const assigned = castByDefinition(expected, fractionOf(format), a);
      lines.push(bitsOf(`[](auto l, auto r) { l ${op}= r; return l; }(a, b)`, a, assigned));
    }
    lines.push(bitsOf('-a', { ...a, width: a.width + 1, integer: a.integer + 1, signed: true }, -x));

    const [left, right] = aligned(x, a, y, b);
    lines.push(
      integerOf('a < b', left < right),
      integerOf('a <= b', left <= right),
      integerOf('a > b', left > right),
      integerOf('a >= b', left >= right),
      integerOf('a == b', left === right),
      integerOf('a != b', left !== right),
      integerOf('!a', x === 0n),
    );

    const by = random.integer(0, a.width + 3);
    lines.push(
      bitsOf(`a << ${by}`, a, bits(x << BigInt(by))),
      bitsOf(`a >> ${by}`, a, x >> BigInt(by)),
      bitsOf(`a >> ${-by}`, a, bits(x << BigInt(by))),
      bitsOf(`a << ${-by}`, a, x >> BigInt(by)),
      bitsOf(`a << ${a.width}`, a, 0n),
      bitsOf(`a >> ${a.width}`, a, x < 0n ? -1n : 0n),
    );

    const low = random.integer(0, a.width - 1);
    const high = random.integer(low, a.width - 1);
    const length = high - low + 1;
    const selected = BigInt.asUintN(length, x >> BigInt(low));
    lines.push(bitsOf(`ap_uint<${a.width}>(a.range(${high}, ${low}))`, wholeFormat(a.width, false), selected));
    const bit = random.integer(0, a.width - 1);
    lines.push(integerOf(`a[${bit}]`, (x >> BigInt(bit)) % 2n !== 0n));
    const word = random.bigint(-(2n ** 63n), 2n ** 63n - 1n);
    const mask = ((1n << BigInt(length)) - 1n) << BigInt(low);
    const written = bits((x & ~mask) | ((word << BigInt(low)) & mask));
    // A product tells whether what is stored is in range, which its bits alone would not.
    const assigns = `[](auto n) { n.range(${high}, ${low}) = ap_int<64>("${word}"); return n * ap_uint<1>(1); }(a)`;
    lines.push(bitsOf(assigns, resultFormat(a, '*', wholeFormat(1, false)), written));
    return { setup: `${define('a', a, x)} ${define('b', b, y)}`, lines };
  };

  test('up to 64 bits', () => {
    const widths = [1, 2, 7, 8, 9, 16, 31, 32, 33, 63, 64];
    const pairs = Array.from(
      { length: 40 },
      () => [anyFormat(random.pick(widths)), anyFormat(random.integer(1, 64))] as const,
    );
    expectAll(pairs.flatMap(([a, b]) => [caseFor(a, b), caseFor(a, b), caseFor(a, b)]));
  });

  test('65 to 1,100 bits', () => {
    const widths = [65, 127, 128, 129, 191, 192, 193, 256, 512, 1023, 1100];
    const pairs = widths.map((width, i) => {
      const other = i % 2 === 0 ? random.integer(65, 1100) : random.integer(1, 64);
      return [anyFormat(width), anyFormat(other)] as const;
    });
    expectAll(pairs.flatMap(([a, b]) => [caseFor(a, b), caseFor(b, a), caseFor(a, b), caseFor(a, b)]));
  });

  test('shifts by whole machine words', () => {
    const cases = [32, 64, 128, 192].flatMap((width) =>
      roundingModes.flatMap((rounding) =>
        [true, false].map((signed): Case => {
          const a = fixedFormat(width, 0, signed);
          const raw = randomRaw(random, a);
          const half = BigInt.asIntN(width, 2n ** BigInt(width - 1)) * (signed ? 1n : -1n);
          const lines = [0, 1, -1].map((integer) => {
            const to = fixedFormat(width, width + integer, signed, { rounding, overflow: 'AP_SAT' });
            return bitsOf(`${typeName(to)}(a)`, to, castByDefinition(raw, width, to));
          });
          const whole = fixedFormat(8, 8, signed, { rounding });
          lines.push(bitsOf(`${typeName(whole)}(h)`, whole, castByDefinition(half, width, whole)));
          const fraction = fixedFormat(width, 0, signed);
          lines.push(bitsOf(`${typeName(fraction)}(ap_uint<8>(255))`, fraction, 0n));
          return { setup: `${define('a', a, raw)} ${define('h', a, half)}`, lines };
        }),
      ),
    );
    expectAll(cases);
  });

  test('doubles are taken exactly, and come back rounded to even', () => {
    const cases = Array.from({ length: 60 }, (): Case => {
      const format = anyFormat(random.pick([1, 3, 8, 16, 24, 32, 53, 64, 100, 300]));
      const values = Array.from({ length: 5 }, () => {
        const sign = random.chance(0.5) ? -1 : 1;
        const exponent = random.integer(format.integer - format.width - 3, format.integer + 2);
        // Few bits, so that ties happen; or all of them.
        const mantissa = random.chance(0.5) ? random.integer(0, 31) / 16 : 1 + random.nextWord() / 2 ** 32 + 2 ** -52;
        return sign * mantissa * 2 ** exponent;
      });
      const lines: Line[] = [...values, 0, -0, 2 ** -1074, -(2 ** -1074), 2 ** 1000, -1e300].map((value) => {
        const { raw, fraction } = exactly(value);
        return bitsOf(`${typeName(format)}(${literal(value)})`, format, castByDefinition(raw, fraction, format));
      });
      // Rounding the integer, then scaling it by a power of two, is one rounding.
      const raw = randomRaw(random, format);
      const step = 2 ** -fractionOf(format);
      lines.push(integerOf(`a.to_double() == ${literal(Number(raw) * step)}`, true));
      // (Number() would round before fround does where there are more than 53 bits.)
      const single = Math.fround(Number(raw)) * step;
      if (format.width <= 53) lines.push(integerOf(`a.to_float() == (float)${literal(single)}`, true));
      return { setup: `${define('a', format, raw)} (void)a;`, lines };
    });
    const corner = (value: number, format: Format): Line => {
      const { raw, fraction } = exactly(value);
      return bitsOf(`${typeName(format)}(${literal(value)})`, format, castByDefinition(raw, fraction, format));
    };
    cases.push({
      setup: '',
      lines: [
        corner(3 * 2 ** -1074, fixedFormat(12, -1060, false, { rounding: 'AP_RND' })),
        corner(2 ** -1022 - 2 ** -1074, fixedFormat(60, -1015, true)),
        corner(-(2 ** -1074), fixedFormat(8, -1080, true, { overflow: 'AP_SAT_ZERO' })),
        corner((2 ** 53 - 1) / 2, fixedFormat(53, 53, true, { rounding: 'AP_RND', overflow: 'AP_SAT' })),
        corner((2 ** 53 - 1) / 2, fixedFormat(54, 54, true, { rounding: 'AP_RND', overflow: 'AP_SAT' })),
        corner((1 - 2 ** 53) / 2, fixedFormat(53, 53, true, { rounding: 'AP_RND_INF', overflow: 'AP_SAT_SYM' })),
        // Between two doubles: the tie to even, and one bit more far below.
        integerOf(`((ap_int<300>(${2 ** 52}ll) * 2 + 1) << 100).to_double() == ${literal(2 ** 153)}`, true),
        integerOf(
          `(((ap_int<300>(${2 ** 52}ll) * 2 + 1) << 100) + 1).to_double() == ${literal(2 ** 153 + 2 ** 101)}`,
          true,
        ),
      ],
    });
    expectAll(cases);
  });

  test('the integer part is taken toward zero, and its low bits are kept', () => {
    const cases = Array.from({ length: 60 }, (): Case => {
      const format = anyFormat(random.pick([1, 5, 16, 33, 64, 90, 200]));
      const raw = randomRaw(random, format);
      const fraction = fractionOf(format);
      const whole = fraction > 0 ? raw / 2n ** BigInt(fraction) : raw * 2n ** BigInt(-fraction);
      const expected = [64, 32].flatMap((n) => [BigInt.asIntN(n, whole), BigInt.asUintN(n, whole)]).join(' ');
      const cpp = 'std::printf("%lld %llu %d %u\\n", a.to_int64(), a.to_uint64(), a.to_int(), a.to_uint());';
      return { setup: define('a', format, raw), lines: [{ what: 'integer part', cpp, expected }] };
    });
    expectAll(cases);
  });
});

describe('constants', () => {
  test('integers of any width from text, low bits kept', () => {
    const random = Random.seeded(21);
    const lines: Line[] = [bitsOf('ap_int<9>("+1f", 16)', wholeFormat(9, true), 31n)];
    for (const width of [1, 7, 8, 20, 64, 65, 100, 128, 129, 400, 2100]) {
      for (const signed of [true, false]) {
        for (const radix of [2, 8, 10, 16]) {
          const format = wholeFormat(width, signed);
          const { highest } = rangeOf(format);
          const value = random.bigint(-2n * highest - 2n, 2n * highest + 1n);
          const digits = random.chance(0.5) ? value.toString(radix).toUpperCase() : value.toString(radix);
          const argument = radix === 10 && random.chance(0.5) ? '' : `, ${radix}`;
          const expected = castByDefinition(value, 0, format);
          lines.push(bitsOf(`${typeName(format)}("${digits}"${argument})`, format, expected));
        }
      }
    }
    expectAll([{ setup: '', lines }]);
  });

  test.each([
    'ap_int<9>("")',
    'ap_int<9>("-")',
    'ap_int<9>("12a")',
    'ap_int<9>("0x1f", 16)',
    'ap_int<9>(" 1")',
    'ap_int<9>("1.5")',
    'ap_uint<9>(1).range(9, 0)',
    'ap_uint<9>(1).range(3, -1)',
    'ap_uint<9>(1).range(3, 4)',
    'bool(ap_uint<9>(1)[9])',
  ])('%s stops the program', (expression) => {
    const program = compileCpp(`#include "ap_int.h"\nint main() { (void)${expression}; }`, { include, flags: ['-O0'] });
    try {
      expect(() => program.run()).toThrow('Command failed');
    } finally {
      program.remove();
    }
  });

  test('everything works in constant expressions', () => {
    const source = `
      #include "ap_fixed.h"
      constexpr ap_fixed<8, 4> weights[] = {-1.5, 0.0625, 7, ap_int<3>(-4)};
      constexpr ap_fixed<8, 4> with_bits() { ap_fixed<8, 4> x = 0; x.range(7, 4) = -3; x[0] = 1; x += 1; return x; }
      static_assert(weights[0] * weights[2] == -10.5, "");
      static_assert(ap_ufixed<4, 2, AP_RND_CONV, AP_SAT>(weights[1] + 2) == 2, "");
      static_assert(with_bits() == -1.9375, "");
      static_assert(ap_int<200>("-1000000000000000000000000000000000000000000", 16) < ap_int<65>(0), "");
      static_assert((ap_int<200>(3) << 150) >> 149 == 6, "");
      static_assert((ap_fixed<200, 100>(-0.5)).to_double() == -0.5, "");
      int main() {}
    `;
    expect(runCpp(source, { include, flags: ['-O0', ...warnings] })).toBe('');
  });
});

describe('mixing with built-in types', () => {
  test('a built-in integer counts as an ap_int or ap_uint of its size', () => {
    const lines = [
      resultOf('a + 1', fixedFormat(39, 33, true), 80n),
      resultOf('1u - a', fixedFormat(40, 34, true), 48n),
      resultOf('(short)3 * a', fixedFormat(24, 18, true), 48n),
      resultOf('a * true', fixedFormat(9, 3, true), 16n),
      resultOf('(unsigned char)200 + a', fixedFormat(16, 10, true), 12816n),
      resultOf('a - 1ll', fixedFormat(71, 65, true), -48n),
      resultOf('a + 1ul', fixedFormat(72, 66, true), 80n),
      resultOf('a + ap_uint<3>(7)', fixedFormat(11, 5, true), 464n),
      resultOf('ap_int<3>(-4) * 2', wholeFormat(35, true), -8n),
      resultOf('-ap_uint<3>(7)', wholeFormat(4, true), -7n),
    ];
    expectAll([{ setup: 'const ap_fixed<8, 2> a = 0.25;', lines }]);
  });

  test('conditions, comparisons, conversions and assignments', () => {
    const setup = 'ap_fixed<8, 4, AP_RND, AP_SAT> x = -2.25; const ap_ufixed<8, 4> zero = 0; ap_fixed<4, 4> sum = 7;';
    const lines = [
      integerOf('!x', 0),
      integerOf('!zero', 1),
      integerOf('x && !zero ? 3 : 4', 3),
      integerOf('x > 0', 0),
      integerOf('0 > x', 1),
      integerOf('x == -2.25', 1),
      integerOf('-2.5f < x', 1),
      integerOf('x != -2', 1),
      integerOf('double(x) * 4', -9),
      integerOf('(unsigned char)x', 254),
      integerOf('x.length() * 100 + x.width * 10 + x.iwidth', 884),
      integerOf('x[7] + x[0] * 2', 1),
      integerOf('x.range(7, 4).to_int() * 100 + x.range(3, 0).to_uint()', 1312),
      integerOf('x.range(3, 2) == 3', 1),
      integerOf('(sum += 3).to_int()', -6),
      integerOf('(x -= 100).to_int()', -8),
      integerOf('(x *= -1).to_int()', 7),
      integerOf('(x = ap_fixed<9, 3>(-0.03125)) == 0', 1),
      // An integer drops the fraction of the other operand first.
      integerOf('(ap_int<8>(-1) += ap_fixed<4, 2>(0.5)).to_int()', -1),
      integerOf('(ap_int<8>(4) *= ap_fixed<4, 2>(1.5)).to_int()', 4),
      integerOf('(ap_int<8>(4) -= ap_fixed<4, 2>(-1.75)).to_int()', 5),
      integerOf('ap_int<8>(ap_fixed<8, 4>(-1.75)).to_int()', -1),
      integerOf('ap_int<8>(-1.75).to_int()', -1),
      integerOf('(x.range(7, 4) = zero.range(3, 0)).to_int()', 0),
      integerOf('(x[7] = !x[0]) ? x.to_int() : 9', -8),
      integerOf('(sum <<= 2, sum >>= 1).to_int()', -4),
    ];
    expectAll([{ setup: `${setup} (void)zero; (void)sum;`, lines }]);
  });
});

describe('refused', () => {
  test.each([
    ['saturated bits', 'ap_fixed<8, 4, AP_TRN, AP_WRAP, 1> x;', 'saturated bits (N > 0) are not supported'],
    ['sign-magnitude wrap', 'ap_fixed<8, 4, AP_TRN, AP_WRAP_SM> x;', 'AP_WRAP_SM is not supported'],
    ['a symmetric sign bit', 'ap_fixed<1, 1, AP_TRN, AP_SAT_SYM> x;', 'a signed number of one bit has no AP_SAT_SYM'],
    ['no bits', 'ap_uint<0> x;', 'a number needs at least one bit'],
    ['fractions from text', 'ap_fixed<8, 4> x("1.5");', 'only ap_int and ap_uint are made from text'],
    ['a number as bits', 'ap_fixed<8, 4> x = 0; x.range(3, 0) = x;', 'only integers and other ranges are assigned'],
    ['writing a constant', 'const ap_fixed<8, 4> x = 0; x.range(3, 0) = 1;', 'const'],
    ['arithmetic with doubles', 'ap_fixed<8, 4> x = 0; x = x * 0.5;', 'no match for'],
  ])('%s', (_, statement, message) => {
    const compile = () => compileCpp(`#include "ap_fixed.h"\nint main() { ${statement} }`, { include }).remove();
    expect(compile).toThrow(CompileError);
    expect(compile).toThrow(message);
  });
});

describe('the vendor implementation', () => {
  const vendor = process.env.AXOC_AP_INCLUDE;

  test('does the same', (ctx) => {
    if (vendor === undefined) return ctx.skip('AXOC_AP_INCLUDE names no directory with the vendor headers');
    if (!existsSync(path.join(vendor, 'ap_fixed.h'))) throw new Error(`AXOC_AP_INCLUDE: no ap_fixed.h in ${vendor}`);

    const random = Random.seeded(22);
    const format = (): Format => {
      // The vendor negates a 1-bit ap_int into a wider type than any other.
      const width = random.chance(0.2) ? random.integer(60, 280) : random.integer(2, 34);
      const signed = random.chance(0.6);
      if (random.chance(0.25)) return wholeFormat(width, signed);
      const integer = random.chance(0.3) ? random.integer(-5, width + 6) : random.integer(0, width);
      return fixedFormat(width, integer, signed, {
        rounding: random.pick(roundingModes),
        overflow: random.pick(overflowModes),
      });
    };
    const number = ({ width, integer }: Format): number => {
      if (random.chance(0.2)) return random.integer(-3, 3);
      const mantissa = random.chance(0.5) ? random.integer(0, 4095) / 2048 : random.nextWord() / 2 ** 32;
      const exponent = random.integer(integer - width - 2, integer + 3);
      return (random.chance(0.5) ? -1 : 1) * mantissa * 2 ** exponent;
    };
    const pairs = Array.from({ length: 14 }, () => [format(), format()] as const);
    const functions = pairs.map(([a, b], i) => {
      const blocks = Array.from({ length: 12 }, () => {
        const x = randomRaw(random, a);
        const y = randomRaw(random, b);
        const integer = random.integer(-40, 40) * random.pick([1, 1, 1000]);
        const two = `exercise_two<A, ${a.signed}, ${a.whole}, B, ${b.signed}, ${b.integer}>(a, b);`;
        const one = `exercise_one<A, ${a.signed}, ${a.integer}, ${a.whole}>(a, ${literal(number(a))}, ${integer});`;
        const label = `std::puts("a = ${x} in ${typeName(a)}, b = ${y} in ${typeName(b)}");`;
        return `{ ${define('a', a, x)} ${define('b', b, y)} ${label} ${two} ${one} }`;
      });
      return `static void pair${i}() { using A = ${typeName(a)}; using B = ${typeName(b)};\n${blocks.join('\n')}\n}`;
    });
    const calls = pairs.map((_, i) => `pair${i}();`).join(' ');
    const source = `#include "exercise.h"\n${functions.join('\n')}\nint main() { ${calls} }\n`;
    // With its assertions on, the vendor's cast aborts where more bits are dropped than there are.
    const flags = ['-O0', '-w', '-DNDEBUG'];
    const ours = runCpp(source, { include, flags }).split('\n');
    const theirs = runCpp(source, { include: [vendor, here], flags }).split('\n');
    let operands = '';
    const different = ours.flatMap((line, i) => {
      if (!line.startsWith('  ')) operands = line;
      return line === theirs[i] ? [] : [`${operands}:${line}, vendor${theirs[i]}`];
    });
    expect(different.slice(0, 20)).toEqual([]);
    expect(ours.length).toBe(theirs.length);
    expect(ours.length).toBeGreaterThan(10_000);
  });
});
