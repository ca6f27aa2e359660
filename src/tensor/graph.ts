/**
 * The float tensor graph: immutable nodes, each one primitive operation on row-major tensors, referring to their operands directly.
 * Nodes are made by the functions of `ops.ts`, which check shapes; differentiated by `gradients.ts`; run by the executors.
 */

export type DType = 'float32' | 'float64';
export type Shape = readonly number[];

interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A tensor fed from outside, under a name that is unique in its graph. */
export interface Input extends Typed {
  readonly kind: 'input';
  readonly name: string;
}

export interface Constant extends Typed {
  readonly kind: 'constant';
  /** Row-major. */
  readonly values: readonly number[];
}

/** Element by element. `round` takes ties to even; `sign` of 0 is 0; `erf` is the error function. */
export const unaryKinds = [
  'negate',
  'abs',
  'sign',
  'exp',
  'log',
  'sqrt',
  'floor',
  'round',
  'sin',
  'cos',
  'sinh',
  'cosh',
  'tanh',
  'erf',
] as const;
export type UnaryKind = (typeof unaryKinds)[number];

export interface Unary extends Typed {
  readonly kind: UnaryKind;
  readonly operand: Node;
}

/** Element by element; shapes broadcast as NumPy's do. Comparisons give 1 or 0. */
export const binaryKinds = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'minimum',
  'less',
  'less_equal',
  'equal',
] as const;
export type BinaryKind = (typeof binaryKinds)[number];

export interface Binary extends Typed {
  readonly kind: BinaryKind;
  readonly left: Node;
  readonly right: Node;
}

/** `condition != 0 ? left : right`, element by element, broadcasting: what is not chosen does not matter, not even NaN. */
export interface Select extends Typed {
  readonly kind: 'select';
  readonly condition: Node;
  readonly left: Node;
  readonly right: Node;
}

/** Matrix product of [m, k] and [k, n], each transposed first where it says so. */
export interface MatMul extends Typed {
  readonly kind: 'matmul';
  readonly left: Node;
  readonly right: Node;
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
}

/** Reduction over `axes`, ascending; they stay with length 1 where `keepAxes`, else they go. */
export interface Reduce extends Typed {
  readonly kind: 'sum' | 'max';
  readonly operand: Node;
  readonly axes: readonly number[];
  readonly keepAxes: boolean;
}

export interface Reshape extends Typed {
  readonly kind: 'reshape';
  readonly operand: Node;
}

/** Stretches to the node's shape as NumPy's broadcasting does. */
export interface Broadcast extends Typed {
  readonly kind: 'broadcast';
  readonly operand: Node;
}

/** Axis `i` of the result is axis `order[i]` of the operand. */
export interface Transpose extends Typed {
  readonly kind: 'transpose';
  readonly operand: Node;
  readonly order: readonly number[];
}

export interface Concat extends Typed {
  readonly kind: 'concat';
  readonly operands: readonly Node[];
  readonly axis: number;
}

/** Elements `from` (included) to `to` (excluded) along each axis. */
export interface Slice extends Typed {
  readonly kind: 'slice';
  readonly operand: Node;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Zeros around: `before` and `after` along each axis. */
export interface Pad extends Typed {
  readonly kind: 'pad';
  readonly operand: Node;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** How a two-dimensional convolution (cross-correlation) walks. */
export interface Window {
  /** Vertical, horizontal. */
  readonly strides: readonly [number, number];
  /** Rows or columns of zeros: top, bottom, left, right. */
  readonly padding: readonly [number, number, number, number];
}

/** x[batch][height][width][channel] with kernel[height][width][channel][filter]. */
export interface Conv2d extends Typed {
  readonly kind: 'conv2d';
  readonly operand: Node;
  readonly kernel: Node;
  readonly window: Window;
}

/** What a convolution's result passes back to its input (a transposed convolution); the node's shape is the input's. */
export interface Conv2dInputGradient extends Typed {
  readonly kind: 'conv2d_input_gradient';
  readonly gradient: Node;
  readonly kernel: Node;
  readonly window: Window;
}

/** What a convolution's result passes back to its kernel; the node's shape is the kernel's. */
export interface Conv2dKernelGradient extends Typed {
  readonly kind: 'conv2d_kernel_gradient';
  readonly operand: Node;
  readonly gradient: Node;
  readonly window: Window;
}

/** x[batch][height][width][channel] with every row repeated `factors[0]` times and every column `factors[1]` times. */
export interface Upsample extends Typed {
  readonly kind: 'upsample';
  readonly operand: Node;
  /** Vertical, horizontal. */
  readonly factors: readonly [number, number];
}

/**
 * Channels laid out as blocks of rows and columns: channel `(i * block[1] + j) * channels + c` of x[batch][height][width][...] becomes channel
 * `c` of row `i`, column `j` in its block.
 */
export interface DepthToSpace extends Typed {
  readonly kind: 'depth_to_space';
  readonly operand: Node;
  /** Vertical, horizontal. */
  readonly block: readonly [number, number];
}

/** The way back: blocks of rows and columns gathered in channels. */
export interface SpaceToDepth extends Typed {
  readonly kind: 'space_to_depth';
  readonly operand: Node;
  readonly block: readonly [number, number];
}

/** The same numbers in the node's dtype. */
export interface Convert extends Typed {
  readonly kind: 'convert';
  readonly operand: Node;
}

/**
 * The value of `value`; a gradient goes to `path` instead, or nowhere. With it a quantiser is straight-through and its value is still exactly
 * the quantised one, which `x + stop(q(x) - x)` is not in floating point.
 */
export interface Surrogate extends Typed {
  readonly kind: 'surrogate';
  readonly value: Node;
  readonly path?: Node;
}

export type Node =
  | Input
  | Constant
  | Unary
  | Binary
  | Select
  | MatMul
  | Reduce
  | Reshape
  | Broadcast
  | Transpose
  | Concat
  | Slice
  | Pad
  | Conv2d
  | Conv2dInputGradient
  | Conv2dKernelGradient
  | Upsample
  | DepthToSpace
  | SpaceToDepth
  | Convert
  | Surrogate;

/** What an executor runs: every output by name. */
export interface Graph {
  /** In the order of first use; no two share a name. */
  readonly inputs: readonly Input[];
  readonly outputs: ReadonlyMap<string, Node>;
}

export function elementCountOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Operands of a node, in order; the path of a surrogate is not one: it is never computed for its value. */
export function operandsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'input':
    case 'constant':
      return [];
    case 'select':
      return [node.condition, node.left, node.right];
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'maximum':
    case 'minimum':
    case 'less':
    case 'less_equal':
    case 'equal':
    case 'matmul':
      return [node.left, node.right];
    case 'concat':
      return node.operands;
    case 'conv2d':
      return [node.operand, node.kernel];
    case 'conv2d_input_gradient':
      return [node.gradient, node.kernel];
    case 'conv2d_kernel_gradient':
      return [node.operand, node.gradient];
    case 'surrogate':
      return [node.value];
    default:
      return [node.operand];
  }
}
