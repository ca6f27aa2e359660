/** Casts as tensor expressions against the fixed-point definition, and the gradients they pass on. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { castRaw } from '../../src/fixed/cast.js';
import { fromDouble, toDouble } from '../../src/fixed/dyadic.js';
import { type Format, fractionBits, makeFormat, overflows, printFormat, roundings } from '../../src/fixed/format.js';
import type { Executor, Values } from '../../src/tensor/executor.js';
import { gradients } from '../../src/tensor/gradients.js';
import type { DType, Node } from '../../src/tensor/graph.js';
import { input, multiply, sum } from '../../src/tensor/ops.js';
import { gridOf, learnedGridOf } from '../../src/train/grid.js';
import { graphOf } from '../../src/train/model/model.js';
import { castToGrid, quantiseActivation, quantiseWeight } from '../../src/train/quantise.js';
import { runGraph, testExecutors } from './executors.js';

let executors: readonly Executor[];
beforeAll(async () => {
  executors = await testExecutors();
});

const modes = roundings.flatMap((rounding) => overflows.map((overflow) => ({ rounding, overflow })));

/** Numbers where casts go wrong: ties and their neighbours, ends of the range, far outside, tiny, random. */
function numbersFor(format: Format, dtype: DType, random: Random): number[] {
  const rounding = dtype === 'float32' ? Math.fround : (value: number): number => value;
  const unit = 2 ** -fractionBits(format);
  const span = 2 ** format.width;
  const near = (value: number): number[] => {
    const epsilon = dtype === 'float32' ? 2 ** -23 : 2 ** -52;
    return [value, value * (1 + epsilon), value * (1 - epsilon / 2), value + unit * 2 ** -20, value - unit * 2 ** -20];
  };
  const raws = [0, 1, 2, 3, span / 2 - 1, span / 2, span / 2 + 1, span - 1, span, span * 3 + 1, span * 1000];
  const ties = raws.flatMap((raw) => [raw, raw + 0.5, raw - 0.5].flatMap((tie) => near(tie * unit)));
  const draws = Array.from(
    { length: 300 },
    () => (random.nextWord() / 2 ** 32 - 0.5) * span * unit * 2 ** random.integer(-12, 3),
  );
  const halves = Array.from({ length: 200 }, () => (random.integer(-1000, 1000) / 2) * unit);
  const tiny = [2 ** -55, 2 ** -40, 2 ** -24];
  const all = [...ties, ...draws, ...halves, ...tiny];
  return [...all, ...all.map((value) => -value)].map(rounding);
}

const arrayOf = (dtype: DType, values: readonly number[]): Values =>
  dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);

const expected = (value: number, format: Format): number => {
  const { mantissa, fraction } = fromDouble(value);
  return toDouble(castRaw(mantissa, fraction, format), fractionBits(format));
};

async function evaluate(executor: Executor, node: Node, feeds: Record<string, Values>): Promise<number[]> {
  return Array.from(
    (await runGraph(executor, graphOf(new Map([['y', node]])), new Map(Object.entries(feeds)))).get('y')!,
  );
}

/** Widths, places of the binary point and signs, the ends of what float32 holds among them. */
function formatsFor(dtype: DType, random: Random): Omit<Format, 'rounding' | 'overflow'>[] {
  const widest = dtype === 'float32' ? 24 : 53;
  const drawn = Array.from({ length: 3 }, () => {
    const width = random.integer(2, widest);
    return { signed: random.chance(0.5), width, integer: random.integer(-4, width + 4) };
  });
  return [
    { signed: true, width: 10, integer: 7 },
    { signed: false, width: 10, integer: 6 },
    { signed: true, width: widest, integer: 8 },
    { signed: false, width: widest, integer: widest + 3 },
    { signed: true, width: 2, integer: 2 },
    { signed: false, width: 1, integer: 1 },
    ...drawn,
  ];
}

describe.each(['float32', 'float64'] as const)('casts in %s', (dtype) => {
  it.each(modes)('$rounding, $overflow: exactly those of the definition', async ({ rounding, overflow }) => {
    const random = Random.seeded(7);
    let compared = 0;
    for (const shape of formatsFor(dtype, random)) {
      const format = makeFormat(shape.signed, shape.width, shape.integer, rounding, overflow);
      const numbers = numbersFor(format, dtype, random);
      const x = input('x', [numbers.length], dtype);
      const y = castToGrid(x, gridOf(format, dtype, 'y'));
      for (const executor of executors) {
        if (dtype === 'float64' && executor.exactBits < 53) continue;
        const values = await evaluate(executor, y, { x: arrayOf(dtype, numbers) });
        const wrong = numbers.flatMap((number, index) =>
          values[index] === expected(number, format)
            ? []
            : [
                `${executor.name}: ${printFormat(format)} of ${number} is ${values[index]}, not ${expected(number, format)}`,
              ],
        );
        expect(wrong.slice(0, 3)).toEqual([]);
        compared += numbers.length;
      }
    }
    expect(compared).toBeGreaterThan(5000);
  });
});

describe('formats', () => {
  it.each([
    ['ap_fixed<25,8>', 'float32'],
    ['ap_fixed<54,8>', 'float64'],
    ['ap_fixed<8,-70>', 'float32'],
  ] as const)('%s is refused in %s', (text, dtype) => {
    const [, width, integer] = /<(\d+),(-?\d+)>/.exec(text)!.map(Number) as [number, number, number];
    expect(() => gridOf(makeFormat(true, width, integer), dtype, 'encoder1/kernel')).toThrow(
      /not-exact.*encoder1\/kernel/,
    );
  });

  it('with learned fraction bits are those with fixed ones', async () => {
    const random = Random.seeded(3);
    const base = makeFormat(true, 10, 4, 'AP_RND_CONV', 'AP_SAT');
    for (const executor of executors)
      for (const symmetric of [false, true])
        for (let bits = -2; bits <= 9; bits++) {
          const format: Format = {
            ...base,
            width: 4 + bits,
            overflow: symmetric && bits > -2 ? 'AP_SAT_SYM' : 'AP_SAT',
          };
          const numbers = numbersFor(format, 'float32', random);
          const x = input('x', [numbers.length]);
          const grid = learnedGridOf(format, input('f', []), -2, 9, 'float32', 'y');
          const feeds = { x: arrayOf('float32', numbers), f: Float32Array.of(bits) };
          const values = await evaluate(executor, castToGrid(x, grid), feeds);
          expect(values).toEqual(numbers.map((number) => expect.closeTo(expected(number, format), 30)));
          expect(values.every((value, index) => value === expected(numbers[index]!, format))).toBe(true);
        }
  });
});

describe('gradients', () => {
  /** The gradient of sum(weights * y) by x. */
  const gradientOf = async (y: (x: Node) => Node, numbers: readonly number[]): Promise<number[]> => {
    const x = input('x', [numbers.length]);
    const [gradient] = gradients(sum(multiply(y(x), input('w', [numbers.length]))), [x]);
    const w = numbers.map((_, index) => index + 1);
    return evaluate(executors[0]!, gradient!, { x: Float32Array.from(numbers), w: Float32Array.from(w) });
  };
  const bits = (overflow: Format['overflow']): Format => makeFormat(true, 4, 3, 'AP_RND_CONV', overflow);
  const numbers = [-5, -4, -3.9, 0, 0.3, 3.5, 3.6, 10];

  it('of a saturating activation is 0 outside the range', async () => {
    for (const overflow of ['AP_SAT', 'AP_SAT_ZERO'] as const)
      expect(await gradientOf((x) => quantiseActivation(x, gridOf(bits(overflow), 'float32', 'y')), numbers)).toEqual([
        0, 2, 3, 4, 5, 6, 0, 0,
      ]);
  });

  it('of a wrapping activation is 1 everywhere', async () => {
    const gradient = await gradientOf((x) => quantiseActivation(x, gridOf(bits('AP_WRAP'), 'float32', 'y')), numbers);
    expect(gradient).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('of a weight is 1 everywhere', async () => {
    const gradient = await gradientOf((x) => quantiseWeight(x, gridOf(bits('AP_SAT'), 'float32', 'y')), numbers);
    expect(gradient).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each(['activation', 'weight'] as const)(
    'by the fraction bits of an %s is ln 2 times the rounding error',
    async (role) => {
      const x = input('x', [numbers.length]);
      const f = input('f', []);
      const grid = learnedGridOf(bits('AP_SAT'), f, -1, 6, 'float32', 'y');
      const y = role === 'activation' ? quantiseActivation(x, grid, f) : quantiseWeight(x, grid, f);
      const [toX, toF] = gradients(sum(y), [x, f]);
      const feeds = { x: Float32Array.from(numbers), f: Float32Array.of(1) };
      const inside = role === 'activation' ? [0, 1, 1, 1, 1, 1, 0, 0] : [1, 1, 1, 1, 1, 1, 1, 1];
      expect(await evaluate(executors[0]!, toX!, feeds)).toEqual(inside);
      // -3.9 is rounded to -4 and 0.3 to 0.5; all others are on the grid or outside. (x - q: 0.1 and -0.2)
      const [gradient] = await evaluate(executors[0]!, toF!, feeds);
      expect(gradient).toBeCloseTo(Math.LN2 * (0.1 - 0.2), 6);
    },
  );
});
