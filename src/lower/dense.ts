/** Dense layers: bit for bit what the accumulator's type makes of them. */
import { type Format, fractionBits } from '../fixed/format.js';
import {
  addIntervals,
  canOverflow,
  castInterval,
  type Interval,
  multiplyIntervals,
  pointInterval,
  rescaledInterval,
} from '../fixed/interval.js';
import { compacted, type Table } from '../fixed/table.js';
import type { ProgramBuilder } from '../ir/builder.js';
import { fractionAt } from '../ir/op.js';
import type { Dense } from '../network/network.js';
import { accumulate } from './accumulate.js';

/** @returns the id of the accumulator's last value (or of the exact sum), shape [outputs], not yet in the result type */
export function lowerDense(builder: ProgramBuilder, layer: Dense, id: string, x: string): string {
  const weights = compacted(layer.weights);
  const bias = builder.constant(`${id}.bias`, layer.bias);
  if (layer.accumFormat === undefined) return exactDense(builder, id, x, weights, bias);
  const start = builder.cast(`${id}.start`, bias, [layer.accumFormat]);
  if (sumsExactly(builder, layer.accumFormat, weights, x, start)) {
    return builder.cast(`${id}.accumulator`, exactDense(builder, id, x, weights, start), [layer.accumFormat]);
  }
  const products = castProducts(builder, id, x, weights, layer.accumFormat);
  return accumulate(builder, { prefix: `${id}.`, addends: products, start, format: layer.accumFormat });
}

function exactDense(builder: ProgramBuilder, id: string, x: string, weights: Table, start: string): string {
  const product = builder.exact({ id: `${id}.product`, kind: 'dense', operand: x, weights });
  return builder.exact({ id: `${id}.sum`, kind: 'add', left: product, right: start });
}

/**
 * Whether one cast of the exact sum equals the accumulator, product by product: no product has a bit below the
 * accumulator's unit, and either overflow keeps the low bits, or neither a product nor a partial sum can leave the range.
 */
function sumsExactly(builder: ProgramBuilder, accum: Format, weights: Table, x: string, start: string): boolean {
  const type = builder.typeOf(x);
  const fraction = fractionBits(accum);
  const weightFraction = fractionBits(weights.format);
  if (type.formats.some((format) => fractionBits(format) + weightFraction > fraction)) return false;
  if (accum.overflow === 'AP_WRAP') return true;

  const ranges = builder.rangeOf(x);
  const startRanges = builder.rangeOf(start);
  const [inputs, outputs] = weights.shape as readonly [number, number];
  for (let output = 0; output < outputs; output++) {
    let partial: Interval = startRanges[output]!;
    for (let input = 0; input < inputs; input++) {
      const exact = multiplyIntervals(ranges[input]!, pointInterval(weights.raws[input * outputs + output]!));
      const product = rescaledInterval(exact, fractionAt(type, input) + weightFraction, fraction);
      if (canOverflow(product, fraction, accum)) return false;
      partial = addIntervals(partial, castInterval(product, fraction, accum));
      if (canOverflow(partial, fraction, accum)) return false;
    }
  }
  return true;
}

/** Every product by itself, cast to the accumulator's type: shape [inputs, outputs]. */
function castProducts(builder: ProgramBuilder, id: string, x: string, weights: Table, accum: Format): string {
  const column = builder.exact({ id: `${id}.column`, kind: 'reshape', operand: x }, [weights.shape[0]!, 1]);
  const factors = builder.constant(`${id}.weights`, weights);
  const products = builder.exact({ id: `${id}.products`, kind: 'multiply', left: column, right: factors });
  return builder.cast(`${id}.addends`, products, [accum]);
}
