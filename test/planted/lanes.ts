/** Programs at the ends of the compiled simulator's lanes: what fits one just so, what just does not, and what is kept compactly. */
import { makeFormat, overflows, parseFormat, roundings } from '../../src/fixed/format.js';
import type { Table } from '../../src/fixed/table.js';
import { ProgramBuilder } from '../../src/ir/builder.js';
import type { Program } from '../../src/ir/op.js';

const pairs = roundings.flatMap((rounding) => overflows.map((overflow) => `${rounding},${overflow}`));

export function lanePrograms(): readonly Program[] {
  return [modesProgram(), edgesProgram(), rowsProgram(), dotsProgram(), limbsProgram(), compactProgram()];
}

function type(text: string) {
  return [parseFormat(text, text)];
}

function table(shape: readonly number[], format: string, raws: readonly (number | bigint)[]): Table {
  return { shape, format: parseFormat(format, format), raws: raws.map(BigInt) };
}

/** All pairs of modes on numbers that need lanes of 16, 32 and 64 bits, and two limbs. */
function modesProgram(): Program {
  const builder = new ProgramBuilder();
  builder.input('x', [28], type('ap_fixed<6,6>'));
  builder.input('low', [28], type('ap_fixed<3,3>'));
  const outputs: string[] = [];
  for (const scale of [0, 9, 24, 55, 75]) {
    builder.exact({ id: `s${scale}.shifted`, kind: 'shift', operand: 'x', by: [-scale] });
    builder.exact({ id: `s${scale}`, kind: 'add', left: `s${scale}.shifted`, right: 'low' });
    const formats = pairs.flatMap((modes) => type(`ap_fixed<4,${scale + 5},${modes}>`));
    outputs.push(builder.cast(`y${scale}`, `s${scale}`, formats));
    const unsigned = pairs.flatMap((modes) => type(`ap_ufixed<3,${scale + 4},${modes}>`));
    outputs.push(builder.cast(`u${scale}`, `s${scale}`, unsigned));
  }
  return builder.build('modes', outputs);
}

/** Numbers of exactly a lane's bits: their sums, products and roundings need one bit more. */
function edgesProgram(): Program {
  const builder = new ProgramBuilder();
  for (const bits of [16, 32, 64]) {
    const x = builder.input(`x${bits}`, [7], type(`ap_fixed<${bits},${bits}>`));
    builder.cast(
      `rounded${bits}`,
      x,
      roundings.map((rounding) => makeFormat(true, bits, bits + 2, rounding)),
    );
    builder.exact({ id: `sum${bits}`, kind: 'add', left: x, right: x });
    builder.cast(`half${bits}`, `sum${bits}`, type(`ap_fixed<${bits - 1},${bits},AP_RND,AP_SAT>`));
    builder.exact({ id: `relu${bits}`, kind: 'relu', operand: x });
    builder.exact({ id: `square${bits}`, kind: 'square', operand: x });
    const half = builder.constant(`c${bits}`, table([1], `ap_ufixed<${bits},${bits}>`, [2n ** BigInt(bits) - 1n]));
    const one = builder.constant(`one${bits}`, table([1], 'ap_ufixed<1,1>', [1]));
    builder.exact({ id: `less_equal${bits}`, kind: 'compare', relation: 'less_equal', left: x, right: one });
    builder.cast(`zeroed${bits}`, x, type(`ap_fixed<${bits / 2},${bits / 2},AP_TRN,AP_SAT_ZERO>`));
    builder.exact({ id: `scaled${bits}`, kind: 'multiply', left: x, right: half });
    builder.exact({ id: `leaky${bits}`, kind: 'leaky_relu', operand: x, slope: table([1], 'ap_ufixed<3,1>', [3]) });
  }
  const bit = builder.input('bit', [2], type('ap_fixed<1,1>'));
  builder.exact({ id: 'nothing', kind: 'relu', operand: bit });
  const index = builder.input('index', [3], type('ap_ufixed<4,4>'));
  builder.exact({
    id: 'looked',
    kind: 'lookup',
    operand: index,
    table: table(
      [16],
      'ap_fixed<17,17>',
      [...Array(16).keys()].map((place) => place * 4369 - 32769),
    ),
  });
  return builder.build('edges', ['half16', 'half32', 'half64', 'looked']);
}

/** Rows of words one bit too small for their widest number. */
function rowsProgram(): Program {
  const builder = new ProgramBuilder();
  const x = builder.input('x', [3], type('ap_fixed<16,16>'));
  const y = builder.input('y', [2], type('ap_ufixed<16,16>'));
  builder.exact({ id: 'flipped', kind: 'concat', operands: [y, x], axis: 0 });
  return builder.build('rows', ['flipped']);
}

/** Dot products of pairs: an odd operand, weights of zero by ones and twos, a neuron of zeros, an operand that comes twice. */
function dotsProgram(): Program {
  const builder = new ProgramBuilder();
  const x = builder.input('x', [9], type('ap_fixed<10,10>'));
  const twice = builder.exact({ id: 'twice', kind: 'concat', operands: [x, x], axis: 0 });
  const raws = Array.from({ length: 18 * 7 }, (_, place) => {
    const [row, column] = [Math.floor(place / 7), place % 7];
    if (column === 6 || (row + column) % 5 === 0 || (row >> 1) % 4 === column % 4) return 0;
    return ((place * 37) % 255) - 127;
  });
  builder.exact({ id: 'first', kind: 'dense', operand: twice, weights: table([18, 7], 'ap_fixed<8,8>', raws) });
  builder.cast('narrow', 'first', type('ap_fixed<12,16,AP_RND,AP_SAT>'));
  const second = Array.from({ length: 7 * 5 }, (_, place) => ((place * 29) % 63) - 31);
  builder.exact({ id: 'second', kind: 'dense', operand: 'narrow', weights: table([7, 5], 'ap_fixed<6,6>', second) });
  // Weights of 17 bits with the sign: no pairs.
  const steep = Array.from({ length: 9 * 4 }, (_, place) => 32768 + place * 700);
  builder.exact({ id: 'steep', kind: 'dense', operand: x, weights: table([9, 4], 'ap_ufixed<16,16>', steep) });
  return builder.build('dots', ['second', 'steep']);
}

/** Sums, differences, products and comparisons of numbers of two limbs, whose low limbs carry. */
function limbsProgram(): Program {
  const builder = new ProgramBuilder();
  const [x, y] = ['x', 'y'].map((id) => builder.input(id, [2], type('ap_fixed<100,100>'))) as [string, string];
  builder.exact({ id: 'sum', kind: 'add', left: x, right: y });
  builder.exact({ id: 'difference', kind: 'subtract', left: x, right: y });
  builder.exact({ id: 'product', kind: 'multiply', left: x, right: y });
  builder.exact({ id: 'largest', kind: 'max', left: x, right: y });
  builder.exact({ id: 'less', kind: 'compare', relation: 'less', left: x, right: y });
  builder.exact({ id: 'equal', kind: 'compare', relation: 'equal', left: x, right: y });
  builder.cast('kept', 'sum', type('ap_fixed<70,90,AP_RND_CONV>'));
  builder.cast('low', 'product', type('ap_ufixed<30,40>'));
  builder.cast('clamped', 'difference', type('ap_fixed<66,66,AP_TRN,AP_SAT_SYM>'));
  return builder.build('limbs', ['low', 'kept', 'clamped']);
}

/** More values than the first-level cache holds: those of 8 bits are kept in 8 bits, those of 128 and -129 must not be. */
function compactProgram(): Program {
  const count = 800;
  const builder = new ProgramBuilder();
  const x = builder.input('x', [count], type('ap_fixed<8,8>'));
  const [one, minus] = [1, -1].map((raw) => builder.constant(`c${raw + 1}`, table([1], 'ap_fixed<2,2>', [raw])));
  builder.exact({ id: 'up', kind: 'add', left: x, right: one! });
  builder.exact({ id: 'down', kind: 'add', left: x, right: minus! });
  const weights = table(
    [count, 2],
    'ap_fixed<3,3>',
    Array.from({ length: 2 * count }, (_, place) => (place % 7) - 3),
  );
  for (const side of ['up', 'down', 'x']) builder.exact({ id: `${side}_sum`, kind: 'dense', operand: side, weights });
  return builder.build('compact', ['up_sum', 'down_sum', 'x_sum']);
}
