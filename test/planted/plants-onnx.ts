/** Bugs to plant in the exact ONNX model, and the judge that must catch them. */
import { Random } from '../../src/base/random.js';
import { makeFormat, overflows, parseFormat, roundings } from '../../src/fixed/format.js';
import { ProgramBuilder } from '../../src/ir/builder.js';
import type { Program } from '../../src/ir/op.js';
import { directedVectors } from '../../src/verify/vectors.js';
import { type Judge, printMismatch, reported } from './judges.js';
import { operationsProgram } from './networks.js';
import type { Plant } from './plants.js';

const type = (text: string) => [parseFormat(text, text)];

/** All pairs of modes, element by element and alone, on numbers in float64, at its end and in int64. */
function carriersProgram(): Program {
  const builder = new ProgramBuilder();
  builder.input('x', [28], type('ap_fixed<6,6>'));
  builder.input('low', [28], type('ap_fixed<3,3>'));
  const outputs: string[] = [];
  for (const scale of [0, 40, 52]) {
    builder.exact({ id: `s${scale}.shifted`, kind: 'shift', operand: 'x', by: [-scale] });
    builder.exact({ id: `s${scale}`, kind: 'add', left: `s${scale}.shifted`, right: 'low' });
    const formats = (text: string) =>
      roundings.flatMap((rounding) => overflows.flatMap((overflow) => type(`${text},${rounding},${overflow}>`)));
    outputs.push(builder.cast(`y${scale}`, `s${scale}`, formats(`ap_fixed<4,${scale + 5}`)));
    outputs.push(builder.cast(`u${scale}`, `s${scale}`, formats(`ap_ufixed<3,${scale + 4}`)));
    for (const rounding of roundings)
      builder.cast(`alone${scale}_${rounding}`, `s${scale}`, type(`ap_fixed<9,${scale + 8},${rounding}>`));
  }
  for (const rounding of roundings) builder.cast(`far_${rounding}`, 'low', type(`ap_fixed<3,9,${rounding}>`));
  return builder.build('carriers', outputs);
}

/** Numbers around 2^53, sums that are small while their terms are not, units that differ from element to element. */
function edgesProgram(): Program {
  const builder = new ProgramBuilder();
  const table = (shape: readonly number[], format: string, raws: readonly bigint[]) => ({
    shape,
    format: parseFormat(format, format),
    raws,
  });
  builder.input('wide', [2], type('ap_ufixed<53,53>'));
  builder.exact({
    id: 'doubled',
    kind: 'add',
    left: 'wide',
    right: builder.constant('c', table([1], 'ap_ufixed<54,54>', [(1n << 53n) + 1n])),
  });
  builder.input('small', [2], type('ap_ufixed<3,3>'));
  const far = builder.constant('far', table([1], 'ap_ufixed<53,53>', [1n << 52n]));
  builder.exact({ id: 'raised', kind: 'add', left: 'small', right: far });
  const opposite = table([2, 1], 'ap_fixed<3,3>', [3n, -3n]);
  builder.exact({ id: 'difference', kind: 'dense', operand: 'raised', weights: opposite });
  builder.input('mixed', [2], [makeFormat(true, 6, 2), makeFormat(true, 6, 5)]);
  builder.exact({ id: 'total', kind: 'sum', operand: 'mixed', axis: 0 });
  builder.exact({ id: 'leaky', kind: 'leaky_relu', operand: 'mixed', slope: table([1], 'ap_ufixed<3,1>', [3n]) });
  builder.exact({ id: 'not_above', kind: 'compare', relation: 'less_equal', left: 'mixed', right: 'small' });
  return builder.build('edges', ['doubled', 'difference', 'total']);
}

/** The exact model of a copy, made and run by the copy. */
export const exported: Judge = async (modules) => {
  for (const program of [operationsProgram(), carriersProgram(), edgesProgram()]) {
    const found = await reported(modules, async () => {
      const reference = modules.referenceOf(program, directedVectors(program, 256, Random.seeded(1)));
      const { mismatch } = await modules.verify(reference, [await modules.onnxLeg(program)]);
      return mismatch === undefined ? undefined : printMismatch(mismatch);
    });
    if (found !== undefined) return `${program.name}: ${found}`;
  }
  return undefined;
};

const folder = 'src/emit/onnx';

const inExactModel: readonly Omit<Plant, 'judge'>[] = [
  {
    what: 'truncation toward zero moves whole numbers too',
    file: `${folder}/cast.ts`,
    find: '{ negative: 2n * half - 1n, positive: 0n }',
    replace: '{ negative: 2n * half, positive: 0n }',
    report: /leg onnx: (modes|y0|alone0_AP_TRN_ZERO)\b/,
  },
  {
    what: 'ties of positive numbers go away from zero',
    file: `${folder}/cast.ts`,
    find: '{ negative: half, positive: half - 1n }',
    replace: '{ negative: half, positive: half }',
    report: /leg onnx: (modes|y0)\b/,
  },
  {
    what: 'ties go to even by the wrong bit',
    file: `${folder}/cast.ts`,
    find: 'bits.map(() => 1)',
    replace: 'bits.map(() => 2)',
    report: /leg onnx: (modes|y0)\b/,
  },
  {
    what: 'ties upward are rounded to even in float64',
    file: `${folder}/cast.ts`,
    find: "formats[index]!.rounding === 'AP_RND_CONV'",
    replace: "formats[index]!.rounding !== 'AP_TRN'",
    report: /leg onnx: (modes|y0)\b/,
  },
  {
    what: 'casts that drop more bits than there are drop too few',
    file: `${folder}/cast.ts`,
    find: 'bitLength(magnitudeOf(interval)))) + 1',
    replace: 'bitLength(magnitudeOf(interval))))',
    report: /leg onnx/,
  },
  {
    what: 'wrap-around begins one code too high',
    file: `${folder}/cast.ts`,
    find: 'const start = signed ? -(1n << BigInt(width - 1)) : 0n;',
    replace: 'const start = signed ? 1n - (1n << BigInt(width - 1)) : 0n;',
    report: /leg onnx/,
  },
  {
    what: 'AP_SAT_ZERO clips what is too large',
    file: `${folder}/cast.ts`,
    find: 'draft.whereLess(limit, value, zero(), value)',
    replace: 'draft.whereLess(limit, value, limit, value)',
    report: /leg onnx: (modes|y0)\b/,
  },
  {
    what: 'bits are dropped toward zero in int64',
    file: `${folder}/draft.ts`,
    find: 'const whole = this.subtract(a, this.modulo(a, bits));',
    replace: 'const whole = a;',
    report: /carriers: leg onnx: (y|alone)52/,
  },
  {
    what: 'float64 is trusted with 54 bits',
    file: `${folder}/value.ts`,
    find: 'float64: 1n << 53n',
    replace: 'float64: 1n << 54n',
    report: /leg onnx/,
  },
  {
    what: 'only sums need to be exact, not their terms',
    file: `${folder}/sums.ts`,
    find: 'checkHeld(draft.carrier, [partial]);',
    replace: 'checkHeld(draft.carrier, [sum]);',
    report: /edges: leg onnx: difference/,
  },
  {
    what: 'numbers of different units are summed as they are',
    file: `${folder}/sums.ts`,
    find: '(_, index) => common - fractionAt(from, index)',
    replace: '() => 0',
    report: /leg onnx: total/,
  },
  {
    what: 'a kernel beyond the image meets its first pixel',
    file: `${folder}/sums.ts`,
    find: 'isInside ? row * width + column : height * width',
    replace: 'isInside ? row * width + column : 0',
    report: /operations: leg onnx: conv/,
  },
  {
    what: 'the slope of a leaky relu is that of positive numbers',
    file: `${folder}/operations.ts`,
    find: 'draft.constant([0n], []), slope, unit)',
    replace: 'draft.constant([0n], []), unit, slope)',
    report: /leg onnx: leaky/,
  },
  {
    what: 'less or equal is less',
    file: `${folder}/operations.ts`,
    find: "return 'LessOrEqual';",
    replace: "return 'Less';",
    report: /leg onnx/,
  },
];

export const onnxPlants: readonly Plant[] = inExactModel.map((plant) => ({ ...plant, judge: exported }));
