/** Finds where numbers stopped being finite: the step is run again with a check behind every operation. */
import type { Executor } from '../../tensor/executor.js';
import { gradients } from '../../tensor/gradients.js';
import { type Node, operandsOf } from '../../tensor/graph.js';
import { multiply, sum } from '../../tensor/ops.js';
import { topologicalOrder } from '../../tensor/order.js';
import type { Batch } from '../feed/feeder.js';
import type { Objective } from '../objective.js';
import { type LossNodes, lossNodes } from './graphs.js';
import type { Layout, Values } from './layout.js';
import { BatchFeeds, valueFeeds } from './stepper.js';

/** The first thing that went wrong, in the order of computing. */
export interface Breakdown {
  /** A parameter (`dense1/kernel`) or an input of the batch. */
  readonly place: string;
  readonly reason: string;
}

/** @param values before the step */
export async function breakdownOf(
  objective: Objective,
  layout: Layout,
  batchSize: number,
  executor: Executor,
  batch: Batch,
  values: Values,
): Promise<Breakdown> {
  for (const [index, { name }] of objective.inputs.entries()) {
    const tensor = batch.tensors[index]!;
    const at = tensor.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      return {
        place: `input ${name}`,
        reason: `event ${rowOf(at, tensor, batchSize)} of the batch holds ${tensor[at]}`,
      };
  }
  const nodes = lossNodes(objective, layout, batchSize, true);
  const feeds = new Map([...new BatchFeeds(objective).of(batch.tensors), ...valueFeeds(values)]);
  const checks = [...forwardChecks(nodes, objective), ...gradientChecks(nodes, layout)];
  const outputs = new Map(checks.map(({ node }, index) => [`check ${index}`, sum(multiply(node, 0))] as const));
  const executable = await executor.compile({ inputs: nodes.inputs, outputs });
  try {
    const found = await executable.run(feeds);
    const first = checks.find((_, index) => found.get(`check ${index}`)![0] !== 0);
    return (
      first?.breakdown ?? { place: 'optimiser', reason: 'loss and gradient are finite, the updated weights are not' }
    );
  } finally {
    await executable.dispose();
  }
}

interface Check {
  readonly node: Node;
  readonly breakdown: Breakdown;
}

/** Every operation of the loss, called by the last parameter that has gone into it. */
function forwardChecks({ parameters, loss }: LossNodes, objective: Objective): readonly Check[] {
  const names = objective.parameters.map(({ name }) => name);
  const rankOf = new Map<Node, number>();
  const ranks = new Map(names.map((name, index) => [parameters.get(name)!, index]));
  return topologicalOrder([loss.total]).map((node) => {
    const rank = Math.max(-1, ranks.get(node) ?? -1, ...operandsOf(node).map((operand) => rankOf.get(operand)!));
    rankOf.set(node, rank);
    return {
      node,
      breakdown: {
        place: names[rank] ?? 'loss',
        reason: `forward pass: "${node.kind}" gives a number that is not finite`,
      },
    };
  });
}

/** From the loss back. */
function gradientChecks({ parameters, loss }: LossNodes, layout: Layout): readonly Check[] {
  const wrt = layout.weights.map(({ name }) => parameters.get(name)!);
  return gradients(loss.total, wrt)
    .map((node, index) => ({
      node,
      breakdown: { place: layout.weights[index]!.name, reason: 'the loss is finite, its gradient is not' },
    }))
    .toReversed();
}

function rowOf(at: number, tensor: Float32Array, batchSize: number): number {
  return Math.floor(at / (tensor.length / batchSize));
}
