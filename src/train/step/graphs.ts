/** The graphs of a fit: the whole step, its gradient and its update apart, the loss alone. */
import { internalError } from '../../base/diagnostic.js';
import { gradients } from '../../tensor/gradients.js';
import type { Graph, Input, Node } from '../../tensor/graph.js';
import { input } from '../../tensor/ops.js';
import type { BatchLoss, Objective } from '../objective.js';
import type { Optimiser } from '../optimisers.js';
import { type Layout, lengthOf, packed, unpacked } from './layout.js';

/** Names of what goes in and out of the graphs. */
export const port = {
  weights: 'weights',
  statistics: 'statistics',
  gradient: 'gradient',
  /** The total and its parts, in one vector. */
  losses: 'losses',
  newWeights: 'new weights',
  newStatistics: 'new statistics',
  slot: (name: string) => `slot ${name}`,
  newSlot: (name: string) => `new slot ${name}`,
  scalar: (name: string) => `scalar ${name}`,
  batch: (name: string) => `batch ${name}`,
} as const;

/** The loss of a batch of so many events, and the graph inputs it is made of. */
export interface LossNodes {
  readonly inputs: readonly Input[];
  readonly weights: Input;
  readonly parameters: ReadonlyMap<string, Node>;
  readonly loss: BatchLoss;
}

export function lossNodes(objective: Objective, layout: Layout, batch: number, isTraining: boolean): LossNodes {
  const weights = input(port.weights, [lengthOf(layout.weights)]);
  const statistics = input(port.statistics, [lengthOf(layout.statistics)]);
  const inputs = objective.inputs.map(({ name, shape }) => input(port.batch(name), [batch, ...shape]));
  const parameters = new Map([...unpacked(weights, layout.weights), ...unpacked(statistics, layout.statistics)]);
  const named = new Map(objective.inputs.map(({ name }, index) => [name, inputs[index]!]));
  return {
    inputs: [weights, ...(layout.statistics.length > 0 ? [statistics] : []), ...inputs],
    weights,
    parameters,
    loss: objective.lossOf(batch, parameters, named, isTraining),
  };
}

/** Names of the loss's parts, in the order in which they follow the total in `losses`. */
export function partNames({ loss }: LossNodes): readonly string[] {
  return [...loss.parts.keys()];
}

export function evaluationGraph({ inputs, loss }: LossNodes): Graph {
  return { inputs, outputs: new Map([[port.losses, lossVector(loss)]]) };
}

/** Forward and backward: losses, gradient, new statistics. */
export function gradientGraph(nodes: LossNodes, layout: Layout): Graph {
  return {
    inputs: nodes.inputs,
    outputs: new Map([
      [port.losses, lossVector(nodes.loss)],
      [port.gradient, gradientOf(nodes, layout)],
      ...newStatistics(nodes, layout),
    ]),
  };
}

/** What the optimiser makes of a gradient. */
export function updateGraph(layout: Layout, optimiser: Optimiser): Graph {
  const weights = input(port.weights, [lengthOf(layout.weights)]);
  const gradient = input(port.gradient, weights.shape);
  const { inputs, outputs } = updated(weights, gradient, optimiser);
  return { inputs: [weights, gradient, ...inputs], outputs: new Map(outputs) };
}

/** Forward, backward and update in one. */
export function stepGraph(nodes: LossNodes, layout: Layout, optimiser: Optimiser): Graph {
  const { inputs, outputs } = updated(nodes.weights, gradientOf(nodes, layout), optimiser);
  return {
    inputs: [...nodes.inputs, ...inputs],
    outputs: new Map([[port.losses, lossVector(nodes.loss)], ...newStatistics(nodes, layout), ...outputs]),
  };
}

function updated(
  weights: Node,
  gradient: Node,
  optimiser: Optimiser,
): { inputs: readonly Input[]; outputs: readonly (readonly [string, Node])[] } {
  const slots = optimiser.slots.map((name) => input(port.slot(name), weights.shape));
  const scalars = optimiser.scalars.map((name) => input(port.scalar(name), []));
  const update = optimiser.update(weights, gradient, slots, scalars);
  return {
    inputs: [...slots, ...scalars],
    outputs: [
      [port.newWeights, update.weights],
      ...optimiser.slots.map((name, index) => [port.newSlot(name), update.slots[index]!] as const),
    ],
  };
}

function lossVector({ total, parts }: BatchLoss): Node {
  return packed([total, ...parts.values()]);
}

/** With respect to each parameter, then joined: slicing has a gradient too, but as long as the whole vector for each slice. */
function gradientOf({ loss, parameters }: LossNodes, layout: Layout): Node {
  const wrt = layout.weights.map(({ name }) => parameters.get(name)!);
  return packed(gradients(loss.total, wrt));
}

function newStatistics({ loss }: LossNodes, layout: Layout): readonly (readonly [string, Node])[] {
  if (layout.statistics.length === 0) return [];
  const updates = layout.statistics.map(({ name }) => {
    const update = loss.updates.get(name);
    if (update === undefined) throw internalError('objective', `parameter ${name} is neither trained nor updated`);
    return update;
  });
  return [[port.newStatistics, packed(updates)]];
}
