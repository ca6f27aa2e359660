/**
 * All trained tensors in one vector, all statistics in another: a step passes two arrays round instead of dozens, the optimiser is
 * one chain of operations, and gradients of several workers are summed in one loop.
 */
import type { Random } from '../../base/random.js';
import type { Node } from '../../tensor/graph.js';
import { elementCountOf, type Shape } from '../../tensor/graph.js';
import { concat, reshape, slice } from '../../tensor/ops.js';
import type { Parameter } from '../objective.js';

/** Where a tensor lies in its vector. */
export interface Placed {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly count: number;
}

export interface Layout {
  /** What the optimiser moves. */
  readonly weights: readonly Placed[];
  /** What follows rules of its own: moving averages. */
  readonly statistics: readonly Placed[];
}

export function layoutOf(parameters: readonly Parameter[]): Layout {
  return {
    weights: placed(parameters.filter(({ trainable }) => trainable)),
    statistics: placed(parameters.filter(({ trainable }) => !trainable)),
  };
}

function placed(parameters: readonly Parameter[]): readonly Placed[] {
  let offset = 0;
  return parameters.map(({ name, shape }) => {
    const count = elementCountOf(shape);
    offset += count;
    return { name, shape, count, offset: offset - count };
  });
}

export function lengthOf(tensors: readonly Placed[]): number {
  return tensors.reduce((sum, { count }) => sum + count, 0);
}

/** The tensors of a vector, as nodes. */
export function unpacked(vector: Node, tensors: readonly Placed[]): ReadonlyMap<string, Node> {
  return new Map(
    tensors.map(({ name, shape, offset, count }) => [name, reshape(slice(vector, [offset], [offset + count]), shape)]),
  );
}

/** One vector of tensors given in the layout's order. */
export function packed(nodes: readonly Node[]): Node {
  const flat = nodes.map((node) => reshape(node, [elementCountOf(node.shape)]));
  return flat.length === 1 ? flat[0]! : concat(flat, 0);
}

/** What training changes: values only, each array as long as its part of the layout. */
export interface Values {
  readonly weights: Float32Array;
  readonly statistics: Float32Array;
}

/** Start values; `random` is drawn from in the order of the parameters. */
export function initialValues(parameters: readonly Parameter[], random: Random): Values {
  const parts = parameters.map((parameter) => ({ parameter, values: parameter.initial(random) }));
  const join = (trainable: boolean): Float32Array =>
    Float32Array.from(
      parts.filter(({ parameter }) => parameter.trainable === trainable).flatMap(({ values }) => [...values]),
    );
  return { weights: join(true), statistics: join(false) };
}

/** Every parameter by name, copied, in the objective's order. */
export function namedValues(
  parameters: readonly Parameter[],
  layout: Layout,
  values: Values,
): ReadonlyMap<string, Float32Array> {
  const named = new Map([
    ...layout.weights.map((tensor) => [tensor.name, cut(values.weights, tensor)] as const),
    ...layout.statistics.map((tensor) => [tensor.name, cut(values.statistics, tensor)] as const),
  ]);
  return new Map(parameters.map(({ name }) => [name, named.get(name)!]));
}

function cut(vector: Float32Array, { offset, count }: Placed): Float32Array {
  return vector.slice(offset, offset + count);
}
