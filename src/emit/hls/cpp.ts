/** C++ text: types, literals, loops and index expressions. */
import { toDecimal } from '../../fixed/dyadic.js';
import { type Format, fractionBits } from '../../fixed/format.js';
import { bitLength } from '../../fixed/interval.js';
import { sizeOf } from '../../ir/op.js';

/** `ap_fixed<...>` with modes only where they are not the default. */
export function cppType(format: Format): string {
  const { signed, width, integer, rounding, overflow } = format;
  const isPlain = rounding === 'AP_TRN' && overflow === 'AP_WRAP';
  return `${signed ? 'ap_fixed' : 'ap_ufixed'}<${width}, ${integer}${isPlain ? '' : `, ${rounding}, ${overflow}`}>`;
}

/** Bits of a double's significand: numbers up to this size are written in decimal, exactly. */
const doubleBits = 53;

/** A constant of the type called `typeName`: decimal digits where a double holds it, else the raw bits. */
export function cppLiteral(raw: bigint, format: Format, typeName: string): string {
  const fraction = fractionBits(format);
  const isDouble = bitLength(raw < 0n ? -raw : raw) <= doubleBits && Math.abs(fraction) < 900;
  if (isDouble) return doubleLiteral(toDecimal(raw, fraction));
  return `axoc::from_bits<${typeName}>("${BigInt.asUintN(format.width, raw).toString(16)}")`;
}

/** Digits that C++ reads as an int or as a double, never as an integer it has no type for. */
function doubleLiteral(digits: string): string {
  return digits.includes('.') || digits.length < 10 ? digits : `${digits}.0`;
}

/** Nested braces around literals, by the axes of `shape`, a row a line. */
export function cppInitializer(literals: readonly string[], shape: readonly number[]): string {
  if (shape.length <= 1) return `{${literals.join(', ')}}`;
  const inner = sizeOf(shape.slice(1));
  const rows = Array.from({ length: shape[0]! }, (_, row) =>
    cppInitializer(literals.slice(row * inner, (row + 1) * inner), shape.slice(1)),
  );
  return `{\n${rows.join(',\n')}}`;
}

/** A loop over `variable` from 0 to `count - 1`, unrolled in hardware. */
export function loop(variable: string, count: number, body: readonly string[], label?: string): string[] {
  return [
    `${label === undefined ? '' : `${label}: `}for (int ${variable} = 0; ${variable} < ${count}; ${variable}++) {`,
    '#pragma HLS UNROLL',
    ...body.map((line) => (line.startsWith('#') ? line : `  ${line}`)),
    '}',
  ];
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** `offset + sum over axes of (position along the axis) * strides[axis]`, position being that of flat index `i` in `shape`. */
export function indexExpression(shape: readonly number[], strides: readonly number[], offset: number): string {
  const count = sizeOf(shape);
  const isFlat = strides.every((stride, axis) => shape[axis] === 1 || stride === stridesOf(shape)[axis]);
  if (isFlat) return withOffset('i', offset);
  const terms = shape.flatMap((length, axis) => {
    const stride = strides[axis]!;
    if (length === 1 || stride === 0) return [];
    const block = stridesOf(shape)[axis]!;
    const quotient = block === 1 ? 'i' : `i / ${block}`;
    const isOutermost = block * length === count;
    const position = isOutermost ? quotient : block === 1 ? `i % ${length}` : `(${quotient}) % ${length}`;
    if (stride === 1) return [position];
    return [position === 'i' ? `i * ${stride}` : `(${position}) * ${stride}`];
  });
  return terms.length === 0 ? String(offset) : withOffset(terms.join(' + '), offset);
}

function withOffset(expression: string, offset: number): string {
  return offset === 0 ? expression : `${expression} + ${offset}`;
}
