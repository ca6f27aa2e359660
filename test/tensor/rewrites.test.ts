/** Rewrites keep every value; each does what it says; and they are worth their place. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/tensor/gradients.js';
import { type Graph, type Node, operandsOf } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';
import { topologicalOrder } from '../../src/tensor/order.js';
import { foldConstants } from '../../src/tensor/rewrites/fold-constants.js';
import { mergeCommon } from '../../src/tensor/rewrites/merge-common.js';
import { mergeTransposes } from '../../src/tensor/rewrites/merge-transposes.js';
import { removeIdentities } from '../../src/tensor/rewrites/remove-identities.js';
import { removeSurrogates } from '../../src/tensor/rewrites/remove-surrogates.js';
import { rewrite, rewrites } from '../../src/tensor/rewrites/rewrites.js';
import { shrinkBroadcasts } from '../../src/tensor/rewrites/shrink-broadcasts.js';
import { testSeed } from '../support/seed.js';
import { randomGraph } from './random-graph.js';
import { referenceValues } from './reference.js';

const graphOf = (inputs: Graph['inputs'], y: Node): Graph => ({ inputs, outputs: new Map([['y', y]]) });
const sizeOf = (graph: Graph): number => topologicalOrder(graph.outputs.values()).length;

/** Compact text of a node, for expectations. */
function text(node: Node): string {
  if (node.kind === 'input') return node.name;
  if (node.kind === 'constant') return `${node.values}`;
  return `${node.kind}(${operandsOf(node).map(text).join(', ')})`;
}

const [x, row, s] = [op.input('x', [2, 3]), op.input('row', [3]), op.input('s', [])];
const after = (pass: (graph: Graph) => Graph, node: Node): string =>
  text(pass(graphOf([x, row, s], node)).outputs.get('y')!);

describe.each(rewrites)('$name', ({ apply }) => {
  it('keeps every value of random graphs, in both dtypes', () => {
    let changed = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const { made, graph } = randomGraph(testSeed(0) + seed, true, seed % 2 === 0 ? 'float32' : 'float64');
      const rewritten = apply(graph);
      if ([...graph.outputs].some(([name, node]) => rewritten.outputs.get(name) !== node)) changed++;
      const before = referenceValues(graph.outputs.values(), made.feeds);
      const now = referenceValues(rewritten.outputs.values(), made.feeds);
      for (const [name, node] of graph.outputs) {
        const found = rewritten.outputs.get(name)!;
        expect([found.shape, found.dtype]).toEqual([node.shape, node.dtype]);
        const unsigned = (values: readonly number[]): readonly number[] => values.map((value) => value + 0);
        expect(unsigned(now.get(found)!)).toEqual(unsigned(before.get(node)!));
      }
      expect(rewritten.inputs).toBe(graph.inputs);
    }
    expect(changed).toBeGreaterThan(20);
  });

  it('goes round a second time without change of size', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const once = apply(randomGraph(seed, true).graph);
      expect(sizeOf(apply(once))).toBe(sizeOf(once));
    }
  });
});

it('remove-surrogates', () => {
  expect(after(removeSurrogates, op.surrogate(op.round(x), op.stopGradient(x)))).toBe('round(x)');
});

it('shrink-broadcasts', () => {
  expect(after(shrinkBroadcasts, op.add(x, op.broadcast(row, [2, 3])))).toBe('add(x, row)');
  expect(after(shrinkBroadcasts, op.exp(op.multiply(op.broadcast(row, [2, 3]), s)))).toBe(
    'broadcast(exp(multiply(row, s)))',
  );
  expect(after(shrinkBroadcasts, op.broadcast(op.broadcast(s, [3]), [2, 3]))).toBe('broadcast(s)');
  expect(after(shrinkBroadcasts, op.multiply(op.reshape(op.broadcast(s, [6]), [2, 3]), x))).toBe('multiply(s, x)');
  expect(after(shrinkBroadcasts, op.reshape(op.broadcast(row, [2, 3]), [6]))).toBe('reshape(broadcast(row))');
});

it('fold-constants', () => {
  const tenth = op.constant(0.1);
  const folded = foldConstants(
    graphOf([], op.add(op.multiply(tenth, op.constant([3, 7], [2])), op.floor(op.constant([1.5, -0.5], [2])))),
  );
  const wanted = [3, 7].map((factor, i) => Math.fround(Math.fround(Math.fround(0.1) * factor) + [1, -1][i]!));
  expect(folded.outputs.get('y')).toEqual({ kind: 'constant', values: wanted, shape: [2], dtype: 'float32' });
  expect(after(foldConstants, op.reshape(op.broadcast(tenth, [2]), [1, 2]))).toBe(
    `${[Math.fround(0.1), Math.fround(0.1)]}`,
  );
  expect(after(foldConstants, op.exp(tenth))).toBe('exp(0.1)');
  expect(after(foldConstants, op.broadcast(tenth, [2000]))).toBe('broadcast(0.1)');
});

it('remove-identities', () => {
  const [zero, one] = [op.constant(0), op.constant([1, 1, 1], [3])];
  for (const same of [
    op.add(x, zero),
    op.add(zero, x),
    op.subtract(x, 0),
    op.multiply(x, one),
    op.multiply(1, x),
    op.divide(x, 1),
  ])
    expect(after(removeIdentities, same)).toBe('x');
  expect(after(removeIdentities, op.multiply(row, op.constant(1, [2, 3])))).toBe('broadcast(row)');
  expect(after(removeIdentities, op.subtract(0, x))).toBe('negate(x)');
  expect(after(removeIdentities, op.divide(1, x))).toBe('divide(1, x)');
  expect(after(removeIdentities, op.multiply(x, 0))).toBe('multiply(x, 0)');
  expect(after(removeIdentities, op.transpose(op.transpose(x, [1, 0]), [1, 0]))).toBe('x');
  expect(after(removeIdentities, op.transpose(op.transpose(op.reshape(x, [1, 2, 3]), [1, 2, 0]), [1, 2, 0]))).toBe(
    'transpose(reshape(x))',
  );
  expect(after(removeIdentities, op.reshape(op.reshape(x, [6]), [3, 2]))).toBe('reshape(x)');
  expect(after(removeIdentities, op.reshape(op.reshape(x, [6]), [2, 3]))).toBe('x');
  expect(after(removeIdentities, op.sum(op.reshape(x, [1, 2, 3]), [0]))).toBe('x');
  expect(after(removeIdentities, op.negate(op.negate(x)))).toBe('x');
  expect(after(removeIdentities, op.slice(op.pad(op.concat([x], 1), [0, 0], [0, 0]), [0, 0], [2, 3]))).toBe('x');
});

it('merge-transposes', () => {
  const turned = op.transpose(x, [1, 0]);
  const merged = mergeTransposes(graphOf([x], op.matmul(turned, turned, { transposeRight: true }))).outputs.get('y')!;
  expect(merged).toMatchObject({
    kind: 'matmul',
    left: x,
    right: x,
    transposeLeft: true,
    transposeRight: false,
    shape: [3, 3],
  });
});

it('merge-common', () => {
  const twice = op.add(op.exp(op.multiply(x, 2)), op.exp(op.multiply(x, op.constant(2))));
  const merged = mergeCommon(graphOf([x], twice)).outputs.get('y')!;
  expect(merged.kind === 'add' && merged.left === merged.right).toBe(true);
  const different = op.add(op.sum(x, [0], true), op.sum(x, [1], true));
  expect(sizeOf(mergeCommon(graphOf([x], different)))).toBe(sizeOf(graphOf([x], different)));
  const signs = op.add(op.divide(x, op.constant(0)), op.divide(x, op.constant(-0)));
  expect(sizeOf(mergeCommon(graphOf([x], signs)))).toBe(sizeOf(graphOf([x], signs)));
});

it('merge-common keeps apart what differs in one attribute', () => {
  const [square, image, kernel] = [
    op.input('square', [3, 3]),
    op.input('image', [1, 6, 6, 1]),
    op.input('kernel', [1, 1, 1, 1]),
  ];
  const window = (strides: [number, number], padding: [number, number, number, number]) =>
    op.conv2d(image, kernel, { strides, padding });
  const pairs: readonly (readonly [Node, Node])[] = [
    [op.slice(x, [0, 0], [1, 2]), op.slice(x, [1, 1], [2, 3])],
    [op.pad(x, [1, 0], [0, 1]), op.pad(x, [0, 1], [1, 0])],
    [op.matmul(square, square), op.matmul(square, square, { transposeLeft: true })],
    [op.matmul(square, square), op.matmul(square, square, { transposeRight: true })],
    [op.transpose(square, [0, 1]), op.transpose(square, [1, 0])],
    [op.sum(square, [0]), op.sum(square, [1])],
    [op.sum(square, [0]), op.max(square, [0])],
    [op.convert(op.floor(op.constant([1], [1])), 'float64'), op.constant([1], [1], 'float64')],
    [op.constant([1, 2], [2]), op.constant([1, 2], [1, 2])],
    [window([2, 1], [0, 0, 0, 1]), window([2, 1], [0, 0, 1, 0])],
    [window([5, 4], [0, 0, 0, 0]), window([4, 5], [0, 0, 0, 0])],
    [op.subtract(s, op.constant(1)), op.subtract(op.constant(1), s)],
  ];
  for (const [a, b] of pairs) {
    const graph = {
      inputs: [],
      outputs: new Map([
        ['a', a],
        ['b', b],
      ]),
    };
    const merged = mergeCommon(graph).outputs;
    expect(merged.get('a') === merged.get('b'), `${text(a)} and ${text(b)}`).toBe(false);
  }
});

it.each([0, 1, 2, 3])('merge-transposes keeps products, flags %d', (flags) => {
  const [a, b] = [op.input('a', [3, 3]), op.input('b', [3, 3])];
  const feeds = new Map([
    ['a', [1, 2, 3, 4, 5, 6, 7, 8, 10]],
    ['b', [2, 0, 1, 5, 1, 1, 0, 3, 7]],
  ]);
  const turn = (node: Node): Node => op.transpose(node, [1, 0]);
  for (const [left, right] of [
    [turn(a), b],
    [a, turn(b)],
    [turn(a), turn(b)],
  ] as const) {
    const product = op.matmul(left, right, { transposeLeft: flags > 1, transposeRight: flags % 2 === 1 });
    const merged = mergeTransposes(graphOf([a, b], product)).outputs.get('y')!;
    expect(operandsOf(merged)).toEqual([a, b]);
    expect(referenceValues([merged], feeds).get(merged)).toEqual(referenceValues([product], feeds).get(product));
  }
});

it('a training graph gets smaller, and nothing is stretched to the size of the batch', () => {
  const [batch, weights] = [op.input('batch', [64, 8]), op.input('weights', [8, 3])];
  const loss = op.mean(op.square(op.maximum(op.matmul(batch, weights), 0)));
  const [gradient] = gradients(loss, [weights]);
  const graph = {
    inputs: [batch, weights],
    outputs: new Map([
      ['loss', loss],
      ['gradient', gradient!],
    ]),
  };
  const rewritten = rewrite(graph);
  expect(sizeOf(rewritten)).toBeLessThan(sizeOf(graph));
  const kinds = topologicalOrder(rewritten.outputs.values()).map(({ kind }) => kind);
  expect(kinds).not.toContain('broadcast');
  expect(kinds).not.toContain('transpose');
});

it('a graph still is plain data: it survives structured cloning with its shared nodes', () => {
  const { made, graph } = randomGraph(4, true);
  const copy = structuredClone(rewrite(graph));
  expect(sizeOf(copy)).toBe(sizeOf(rewrite(graph)));
  const values = referenceValues(copy.outputs.values(), made.feeds);
  const before = referenceValues(graph.outputs.values(), made.feeds);
  for (const [name, node] of graph.outputs) expect(values.get(copy.outputs.get(name)!)).toEqual(before.get(node));
});
