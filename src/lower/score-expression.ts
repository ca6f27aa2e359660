/** Score expressions as operations of the fixed-point language: exact, so that every range is proved and no bit is lost. */
import { makeFormat } from '../fixed/format.js';
import { narrowestFormat, tableOf } from '../fixed/table.js';
import type { ProgramBuilder } from '../ir/builder.js';
import { fractionAt } from '../ir/op.js';
import { foldScore, type ScoreExpression, vectorLength } from '../network/score/expression.js';
import { flattened } from './flat.js';

/**
 * @param id of the score; the operations are its parts
 * @param idOf the id of a layer's values
 * @returns the id of the exact result, shape [1]
 */
export function lowerExpression(
  builder: ProgramBuilder,
  expression: ScoreExpression,
  id: string,
  idOf: (layer: string) => string,
): string {
  let count = 0;
  const next = (what: string): string => `${id}.${what}_${++count}`;
  return foldScore<string>(expression, (part, operands) => {
    const [x, y] = operands as readonly [string, string];
    switch (part.kind) {
      case 'layer':
        return flattened(builder, next('flat'), idOf(part.name));
      case 'constant':
        return builder.constant(next('constant'), tableOf([1], [part.value], narrowestFormat([part.value])));
      case 'element':
        return builder.exact({
          id: next('element'),
          kind: 'slice',
          operand: x,
          from: [part.index],
          to: [part.index + 1],
        });
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'max':
        return builder.exact({ id: next(part.kind), kind: part.kind, left: x, right: y });
      case 'negate':
        return negative(builder, x, next);
      case 'square':
        return builder.exact({ id: next('square'), kind: 'square', operand: x });
      case 'abs':
        return magnitude(builder, x, next);
      case 'sum':
        return builder.exact({ id: next('sum'), kind: 'sum', operand: x, axis: 0 });
      case 'largest':
        return largest(builder, x, vectorLength(part.operand), next);
    }
  });
}

/** `0 - x`; the 0 has the fraction bits of `x`, so that the result has no others. */
function negative(builder: ProgramBuilder, x: string, next: (what: string) => string): string {
  const format = makeFormat(false, 1, 1 - fractionAt(builder.typeOf(x), 0));
  const left = builder.constant(next('zero'), { shape: [1], format, raws: [0n] });
  return builder.exact({ id: next('negative'), kind: 'subtract', left, right: x });
}

/** `max(x, -x)`. The relu changes nothing but the range: of the two alone it is not seen that one of them is not negative. */
function magnitude(builder: ProgramBuilder, x: string, next: (what: string) => string): string {
  const right = negative(builder, x, next);
  const larger = builder.exact({ id: next('larger'), kind: 'max', left: x, right });
  return builder.exact({ id: next('abs'), kind: 'relu', operand: larger });
}

/** The larger of two halves, again and again; of an odd number the one in the middle is in both. */
function largest(builder: ProgramBuilder, x: string, length: number, next: (what: string) => string): string {
  if (length === 1) return x;
  const half = Math.ceil(length / 2);
  const part = (from: number): string =>
    builder.exact({ id: next('half'), kind: 'slice', operand: x, from: [from], to: [from + half] });
  const larger = builder.exact({ id: next('max'), kind: 'max', left: part(0), right: part(length - half) });
  return largest(builder, larger, half, next);
}
