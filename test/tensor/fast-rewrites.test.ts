/** Rewrites that may round otherwise: random shapes, kernels, factors and paddings against the plain graph in float64; each does what it says. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { gradients } from '../../src/tensor/gradients.js';
import { elementCountOf, type Graph, type Node, operandsOf } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';
import { topologicalOrder } from '../../src/tensor/order.js';
import { rewriteFast, rewriteForTraining } from '../../src/tensor/rewrites/fast/fast.js';
import { foldAffine } from '../../src/tensor/rewrites/fast/fold-affine.js';
import { foldWeights } from '../../src/tensor/rewrites/fast/fold-weights.js';
import { gatherConvolutions } from '../../src/tensor/rewrites/fast/gather-convolutions.js';
import { orderChannelsFirst } from '../../src/tensor/rewrites/fast/order-channels-first.js';
import { sinkElementwise } from '../../src/tensor/rewrites/fast/sink-elementwise.js';
import { splitUpsampledConvolutions } from '../../src/tensor/rewrites/fast/split-upsampled-convolutions.js';
import { sumInGroups } from '../../src/tensor/rewrites/fast/sum-in-groups.js';
import { activate } from '../../src/train/layers/activate.js';
import { testSeed } from '../support/seed.js';
import { CaseMaker } from './cases.js';
import { referenceValues } from './reference.js';

const graphOf = (y: Node): Graph => ({
  inputs: topologicalOrder([y]).filter((node) => node.kind === 'input'),
  outputs: new Map([['y', y]]),
});

const kindsOf = (graph: Graph): readonly string[] => topologicalOrder(graph.outputs.values()).map(({ kind }) => kind);

/** Compact text of a node, for expectations. */
function text(node: Node): string {
  if (node.kind === 'input') return node.name;
  if (node.kind === 'constant') return node.values.length > 3 ? `[${node.shape}]` : `${node.values}`;
  return `${node.kind}(${operandsOf(node).map(text).join(', ')})`;
}

/** Weights as constants, or as inputs as training has them. */
class Weights extends CaseMaker {
  constructor(
    random: Random,
    readonly areConstant: boolean,
  ) {
    super(random, 'float64');
  }

  weight(shape: readonly number[]): Node {
    const made = this.input(shape);
    if (!this.areConstant) return made;
    this.inputs.pop();
    return op.constant(this.feeds.get(made.name)!, shape, this.dtype);
  }

  integer(least: number, most: number): number {
    return this.random.integer(least, most);
  }
}

function expectSame(node: Node, feeds: ReadonlyMap<string, readonly number[]>, apply: (graph: Graph) => Graph): Graph {
  const graph = graphOf(node);
  const rewritten = apply(graph);
  const found = rewritten.outputs.get('y')!;
  expect([found.shape, found.dtype]).toEqual([node.shape, node.dtype]);
  const before = referenceValues([node], feeds).get(node)!;
  const now = referenceValues([found], feeds).get(found)!;
  before.forEach((value, index) => {
    if (!(Math.abs(now[index]! - value) <= 1e-12 * Math.max(1, Math.abs(value)) * 50))
      throw new Error(`[${index}] is ${now[index]}, not ${value}, in ${text(found)}`);
  });
  return rewritten;
}

/** An image behind upsampling or blocks, convolved with any kernel and padding that fit. */
function convolved(m: Weights, mover: 'upsample' | 'depth_to_space', filters = m.integer(1, 3)): Node {
  const factors = [m.integer(1, 3), m.integer(1, 3)] as const;
  const [batch, height, width, channels] = [m.integer(1, 2), m.integer(1, 4), m.integer(1, 4), m.integer(1, 2)];
  const small = m.input([batch, height, width, mover === 'upsample' ? channels : channels * factors[0] * factors[1]]);
  const image = mover === 'upsample' ? op.upsample(small, factors) : op.depthToSpace(small, factors);
  const padding = [0, 1, 2, 3].map(() => m.integer(0, 3)) as [number, number, number, number];
  const fitting = (axis: 1 | 2): number => image.shape[axis]! + padding[2 * axis - 2]! + padding[2 * axis - 1]!;
  const kernel = [Math.min(m.integer(1, 6), fitting(1)), Math.min(m.integer(1, 6), fitting(2)), channels, filters];
  return op.conv2d(image, m.weight(kernel), { strides: [1, 1], padding });
}

describe.each([true, false])('weights are constant: %s', (areConstant) => {
  it('a convolution of an upsampled image happens before upsampling', () => {
    const single = new Set<number>();
    for (let seed = 1; seed <= 80; seed++) {
      const m = new Weights(Random.seeded(testSeed(700) + seed), areConstant);
      const node = convolved(m, 'upsample', m.coin ? m.integer(1, 3) : 5);
      const isUpsampled = operandsOf(node)[0]!.kind === 'upsample';
      const rewritten = expectSame(node, m.feeds, splitUpsampledConvolutions);
      const kinds = kindsOf(rewritten);
      const isPoint = elementCountOf(operandsOf(node)[1]!.shape.slice(0, 2)) === 1;
      if (isUpsampled) {
        expect(kinds.includes('upsample')).toBe(isPoint && !kinds.includes('depth_to_space'));
        single.add(kinds.filter((kind) => kind === 'conv2d').length);
      }
    }
    expect(single.size).toBeGreaterThan(3);
  });

  it('a convolution with few filters reads blocks', () => {
    let changed = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const m = new Weights(Random.seeded(testSeed(800) + seed), areConstant);
      const node = convolved(m, 'depth_to_space');
      const rewritten = expectSame(node, m.feeds, gatherConvolutions);
      if (rewritten.outputs.get('y') !== node) changed++;
    }
    expect(changed).toBeGreaterThan(5);
  });

  it('everything on random decoders', () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const m = new Weights(Random.seeded(testSeed(900) + seed), areConstant);
      const rewritten = expectSame(randomDecoder(m), m.feeds, rewriteFast);
      for (const kind of kindsOf(rewritten)) kinds.add(kind);
    }
    for (const kind of ['depth_to_space', 'conv2d', 'matmul', 'transpose', 'concat']) expect(kinds).toContain(kind);
  });
});

/** Dense, then blocks of upsampling, convolution, normalisation and activation in orders that people use. */
function randomDecoder(m: Weights): Node {
  const [batch, height, width, channels] = [m.integer(1, 3), m.integer(1, 3), m.integer(1, 3), m.integer(1, 3)];
  const normalised = (x: Node): Node => {
    const size = [x.shape.at(-1)!];
    const scale = op.divide(m.weight(size), op.sqrt(op.add(op.square(m.weight(size)), 0.1)));
    return op.add(op.multiply(x, scale), op.subtract(m.weight(size), op.multiply(m.weight(size), scale)));
  };
  const activated = (x: Node): Node => (m.coin ? op.maximum(0, x) : op.select(op.less(0, x), x, op.multiply(x, 0.1)));
  const units = height * width * channels;
  const dense = op.add(op.matmul(m.input([batch, 4]), m.weight([4, units])), m.weight([units]));
  let x = op.reshape(m.coin ? activated(dense) : dense, [batch, height, width, channels]);
  if (m.coin) x = normalised(x);
  for (let block = m.integer(1, 2); block > 0; block--) {
    const [kernel, filters] = [m.integer(1, 4), m.integer(1, 6)];
    x = op.upsample(x, m.coin ? [2, 2] : [m.integer(1, 3), 2]);
    if (m.coin) x = activated(x);
    const before = Math.floor((kernel - 1) / 2);
    const padding = [before, kernel - 1 - before, before, kernel - 1 - before] as const;
    x = op.conv2d(x, m.weight([kernel, kernel, x.shape[3]!, filters]), { strides: [1, 1], padding });
    if (m.coin) x = op.add(x, m.weight([filters]));
    x = m.coin ? normalised(activated(x)) : activated(normalised(x));
  }
  const [rows, columns] = [Math.min(m.integer(1, 3), x.shape[1]!), Math.min(m.integer(1, 3), x.shape[2]!)];
  const image = op.conv2d(x, m.weight([rows, columns, x.shape[3]!, 1]), { strides: [1, 1], padding: [0, 0, 0, 0] });
  return activated(op.add(image, m.weight([1])));
}

const constants = (...shape: number[]): Node =>
  op.constant(
    Array.from({ length: elementCountOf(shape) }, (_, i) => ((i * 5) % 7) - 3),
    shape,
  );
const after = (apply: (graph: Graph) => Graph, node: Node): string => text(apply(graphOf(node)).outputs.get('y')!);
const valid = { strides: [1, 1], padding: [0, 0, 0, 0] } as const;
const x = op.input('x', [2, 4, 4, 3]);

it('split-upsampled-convolutions: four kernels for 4 x 4, one for 5 x 5 and for few filters, none for strides', () => {
  const kernelsOf = (size: number, filters: number, before: number): string[] => {
    const padding = [before, size - 1 - before, before, size - 1 - before] as const;
    const node = op.conv2d(op.upsample(x, [2, 2]), constants(size, size, 3, filters), { strides: [1, 1], padding });
    return topologicalOrder(splitUpsampledConvolutions(graphOf(node)).outputs.values()).flatMap((found) =>
      found.kind === 'conv2d' ? [`${found.kernel.shape}`] : [],
    );
  };
  expect(kernelsOf(4, 8, 1)).toEqual(['3,3,3,8', '3,2,3,8', '2,3,3,8', '2,2,3,8']);
  expect(kernelsOf(3, 8, 1)).toEqual(['2,2,3,8', '2,2,3,8', '2,2,3,8', '2,2,3,8']);
  expect(kernelsOf(5, 8, 2)).toEqual(['3,3,3,32']);
  expect(kernelsOf(4, 4, 1)).toEqual(['3,3,3,16']);
  const strided = op.conv2d(op.upsample(x, [2, 2]), constants(3, 3, 3, 8), { ...valid, strides: [2, 1] });
  expect(splitUpsampledConvolutions(graphOf(strided)).outputs.get('y')).toBe(strided);
});

it('sink-elementwise', () => {
  const up = op.upsample(x, [2, 2]);
  expect(after(sinkElementwise, op.exp(op.multiply(up, constants(3))))).toBe('upsample(exp(multiply(x, -3,2,0)))');
  expect(after(sinkElementwise, op.add(up, op.input('field', [8, 8, 3])))).toBe('add(upsample(x), field)');
  expect(after(sinkElementwise, op.add(up, op.upsample(op.negate(x), [2, 2])))).toBe('upsample(add(x, negate(x)))');
  const other = op.upsample(op.input('z', [2, 8, 2, 3]), [1, 4]);
  expect(after(sinkElementwise, op.add(up, other))).toBe('add(upsample(x), upsample(z))');
  const blocks = op.depthToSpace(op.input('b', [1, 2, 2, 8]), [2, 2]);
  const sunk = sinkElementwise(graphOf(op.add(blocks, constants(2)))).outputs.get('y')!;
  expect(text(sunk)).toBe('depth_to_space(add(b, reshape(broadcast(reshape(-3,2)))))'.replace('reshape(-3,2)', '-3,2'));
  const parts = op.concat([op.conv2d(x, constants(2, 2, 3, 2), valid), op.conv2d(x, constants(2, 2, 3, 1), valid)], 3);
  expect(after(sinkElementwise, op.maximum(0, parts))).toBe(
    'concat(maximum(0, conv2d(x, [2,2,3,2])), maximum(0, conv2d(x, [2,2,3,1])))',
  );
  expect(after(sinkElementwise, op.exp(op.concat([x, x], 3)))).toBe('exp(concat(x, x))');
});

it('fold-affine: only where nobody else reads the sums', () => {
  const sums = op.conv2d(x, constants(2, 2, 3, 2), valid);
  const affine = (node: Node): Node => op.subtract(op.divide(op.add(node, constants(2)), 4), constants(2));
  const folded = foldWeights(foldAffine(graphOf(affine(sums)))).outputs.get('y')!;
  expect(text(folded)).toBe('add(conv2d(x, [2,2,3,2]), 2.25,-1.5)');
  const shared = op.multiply(affine(sums), sums);
  expect(kindsOf(foldAffine(graphOf(shared))).filter((kind) => kind === 'conv2d')).toHaveLength(1);
  expect(after(foldAffine, shared)).toContain('divide(add(conv2d(x, [2,2,3,2]), -3,2), 4)');
  const gate = op.multiply(sums, op.input('gate', [2, 1, 1, 2]));
  expect(after(foldAffine, gate)).toBe('multiply(conv2d(x, [2,2,3,2]), gate)');
});

it('order-channels-first: the kernel is reordered, and only for images', () => {
  const dense = op.add(op.matmul(op.input('v', [5, 3]), constants(3, 12)), constants(12));
  const image = op.reshape(dense, [5, 2, 2, 3]);
  const kernel = constants(2, 2, 3, 1);
  const ordered = orderChannelsFirst(graphOf(op.conv2d(op.maximum(0, image), kernel, valid)));
  expect(after(foldWeights, ordered.outputs.get('y')!)).toBe(
    'conv2d(maximum(0, transpose(reshape(add(matmul(v, [3,12]), [12])))), [2,2,3,1])',
  );
  const read = op.add(op.sum(image), op.sum(op.conv2d(image, kernel, valid)));
  expect(kindsOf(orderChannelsFirst(graphOf(read)))).not.toContain('transpose');
});

it('order-channels-first: an activation that reads its sums several times does not multiply them', () => {
  const x = op.input('x', [2, 5]);
  const sums = op.add(op.matmul(x, op.constant(1, [5, 36])), op.constant(1, [36]));
  const image = op.reshape(activate(activate(sums, 'swish'), 'sigmoid'), [2, 3, 3, 4]);
  const y = op.conv2d(image, op.constant(1, [2, 2, 4, 1]), { strides: [1, 1], padding: [0, 0, 0, 0] });
  expect(kindsOf(orderChannelsFirst(graphOf(y))).filter((kind) => kind === 'matmul')).toEqual(['matmul']);
});

it('sum-in-groups: the last large convolution alone, channels eight by eight', () => {
  const m = new Weights(Random.seeded(testSeed(960)), true);
  const window = { strides: [1, 1], padding: [1, 1, 1, 1] } as const;
  const first = op.conv2d(m.input([1, 3, 3, 32]), m.weight([3, 3, 32, 36]), window);
  const second = op.conv2d(op.maximum(first, 0), m.weight([3, 3, 36, 2]), window);
  const last = op.conv2d(second, m.weight([1, 1, 2, 1]), { strides: [1, 1], padding: [0, 0, 0, 0] });
  const written = expectSame(last, m.feeds, sumInGroups);
  const channels = topologicalOrder(written.outputs.values()).flatMap((node) =>
    node.kind === 'conv2d' ? [node.kernel.shape[2]] : [],
  );
  expect(channels).toEqual([32, 8, 8, 8, 8, 4, 2]);
  const dense = op.matmul(op.reshape(first, [1, 9 * 36]), m.weight([9 * 36, 2]));
  expect(kindsOf(expectSame(dense, m.feeds, sumInGroups))).not.toContain('slice');
});

it('fold-weights rounds once: a third of three thirds', () => {
  const third = op.constant(1 / 3);
  const folded = foldWeights(graphOf(op.subtract(op.multiply(third, 3), 1))).outputs.get('y')!;
  expect(folded).toMatchObject({ kind: 'constant', values: [0] });
  expect(after(foldWeights, op.exp(third))).toBe(`exp(${1 / 3})`);
});

it('the paths of surrogates are rewritten too: nothing is computed in both ways', () => {
  const m = new Weights(Random.seeded(1), false);
  const image = op.upsample(m.input([2, 3, 3, 2]), [2, 2]);
  const sums = op.conv2d(image, m.weight([4, 4, 2, 5]), { strides: [1, 1], padding: [1, 2, 1, 2] });
  const loss = op.sum(op.square(op.surrogate(op.round(sums), sums)));
  const fast = rewriteForTraining(new Map([['loss', loss]])).get('loss')!;
  const found = gradients(fast, m.inputs);
  const wanted = gradients(loss, m.inputs);
  expect(topologicalOrder([fast, ...found]).some(({ kind }) => kind === 'upsample')).toBe(false);
  const [a, b] = [referenceValues(wanted, m.feeds), referenceValues(found, m.feeds)];
  wanted.forEach((node, index) => {
    a.get(node)!.forEach((value, at) => {
      expect(b.get(found[index]!)![at]!).toBeCloseTo(value, 7);
    });
  });
});

it('gradients through a rewritten training graph are those of the plain one', () => {
  for (let seed = 1; seed <= 15; seed++) {
    const m = new Weights(Random.seeded(testSeed(950) + seed), false);
    const loss = op.sum(op.square(convolved(m, 'upsample', 5)));
    const fast = rewriteForTraining(new Map([['loss', loss]])).get('loss')!;
    const wanted = gradients(loss, m.inputs);
    const found = gradients(fast, m.inputs);
    const [a, b] = [referenceValues(wanted, m.feeds), referenceValues(found, m.feeds)];
    wanted.forEach((node, index) => {
      a.get(node)!.forEach((value, at) => {
        expect(b.get(found[index]!)![at]!).toBeCloseTo(value, 7);
      });
    });
  }
});
