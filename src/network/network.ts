/** What a network is: input stage, layers in order, score; numbers exact, every type resolved. */
import type { Dyadic } from '../fixed/dyadic.js';
import type { Format } from '../fixed/format.js';
import type { Table } from '../fixed/table.js';
import type { ScoreExpression } from './score/expression.js';
import type { Padding, Strides, ValueShape } from './shape.js';

export interface Network {
  /** As the user wrote it: any text. */
  readonly name: string;
  readonly input: InputStage;
  /** In order; a layer reads one that stands before it. */
  readonly layers: readonly Layer[];
  /** Without a score the outputs of the network are those of its last layer. */
  readonly score?: Score;
}

export interface InputStage {
  /** Number of inputs. */
  readonly width: number;
  /** Type of the inputs of the first layer. */
  readonly format: Format;
  /** How hardware integers become those; absent when the inputs already are. */
  readonly scaling?: HardwareScaling;
}

/** `x = input_format(scaled_format(hardware_format(x - offset) >> shift))`, element by element. */
export interface HardwareScaling {
  /** Type of an input after its LSB is applied. */
  readonly hardwareFormat: Format;
  /** Type the offsets are cast to; absent when they are used as they are. */
  readonly offsetFormat?: Format;
  readonly offsets: readonly Dyadic[];
  /** Right when positive, left when negative. */
  readonly shifts: readonly number[];
  /** Type of the shifted difference. Absent: the hardware type, in which a shift drops bits at either end. */
  readonly scaledFormat?: Format;
  /** Value of one unit of the hardware integer. */
  readonly lsbs: readonly Dyadic[];
}

interface Named {
  readonly name: string;
  /** Where the description has it, for messages: `layers[2]`. */
  readonly place: string;
  /** Name of the layer it reads; absent for the network's inputs. */
  readonly source?: string;
  readonly resultFormat: Format;
}

/**
 * `acc = accum(bias)`; then for each input in ascending order `acc = accum(acc + accum(x * w))`; `result(acc)`.
 * Without an accumulator type the sum is exact.
 */
export interface Dense extends Named {
  readonly kind: 'dense';
  /** Shape [inputs, outputs]. */
  readonly weights: Table;
  /** Shape [outputs]. */
  readonly bias: Table;
  readonly accumFormat?: Format;
}

/**
 * Cross-correlation of an image [height, width, channels], zeros around it. For each position of the kernel and each filter
 * the sum of a dense layer; its products come in ascending order of kernel row, kernel column, channel, and those with
 * padded zeros add nothing. The result is again an image; a dense layer or the score reads it flat, row by row.
 */
export interface Conv2d extends Named {
  readonly kind: 'conv2d';
  /** Shape of what it reads, which may be flat: [height, width, channels]. */
  readonly inputShape: ValueShape;
  /** Shape [kernel height, kernel width, channels, filters]. */
  readonly weights: Table;
  /** Shape [filters]. */
  readonly bias: Table;
  readonly strides: Strides;
  readonly padding: Padding;
  readonly accumFormat?: Format;
}

/** `result(max(x, 0))`. */
export interface Relu extends Named {
  readonly kind: 'relu';
}

/** `result(x)` where x >= 0, `result(x * slope)` elsewhere. */
export interface LeakyRelu extends Named {
  readonly kind: 'leaky_relu';
  /** One number that is not negative. */
  readonly slope: Table;
}

/** `result(x)`. */
export interface CastLayer extends Named {
  readonly kind: 'cast';
}

export type Layer = Dense | Conv2d | Relu | LeakyRelu | CastLayer;

/**
 * One number for an event: `sum over i of v[i]^2`, v the latent vector or the difference of two layers, images read flat. Types that are
 * absent mean exact arithmetic at that step.
 */
export interface SumOfSquares {
  readonly kind: 'sum-of-squares' | 'sum-of-squared-difference';
  /** Layer whose values are squared. */
  readonly of: string;
  /** Layer that is subtracted first (sum-of-squared-difference). */
  readonly minus?: string;
  readonly differenceFormat?: Format;
  readonly productFormat?: Format;
  readonly accumFormat?: Format;
  readonly resultFormat: Format;
  /** A last cast (`then` in a description). */
  readonly lastFormat?: Format;
}

/** One number for an event: `result(expression)`, exact up to that cast. */
export interface ExpressionScore {
  readonly kind: 'expression';
  readonly expression: ScoreExpression;
  /** Absent: as wide as the exact result can be. */
  readonly resultFormat?: Format;
}

export type Score = SumOfSquares | ExpressionScore;
