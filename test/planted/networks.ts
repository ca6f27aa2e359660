/** The small networks that the judges use: together they meet everything that a planted bug touches. */
import { toDecimal } from '../../src/fixed/dyadic.js';
import { overflows, parseFormat, roundings } from '../../src/fixed/format.js';
import { ProgramBuilder } from '../../src/ir/builder.js';
import type { Program } from '../../src/ir/op.js';
import type { DescribedNetwork } from '../support/description-oracle.js';

/** Scaled inputs, dense layers, rounding before truncating, a neuron without weights, numbers of 73 bits, a score. */
export const layersNetwork: DescribedNetwork = {
  name: 'layers',
  inputs: 3,
  hardware_format: 'ap_fixed<10,8>',
  offset_format: 'ap_fixed<8,7>',
  offset: [1.5, -2.25, 0.5],
  shift: [2, -1, 3],
  lsb: [1],
  input_format: 'ap_fixed<8,6,AP_RND_CONV,AP_SAT>',
  layers: [
    {
      kind: 'dense',
      name: 'first',
      weights: [
        [0.01171875, 1.25, 0],
        [-1.5, 0.5, 0],
        [0.75, -1.99609375, 0],
      ],
      bias: [0.25, -1, 0.5],
      weight_format: 'ap_fixed<10,2>',
      result_format: 'ap_fixed<13,9,AP_RND>',
    },
    { kind: 'cast', name: 'truncated', result_format: 'ap_fixed<9,8>' },
    { kind: 'relu', name: 'positive', input: 'first', result_format: 'ap_ufixed<6,3,AP_RND_CONV,AP_SAT>' },
    {
      kind: 'dense',
      name: 'wide',
      weights: [[1], [-2], [1]],
      bias: [toDecimal((3n << 70n) + 1n, 70)],
      bias_format: 'ap_fixed<73,3>',
      result_format: 'ap_fixed<80,10>',
    },
    { kind: 'cast', name: 'clamped', input: 'first', result_format: 'ap_fixed<7,3,AP_TRN,AP_SAT>' },
    { kind: 'cast', name: 'widened', result_format: 'ap_fixed<9,5>' },
  ],
  score: {
    kind: 'sum-of-squared-difference',
    of: 'truncated',
    minus: 'positive',
    difference_format: 'ap_fixed<7,5>',
    result_format: 'ap_ufixed<10,8,AP_RND,AP_SAT>',
    // biome-ignore lint/suspicious/noThenProperty: the published descriptions call the last cast "then"
    then: 'ap_ufixed<6,6>',
  },
};

/** Every other operation, and a cast for each of the 28 mode pairs. */
export function operationsProgram(): Program {
  const builder = new ProgramBuilder();
  const format = (text: string) => [parseFormat(text, text)];
  const table = (shape: readonly number[], text: string, raws: readonly number[]) => {
    return { shape, format: parseFormat(text, text), raws: raws.map(BigInt) };
  };
  const image = builder.input('image', [2, 3, 2], format('ap_fixed<4,3>'));
  const many = builder.input('many', [28], format('ap_fixed<6,4>'));
  const symmetric = builder.input('symmetric', [2], format('ap_fixed<3,2,AP_TRN,AP_SAT_SYM>'));
  const count = builder.input('count', [2], format('ap_ufixed<4,4>'));

  const kernel = table([2, 2, 2, 1], 'ap_fixed<4,2>', [1, -2, 3, 0, 5, -8, 7, 2]);
  builder.exact({ id: 'conv', kind: 'conv', operand: image, weights: kernel, strides: [1, 1], padding: [1, 0, 2, 0] });
  builder.exact({ id: 'sum', kind: 'sum', operand: image, axis: 1 });
  builder.exact({ id: 'slice', kind: 'slice', operand: image, from: [0, 1, 1], to: [2, 3, 2] });
  builder.exact({ id: 'concat', kind: 'concat', operands: ['slice', 'conv'], axis: 1 });
  builder.exact({ id: 'flat', kind: 'reshape', operand: 'slice' }, [4]);
  builder.exact({
    id: 'max',
    kind: 'max',
    left: 'flat',
    right: builder.constant('half', table([1], 'ap_fixed<2,1>', [1])),
  });
  builder.exact({ id: 'less_equal', kind: 'compare', relation: 'less_equal', left: 'flat', right: 'half' });
  builder.exact({ id: 'square', kind: 'square', operand: image });
  builder.exact({ id: 'leaky', kind: 'leaky_relu', operand: many, slope: table([1], 'ap_ufixed<2,0>', [1]) });
  builder.exact({
    id: 'lookup',
    kind: 'lookup',
    operand: count,
    table: table([16], 'ap_fixed<6,6>', [...Array(16).keys()]),
  });
  builder.exact({
    id: 'fivefold',
    kind: 'multiply',
    left: count,
    right: builder.constant('five', table([1], 'ap_ufixed<3,3>', [5])),
  });
  builder.cast('wrapped', 'fivefold', format('ap_ufixed<6,6>'));
  builder.exact({ id: 'doubled', kind: 'add', left: 'wrapped', right: 'wrapped' });
  builder.cast('clamped', symmetric, format('ap_fixed<3,2,AP_TRN,AP_SAT_SYM>'));
  const pairs = roundings.flatMap((rounding) => overflows.map((overflow) => `${rounding},${overflow}`));
  builder.cast(
    'modes',
    many,
    pairs.flatMap((modes) => format(`ap_fixed<4,3,${modes}>`)),
  );
  return builder.build('operations', ['concat', 'modes']);
}

/** What only lowering has to get right: every accumulator that is not an exact sum, and the shifts of the hardware. */
export const lossyNetworks: readonly DescribedNetwork[] = [
  {
    name: 'lossy',
    inputs: 3,
    hardware_format: 'ap_fixed<6,4,AP_TRN,AP_SAT>',
    offset_format: 'ap_fixed<5,5>',
    offset: [0.5, -1.5, 1],
    shift: [1, -2, 0],
    lsb: [1],
    input_format: 'ap_fixed<6,4>',
    layers: [
      {
        kind: 'dense',
        name: 'clamping',
        weights: [
          [1, -0.5],
          [-1.5, 1],
          [1.25, 0.75],
        ],
        bias: [1.5, -2],
        accum_format: 'ap_fixed<8,4,AP_TRN,AP_SAT>',
        result_format: 'ap_fixed<8,4>',
      },
      {
        kind: 'dense',
        name: 'rounding',
        input: 'input',
        weights: [[0.75], [-0.25], [0.5]],
        bias: [0.5],
        accum_format: 'ap_fixed<8,6,AP_RND_CONV>',
        result_format: 'ap_fixed<8,6>',
      },
    ],
  },
  {
    name: 'scored',
    inputs: 2,
    input_format: 'ap_fixed<5,3>',
    layers: [
      { kind: 'cast', name: 'a', result_format: 'ap_fixed<3,3>' },
      { kind: 'relu', name: 'b', input: 'input', result_format: 'ap_ufixed<4,2>' },
    ],
    score: {
      kind: 'sum-of-squared-difference',
      of: 'a',
      minus: 'b',
      difference_format: 'ap_fixed<4,2,AP_RND>',
      accum_format: 'ap_ufixed<6,5,AP_RND_CONV>',
      result_format: 'ap_ufixed<6,5>',
      // biome-ignore lint/suspicious/noThenProperty: the published descriptions call the last cast "then"
      then: 'ap_ufixed<4,3>',
    },
  },
];
