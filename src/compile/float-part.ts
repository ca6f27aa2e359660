/** What the float profile exports: a part of a trained model as a graph with its weights as constants. */
import type { Constant, Graph, Input, Node } from '../tensor/graph.js';
import { constant } from '../tensor/ops.js';
import { rewriteFast } from '../tensor/rewrites/fast/fast.js';
import { rebuild } from '../tensor/rewrites/rebuild.js';
import { rewrite } from '../tensor/rewrites/rewrites.js';

export const parts = ['encoder', 'decoder', 'all'] as const;
export type Part = (typeof parts)[number];

/** How far what was written may be from the training graph, for a value v: `absolute + relative * |v|`. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
  /**
   * Besides, what a few roundings of every weight change (`disturbed-weights.ts`): sums of large terms that cancel are rounded by more than any
   * fixed number. False where values are integers that must stay.
   */
  readonly allowsRounding: boolean;
}

export interface FloatPart {
  /** The model's name, as the user wrote it. */
  readonly name: string;
  /** The graph as training has it, float32 in and out, inputs in the order in which they are fed. */
  readonly plain: (batch: number) => Graph;
  /** What it goes through before it is written. */
  readonly rewrite: (graph: Graph) => Graph;
  readonly description: string;
  /** What inputs and outputs are, by name. */
  readonly described: ReadonlyMap<string, string>;
  readonly facts: Readonly<Record<string, string>>;
  /** Mean and deviation of each value of an input, where they are not 0 and 1: what the comparison draws. */
  readonly drawn: ReadonlyMap<string, { readonly means: readonly number[]; readonly scales: readonly number[] }>;
  /** Of an output, by name. */
  readonly toleranceOf: (output: string) => Tolerance;
}

/** For floating-point networks: sums may be added in another order. */
export const fastRewrite = rewriteFast;
/** For quantised networks, whose values are integers: every value stays. */
export const exactRewrite = rewrite;

/** Weights as constants, made once for all graphs. */
export function constantsOf(
  tensors: Iterable<readonly [string, { readonly shape: readonly number[]; readonly values: Float32Array }]>,
): ReadonlyMap<string, Constant> {
  return new Map([...tensors].map(([name, { shape, values }]) => [name, constant(values, shape) as Constant]));
}

/** The graph with nodes in the place of inputs, by name; the inputs that are left are those of `inputs`. */
export function bound(
  outputs: ReadonlyMap<string, Node>,
  values: ReadonlyMap<string, Node>,
  inputs: readonly Input[],
): Graph {
  const all = new Map<string, Node>([...values, ...inputs.map((input) => [input.name, input] as const)]);
  const graph = rebuild({ inputs: [], outputs }, (node) =>
    node.kind === 'input' ? (all.get(node.name) ?? node) : node,
  );
  return { inputs, outputs: graph.outputs };
}
