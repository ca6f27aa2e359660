/** A few graphs of every operation on random shapes: what the tests of executors and of gradients run. */
import { Random } from '../../src/base/random.js';
import { type DType, elementCountOf, type Input, type Node, type Shape } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';

export interface Case {
  readonly name: string;
  readonly node: Node;
  readonly inputs: readonly Input[];
  readonly feeds: ReadonlyMap<string, readonly number[]>;
}

/** Where the inputs of an operation lie: it is defined and smooth there, ties and steps apart. */
interface Range {
  readonly low: number;
  readonly high: number;
}

export function uniform(random: Random, { low, high }: Range): number {
  return low + (high - low) * (random.nextWord() / 2 ** 32);
}

export class CaseMaker {
  readonly inputs: Input[] = [];
  readonly feeds = new Map<string, readonly number[]>();

  constructor(
    readonly random: Random,
    readonly dtype: DType,
  ) {}

  input(shape: Shape, range: Range = { low: -2, high: 2 }): Input {
    const input = op.input(`x${this.inputs.length}`, shape, this.dtype);
    this.inputs.push(input);
    const inDType = this.dtype === 'float32' ? Math.fround : (x: number) => x;
    this.feeds.set(
      input.name,
      Array.from({ length: elementCountOf(shape) }, () => inDType(uniform(this.random, range))),
    );
    return input;
  }

  shape(lowestRank = 0, highestRank = 4): Shape {
    const rank = this.random.integer(lowestRank, highestRank);
    return Array.from({ length: rank }, () => this.random.integer(1, 4));
  }

  /** A shape that broadcasts to `shape`: leading axes gone, others 1. */
  narrower(shape: Shape): Shape {
    return shape
      .slice(this.random.integer(0, shape.length))
      .map((length) => (this.random.integer(0, 2) === 0 ? 1 : length));
  }

  order(rank: number): readonly number[] {
    const axes = Array.from({ length: rank }, (_, axis) => axis);
    for (let left = rank - 1; left > 0; left--) {
      const other = this.random.integer(0, left);
      [axes[left], axes[other]] = [axes[other]!, axes[left]!];
    }
    return axes;
  }

  axes(rank: number): readonly number[] {
    return Array.from({ length: rank }, (_, axis) => axis).filter(() => this.random.integer(0, 1) === 1);
  }

  get coin(): boolean {
    return this.random.integer(0, 1) === 1;
  }
}

const positive: Range = { low: 0.2, high: 3 };
const narrow: Range = { low: -1.2, high: 1.2 };

const ofShape =
  (make: (x: Node) => Node, range?: Range) =>
  (m: CaseMaker): Node =>
    make(m.input(m.shape(), range));

const ofTwo =
  (make: (a: Node, b: Node) => Node, range?: Range) =>
  (m: CaseMaker): Node => {
    const shape = m.shape();
    const [a, b] = [m.input(shape), m.input(m.narrower(shape), range)];
    return make(a, b);
  };

function convolution(m: CaseMaker): { x: Shape; kernel: Shape; window: Parameters<typeof op.conv2d>[2] } {
  // Gradients of kernels are computed in another way for many channels.
  const [channels, filters] = [m.coin ? 9 : m.random.integer(1, 3), m.random.integer(1, 3)];
  const kernel = [m.random.integer(1, 3), m.random.integer(1, 3), channels, filters];
  return {
    x: [m.random.integer(1, 2), m.random.integer(3, 6), m.random.integer(3, 6), channels],
    kernel,
    window: {
      strides: [m.random.integer(1, 3), m.random.integer(1, 3)],
      padding: [0, 1, 2, 3].map(() => m.random.integer(0, 2)) as [number, number, number, number],
    },
  };
}

/** A shape of rank 4 and how many rows and columns each element becomes; not one of each. */
function blocks(m: CaseMaker): [[number, number, number, number], [number, number]] {
  const [down, isSquare] = [m.random.integer(1, 3), m.coin];
  const right = isSquare ? Math.max(down, 2) : m.random.integer(2, 3);
  const shape = [2, 4, 4, 3].map((most) => m.random.integer(1, most)) as [number, number, number, number];
  return [shape, [isSquare ? right : down, right]];
}

/** A way to build each operation. */
export const builders: Readonly<Record<string, (m: CaseMaker) => Node>> = {
  negate: ofShape(op.negate),
  abs: ofShape(op.abs),
  sign: ofShape(op.sign),
  exp: ofShape(op.exp),
  log: ofShape(op.log, positive),
  sqrt: ofShape(op.sqrt, positive),
  floor: ofShape(op.floor),
  round: ofShape(op.round),
  sin: ofShape(op.sin),
  cos: ofShape(op.cos),
  sinh: ofShape(op.sinh),
  cosh: ofShape(op.cosh),
  tanh: ofShape(op.tanh, narrow),
  erf: ofShape(op.erf, narrow),
  add: ofTwo(op.add),
  subtract: ofTwo((a, b) => op.subtract(b, a)),
  multiply: ofTwo(op.multiply),
  divide: ofTwo(op.divide, positive),
  maximum: ofTwo(op.maximum),
  minimum: ofTwo((a, b) => op.minimum(b, a)),
  less: ofTwo(op.less),
  less_equal: ofTwo(op.lessEqual),
  equal: ofTwo((a, b) => op.equal(op.round(a), op.round(b))),
  select: (m) => {
    const shape = m.shape();
    const condition = m.coin ? op.less(m.input(shape), 0) : op.floor(m.input(shape, { low: 0, high: 3 }));
    const [left, right] = [m.input(m.narrower(shape)), m.input(m.narrower(shape))];
    return op.select(condition, left, right);
  },
  matmul: (m) => {
    const [rows, inner, columns] = [m.random.integer(1, 5), m.random.integer(1, 5), m.random.integer(1, 5)];
    const [transposeLeft, transposeRight] = [m.coin, m.coin];
    const left = m.input(transposeLeft ? [inner, rows] : [rows, inner]);
    const right = m.input(transposeRight ? [columns, inner] : [inner, columns]);
    return op.matmul(left, right, { transposeLeft, transposeRight });
  },
  sum: (m) => {
    const x = m.input(m.shape());
    return op.sum(x, m.axes(x.shape.length), m.coin);
  },
  max: (m) => {
    const x = m.input(m.shape());
    return op.max(x, m.axes(x.shape.length), m.coin);
  },
  reshape: (m) => {
    const x = m.input(m.shape(1));
    return op.reshape(x, m.coin ? [elementCountOf(x.shape)] : [1, ...x.shape, 1]);
  },
  broadcast: (m) => {
    const shape = m.shape();
    return op.broadcast(m.input(m.narrower(shape)), shape);
  },
  transpose: (m) => {
    const x = m.input(m.shape());
    return op.transpose(x, m.order(x.shape.length));
  },
  concat: (m) => {
    const shape = m.shape(1);
    const axis = m.random.integer(0, shape.length - 1);
    const operands = [1, 2, 3].map((length) => m.input(shape.with(axis, length)));
    return op.concat(operands, axis);
  },
  slice: (m) => {
    const x = m.input(m.shape(1));
    const from = x.shape.map((length) => m.random.integer(0, length - 1));
    return op.slice(
      x,
      from,
      x.shape.map((length, axis) => m.random.integer(from[axis]! + 1, length)),
    );
  },
  pad: (m) => {
    const x = m.input(m.shape(1));
    return op.pad(
      x,
      x.shape.map(() => m.random.integer(0, 2)),
      x.shape.map(() => m.random.integer(0, 2)),
    );
  },
  conv2d: (m) => {
    const { x, kernel, window } = convolution(m);
    return op.conv2d(m.input(x), m.input(kernel), window);
  },
  conv2d_input_gradient: (m) => {
    const { x, kernel, window } = convolution(m);
    const shape = op.conv2d(op.input('x', x), op.input('k', kernel), window).shape;
    return op.conv2dInputGradient(m.input(shape), m.input(kernel), window, x);
  },
  conv2d_kernel_gradient: (m) => {
    const { x, kernel, window } = convolution(m);
    const shape = op.conv2d(op.input('x', x), op.input('k', kernel), window).shape;
    return op.conv2dKernelGradient(m.input(x), m.input(shape), window, kernel);
  },
  upsample: (m) => {
    const [shape, [down, right]] = blocks(m);
    return op.upsample(m.input(shape), [down, right]);
  },
  depth_to_space: (m) => {
    const [[batch, height, width, channels], [down, right]] = blocks(m);
    return op.depthToSpace(m.input([batch, height, width, channels * down * right]), [down, right]);
  },
  space_to_depth: (m) => {
    const [[batch, height, width, channels], [down, right]] = blocks(m);
    return op.spaceToDepth(m.input([batch, height * down, width * right, channels]), [down, right]);
  },
  convert: ofShape((x) => op.convert(op.convert(x, 'float64'), x.dtype)),
  surrogate: ofShape((x) => op.surrogate(op.round(op.multiply(x, 4)), x)),
};

export function makeCase(kind: string, seed: number, dtype: DType = 'float32'): Case {
  const maker = new CaseMaker(Random.seeded(seed), dtype);
  const node = builders[kind]!(maker);
  return { name: `${kind} ${seed}`, node, inputs: maker.inputs, feeds: maker.feeds };
}

export function feedsInDType({ inputs, feeds }: Case): Map<string, Float32Array | Float64Array> {
  return new Map(
    inputs.map(({ name, dtype }): [string, Float32Array | Float64Array] => [
      name,
      dtype === 'float32' ? Float32Array.from(feeds.get(name)!) : Float64Array.from(feeds.get(name)!),
    ]),
  );
}
