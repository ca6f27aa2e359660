// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of templates as they stand in the files
/** Bugs to plant: one change of text each, and the judge that must catch it. */
import type { Change } from './copy.js';
import { comparison, type Judge, oracle, verification } from './judges.js';

export interface Plant extends Change {
  readonly what: string;
  readonly judge: Judge;
  /** How the report begins or what it holds: the bug must be caught for what it is, not for something else. */
  readonly report: RegExp;
}

/** By the emitted C++ alone. */
const inEmitter: readonly Omit<Plant, 'judge'>[] = [
  {
    what: 'a relu passes nothing below 1',
    file: 'src/emit/hls/statements.ts',
    find: '${a} > 0 ?',
    replace: '${a} > 1 ?',
    report: /leg hls: positive/,
  },
  {
    what: 'a rounding mode is not printed beside AP_WRAP',
    file: 'src/emit/hls/cpp.ts',
    find: "rounding === 'AP_TRN' && overflow === 'AP_WRAP'",
    replace: "overflow === 'AP_WRAP'",
    report: /leg hls: first/,
  },
  {
    what: 'unsigned types get a sign',
    file: 'src/emit/hls/cpp.ts',
    find: "${signed ? 'ap_fixed' : 'ap_ufixed'}<",
    replace: 'ap_fixed<',
    report: /leg hls/,
  },
  {
    what: 'weights are transposed',
    file: 'src/emit/hls/statements.ts',
    find: '${y.tableName}[i][j];`]',
    replace: '${y.tableName}[j][i];`]',
    report: /leg hls: first/,
  },
  {
    what: 'loops miss their last element',
    file: 'src/emit/hls/cpp.ts',
    find: '${variable} < ${count};',
    replace: '${variable} < ${count} - 1;',
    report: /leg hls/,
  },
  {
    what: 'arrays with several formats, or of sums, are a bit too narrow',
    file: 'src/emit/hls/containers.ts',
    find: 'return makeFormat(signed, Math.max(1, integer + fraction), Math.max(1, integer + fraction) - fraction);',
    replace:
      'return makeFormat(signed, Math.max(1, integer + fraction - 1), Math.max(1, integer + fraction - 1) - fraction);',
    report: /leg hls/,
  },
  {
    what: 'arrays with several formats have the fraction bits of the coarsest',
    file: 'src/emit/hls/containers.ts',
    find: 'const fraction = Math.max(...formats.map(fractionBits));',
    replace: 'const fraction = Math.min(...formats.map(fractionBits));',
    report: /leg hls/,
  },
  {
    what: 'literals have too few digits',
    file: 'src/emit/hls/cpp.ts',
    find: 'doubleLiteral(toDecimal(raw, fraction))',
    replace: 'doubleLiteral(toDecimal(raw, fraction).slice(0, 6))',
    report: /leg hls: first/,
  },
  {
    what: 'literals of 73 bits go through a double',
    file: 'src/emit/hls/cpp.ts',
    find: 'const doubleBits = 53;',
    replace: 'const doubleBits = 80;',
    report: /leg hls: wide/,
  },
  {
    what: 'shifts element by element go the other way',
    file: 'src/emit/hls/statements.ts',
    find: '${wide} >> ${y.tableName}[i]',
    replace: '${wide} << ${y.tableName}[i]',
    report: /leg hls: x/,
  },
  {
    what: 'a sum takes neighbours where it should stride',
    file: 'src/emit/hls/statements.ts',
    find: "${inner === 1 ? 'i' : `i * ${inner}`}",
    replace: 'i',
    report: /leg hls: sum/,
  },
  {
    what: 'a slice starts at the first element',
    file: 'src/emit/hls/statements.ts',
    find: 'sum + from * strides[axis]!, 0);',
    replace: 'sum + 0 * from * strides[axis]!, 0);',
    report: /leg hls: slice/,
  },
  {
    what: 'joined parts overlap',
    file: 'src/emit/hls/statements.ts',
    find: 'along += shape[op.axis]!;',
    replace: 'along += 1;',
    report: /leg hls: concat/,
  },
  {
    what: 'a convolution is padded at the wrong side',
    file: 'src/emit/hls/statements.ts',
    find: 'const [top, , left] = op.padding;',
    replace: 'const [top, left] = op.padding;',
    report: /leg hls: conv/,
  },
  {
    what: 'an output leaves through its port in another order',
    file: 'src/emit/hls/project.ts',
    find: '    ${port}[i] = ${variable.name}[i];',
    replace: '    ${port}[i] = ${variable.name}[${variable.length} - 1 - i];',
    report: /leg hls: (concat|modes)/,
  },
  {
    what: 'max is min',
    file: 'src/emit/hls/statements.ts',
    find: '${a} > ${b} ?',
    replace: '${a} < ${b} ?',
    report: /leg hls: max/,
  },
  {
    what: 'less_equal forgets the equal',
    file: 'src/emit/hls/statements.ts',
    find: "return '<=';",
    replace: "return '<';",
    report: /leg hls: less_equal/,
  },
  {
    what: 'a cast between equal types is a copy',
    file: 'src/emit/hls/statements.ts',
    find: "const isCopy = to.overflow === 'AP_SAT_SYM' && sameFormat(x.format, to);",
    replace: 'const isCopy = false && sameFormat(x.format, to);',
    report: /leg hls: clamped/,
  },
  {
    what: 'the upper words of a trace are put on the lowest',
    file: 'src/verify/hls-leg.ts',
    find: 'bytes.readBigUInt64LE(position) << BigInt(low);',
    replace: 'bytes.readBigUInt64LE(position);',
    report: /leg hls: wide/,
  },
  {
    what: 'the headers tie to odd',
    file: 'hls/include/ap_types/detail/cast.h',
    find: '(floor & static_cast<T>(1)) != static_cast<T>(0)',
    replace: '(floor & static_cast<T>(1)) == static_cast<T>(0)',
    report: /leg hls/,
  },
];

/** Before any C++: the interpreter after the passes is no longer the one before them. */
const inPasses: readonly Omit<Plant, 'judge'>[] = [
  {
    what: 'a truncation is joined with the rounding before it',
    file: 'src/passes/merge-casts.ts',
    find: "to.rounding === 'AP_TRN' && final.rounding === 'AP_TRN'",
    replace: "final.rounding === 'AP_TRN'",
    report: /leg interpreter: (truncated|clamped)/,
  },
  {
    what: 'a cast is joined with the saturation before it',
    file: 'src/passes/merge-casts.ts',
    find: 'if (canOverflow(range, fraction, to)) return false;',
    replace: '',
    report: /leg interpreter/,
  },
  {
    what: 'narrowing forgets to saturate',
    file: 'src/passes/narrow-formats.ts',
    find: 'return { ...to, rounding };',
    replace: 'return makeFormat(to.signed, to.width, to.integer, rounding);',
    report: /leg interpreter/,
  },
  {
    what: 'a value with one constant element becomes constant',
    file: 'src/passes/fold-constants.ts',
    find: '!range.every(isPoint)',
    replace: '!range.some(isPoint)',
    report: /leg interpreter: first/,
  },
  {
    what: 'the interval after a wrap-around is too narrow',
    file: 'src/fixed/interval.ts',
    find: 'return high - low === onGrid.high - onGrid.low ?',
    replace: 'return high >= low ?',
    report: /leg hls: doubled/,
  },
  {
    what: 'the interval of a square forgets the negative numbers',
    file: 'src/fixed/interval.ts',
    find: 'high: low > high ? low : high };',
    replace: 'high };',
    report: /leg hls: (score|square)/,
  },
];

/** The emitted C++ shows that the interpreter is wrong. */
const inInterpreter: readonly Omit<Plant, 'judge'>[] = [
  {
    what: 'AP_RND_ZERO rounds ties away from zero',
    file: 'src/fixed/cast.ts',
    find: '(remainder === half && isNegative)',
    replace: '(remainder === half && !isNegative)',
    report: /leg hls: modes\[/,
  },
  {
    what: 'AP_RND_CONV ties to odd',
    file: 'src/fixed/cast.ts',
    find: '(floor & 1n) === 1n',
    replace: '(floor & 1n) === 0n',
    report: /leg hls: (x|positive|modes)\[/,
  },
  {
    what: 'AP_SAT_SYM keeps the code without a positive twin',
    file: 'src/fixed/cast.ts',
    find: '? -maxRaw(to) : minRaw(to)',
    replace: '? minRaw(to) : minRaw(to)',
    report: /leg hls: (clamped|modes)\[/,
  },
  {
    what: 'AP_SAT_ZERO clamps',
    file: 'src/fixed/cast.ts',
    find: "case 'AP_SAT_ZERO':\n      return 0n;",
    replace: "case 'AP_SAT_ZERO':\n      return raw < low ? low : high;",
    report: /leg hls: modes\[/,
  },
  {
    what: 'an unsigned value that wraps gets a sign',
    file: 'src/fixed/cast.ts',
    find: 'BigInt.asUintN(to.width, raw)',
    replace: 'BigInt.asIntN(to.width, raw)',
    report: /leg hls: (score|wrapped)\[/,
  },
  {
    what: 'a number is not less than or equal to its equal',
    file: 'src/simulate/interpret.ts',
    find: 'return a <= b;',
    replace: 'return a < b;',
    report: /leg hls: less_equal\[/,
  },
  {
    what: 'the last product of a sum is left out',
    file: 'src/simulate/interpret.ts',
    find: 'of taps) sum +=',
    replace: 'of taps.slice(0, -1)) sum +=',
    report: /leg hls: (first|conv|sum)\[/,
  },
  {
    what: 'the slope of a leaky relu is on the positive side',
    file: 'src/simulate/interpret.ts',
    find: '(a < 0n ? slope : unit)',
    replace: '(a < 0n ? unit : slope)',
    report: /leg hls: leaky/,
  },
];

const inLowering: readonly Omit<Plant, 'judge'>[] = [
  {
    what: 'the bias is left out',
    file: 'src/lower/sums.ts',
    find: "return builder.exact({ id: `${id}.sum`, kind: 'add', left: product, right: start });",
    replace: 'return start === id ? start : product;',
    report: /layers: .* first\[/,
  },
  {
    what: 'products are not cast to the type of the accumulator',
    file: 'src/lower/sums.ts',
    find: 'builder.cast(`${id}.addends`, sums.products(), [accumFormat]);',
    replace: 'sums.products();',
    report: /lossy: .* (clamping|rounding)\[/,
  },
  {
    what: 'sums run from the last input to the first',
    file: 'src/lower/accumulate.ts',
    find: 'from: [term, ...origin],\n      to: [term + 1, ...outputs],',
    replace: 'from: [terms - 1 - term, ...origin],\n      to: [terms - term, ...outputs],',
    report: /lossy: .* clamping\[/,
  },
  {
    what: 'a saturating sum is taken at once',
    file: 'src/lower/sums.ts',
    find: "if (accum.overflow === 'AP_WRAP') return true;",
    replace: 'if (accum.overflow.length > 0) return true;',
    report: /lossy: .* clamping\[/,
  },
  {
    what: 'a sum that rounds to even is rounded term by term',
    file: 'src/lower/accumulate.ts',
    find: "['AP_TRN', 'AP_RND', 'AP_RND_MIN_INF']",
    replace: "['AP_TRN', 'AP_RND', 'AP_RND_MIN_INF', 'AP_RND_CONV']",
    report: /scored: .* score\[/,
  },
  {
    what: 'inputs are shifted the other way',
    file: 'src/lower/scaling.ts',
    find: 'feltShift(shift, hardwareFormat, to));',
    replace: 'feltShift(-shift, hardwareFormat, to));',
    report: /layers: .* x\[/,
  },
  {
    what: 'a shift to the left saturates like the type it happens in',
    file: 'src/lower/scaling.ts',
    find: "{ ...hardwareFormat, rounding: 'AP_TRN', overflow: 'AP_WRAP' } as const",
    replace: "{ ...hardwareFormat, rounding: 'AP_TRN' } as const",
    report: /lossy: .* x\[/,
  },
  {
    what: 'offsets are not cast to their type',
    file: 'src/lower/scaling.ts',
    find: 'offsetFormat === undefined ? written :',
    replace: 'offsetFormat?.width !== 0 ? written :',
    report: /layers: .* x\[/,
  },
  {
    what: 'the difference of a score is not cast',
    file: 'src/lower/score.ts',
    find: 'return castIfGiven(builder, `${id}.difference`, exact, score.differenceFormat);',
    replace: 'return castIfGiven(builder, `${id}.difference`, exact, undefined);',
    report: /score\[/,
  },
  {
    what: 'the last cast of a score is forgotten',
    file: 'src/lower/score.ts',
    find: 'if (score.lastFormat === undefined) return',
    replace: 'if (score.kind !== undefined) return',
    report: /score/,
  },
  {
    what: 'a layer always reads the one before it',
    file: 'src/network/read-network.ts',
    find: 'const source = layer.input ?? previous;',
    replace: 'const source = previous ?? layer.input;',
    report: /layers: /,
  },
];

const inComparison: readonly Omit<Plant, 'judge'>[] = [
  {
    what: 'only the first element is compared',
    file: 'src/verify/compare.ts',
    find: 'of expectedFractions.entries())',
    replace: 'of expectedFractions.slice(0, 1).entries())',
    report: /accepted a last element/,
  },
  {
    what: 'numbers one unit apart are equal',
    file: 'src/verify/compare.ts',
    find: 'return a === b;',
    replace: 'return a - b <= 1n && b - a <= 1n;',
    report: /accepted a first element/,
  },
  {
    what: 'units are not looked at',
    file: 'src/verify/compare.ts',
    find: 'if (aFraction === bFraction) return',
    replace: 'if (aFraction !== undefined) return',
    report: /refused the right numbers in finer units/,
  },
  {
    what: 'missing values are passed over',
    file: 'src/verify/compare.ts',
    find: 'if (raw !== undefined && isSame(',
    replace: 'if (raw === undefined || isSame(',
    report: /accepted a value that is missing/,
  },
  {
    what: 'only inputs and outputs are compared',
    file: 'src/verify/leg.ts',
    find: 'namedOps(program).map((op) => [',
    replace: "namedOps(program).filter((op) => op.kind === 'input' || program.outputs.includes(op.id)).map((op) => [",
    report: /accepted an intermediate value/,
  },
  {
    what: 'the last vector is passed over',
    file: 'src/verify/verify.ts',
    find: 'of reference.traces.entries())',
    replace: 'of reference.traces.slice(0, -1).entries())',
    report: /accepted a last vector/,
  },
  {
    what: 'fewer vectors than planned will do',
    file: 'src/verify/verify.ts',
    find: 'throw internalError(leg.name, `the leg gave ${found.length} of ${reference.vectors.length} vectors`);',
    replace: 'reference = { ...reference, traces: reference.traces.slice(0, found.length) };',
    report: /accepted one vector too few/,
  },
  {
    what: 'only the first block of vectors is verified',
    file: 'src/verify/verify.ts',
    find: 'start < vectors.length; start += blockSize',
    replace: 'start < Math.min(1, vectors.length); start += blockSize',
    report: /accepted vector 1026/,
  },
  {
    what: 'a mismatch is found and not told',
    file: 'src/verify/verify.ts',
    find: 'if (mismatch !== undefined) return { legs: results, mismatch };',
    replace: '',
    report: /accepted a first element/,
  },
];

const judged = (plants: readonly Omit<Plant, 'judge'>[], judge: Judge): Plant[] =>
  plants.map((plant) => ({ ...plant, judge }));

export const plants: readonly Plant[] = [
  ...judged(inEmitter, verification),
  ...judged(inPasses, verification),
  ...judged(inInterpreter, verification),
  ...judged(inLowering, oracle),
  ...judged(inComparison, comparison),
];
