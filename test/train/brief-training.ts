/** A few steps of plain training, for tests that want weights as training makes them. */
import type { Random } from '../../src/base/random.js';
import type { Executor } from '../../src/tensor/executor.js';
import { gradients } from '../../src/tensor/gradients.js';
import type { Node } from '../../src/tensor/graph.js';
import { input } from '../../src/tensor/ops.js';
import { graphOf } from '../../src/train/model/model.js';
import type { BatchLoss, Objective } from '../../src/train/objective.js';

export type Weights = ReadonlyMap<string, Float32Array>;

/** The loss of a batch with an input node for everything. */
export function lossNodes(
  objective: Objective,
  batch: number,
  isTraining: boolean,
): { readonly loss: BatchLoss; readonly parameters: ReadonlyMap<string, Node> } {
  const nodes = (
    list: readonly { name: string; shape: readonly number[] }[],
    first: readonly number[],
  ): Map<string, Node> => new Map(list.map(({ name, shape }) => [name, input(name, [...first, ...shape])]));
  const parameters = nodes(objective.parameters, []);
  return { loss: objective.lossOf(batch, parameters, nodes(objective.inputs, [batch]), isTraining), parameters };
}

export function startWeights({ parameters }: Objective, random: Random): Map<string, Float32Array> {
  return new Map(parameters.map((parameter) => [parameter.name, parameter.initial(random)]));
}

/** Roughly normal numbers. */
export function deviates(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => {
    let sum = 0;
    for (let term = 0; term < 12; term++) sum += random.nextWord() / 2 ** 32;
    return sum - 6;
  });
}

/**
 * Steps of the sign of the gradient.
 * @param events row-major, one batch, the same in every step
 * @returns the weights, and the loss before each step
 */
export async function trainBriefly(
  objective: Objective,
  executor: Executor,
  events: Float32Array,
  steps: number,
  rate: number,
  random: Random,
): Promise<{ readonly weights: Weights; readonly losses: readonly number[] }> {
  const batch = events.length / objective.inputs[0]!.shape[0]!;
  const { loss, parameters } = lossNodes(objective, batch, true);
  const trained = objective.parameters.filter(({ trainable }) => trainable);
  const slopes = gradients(
    loss.total,
    trained.map(({ name }) => parameters.get(name)!),
  );
  const outputs = new Map<string, Node>([
    ['loss', loss.total],
    ...trained.map(({ name }, index) => [`gradient ${name}`, slopes[index]!] as const),
    ...[...loss.updates].map(([name, node]) => [`update ${name}`, node] as const),
  ]);
  const graph = graphOf(outputs);
  const executable = await executor.compile(graph);
  const weights = startWeights(objective, random);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const noise = objective.inputs.map(
      ({ name, shape, source }) => [name, source === 'data' ? events : deviates(batch * shape[0]!, random)] as const,
    );
    const feeds = new Map([...weights, ...noise]);
    const results = await executable.run(new Map(graph.inputs.map(({ name }) => [name, feeds.get(name)!])));
    losses.push(results.get('loss')![0]!);
    for (const { name } of trained) {
      const gradient = results.get(`gradient ${name}`)!;
      weights.set(
        name,
        weights.get(name)!.map((value, index) => value - rate * Math.sign(gradient[index]!)),
      );
    }
    for (const name of loss.updates.keys()) weights.set(name, results.get(`update ${name}`) as Float32Array);
  }
  await executable.dispose();
  return { weights, losses };
}
