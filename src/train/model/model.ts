/** A model ready to be trained or run: its architecture, its parameters, and the graphs of its inference. */
import type { Architecture } from '../../network/architecture.js';
import { deployedStages } from '../../network/architecture.js';
import type { Graph, Input, Node } from '../../tensor/graph.js';
import { input } from '../../tensor/ops.js';
import { topologicalOrder } from '../../tensor/order.js';
import type { Parameter } from '../objective.js';
import { Forward, type Signal } from './forward.js';
import type { ModelOptions } from './options.js';
import { parametersOf } from './parameters.js';
import { readModelOptions } from './read-options.js';
import { scoreSignal } from './score-graph.js';

export interface Model {
  readonly options: ModelOptions;
  readonly architecture: Architecture;
  readonly parameters: readonly Parameter[];
  /** Of the executor that will run it. */
  readonly exactBits: 24 | 53;
}

/** Name of the input that holds events, [batch, features], normalised. */
export const eventsInput = 'events';
/** Name of the input that holds normal deviates, [batch, latent]. */
export const noiseInput = 'noise';

/**
 * @param place where the options stand, for messages
 * @throws AxocError (user) with every problem of the options
 */
export function buildModel(options: ModelOptions, exactBits: 24 | 53 = 53, place = 'model'): Model {
  const architecture = readModelOptions(options, place);
  return { options, architecture, parameters: parametersOf(architecture, options), exactBits };
}

/**
 * From events to the latent vector and the score. Inputs: `events` and the parameters that it needs.
 * Outputs: `latent_mean`, `latent_log_variance` (VAE), both [batch, latent]; `score` [batch], float64 where float32 would lose digits.
 */
export function encodeGraph(model: Model, batch: number): Graph {
  const { pass, x } = deployed(model, batch);
  const { latent, logVariance, encoder } = model.architecture;
  if (logVariance !== undefined) {
    const hidden = encoder.at(-1);
    pass.stage(logVariance, hidden === undefined ? x : pass.signals.get(hidden.name)!);
  }
  const outputs = [latent, logVariance].flatMap((stage) =>
    stage === undefined ? [] : [[stage.name, pass.signals.get(stage.name)!.node] as const],
  );
  return graphOf(new Map([...outputs, ['score', scoreOf(model, pass, x)]]));
}

/** Every named value of the deployed network: `input`, each stage in its own shape, `score`. */
export function traceGraph(model: Model, batch: number): Graph {
  const { pass, x } = deployed(model, batch);
  return graphOf(
    new Map([
      ['input', x.node],
      ...[...pass.signals].map(([name, { node }]) => [name, node] as const),
      ['score', scoreOf(model, pass, x)],
    ]),
  );
}

/** Output `reconstruction`, [batch, features], normalised: what the decoder makes of the latent mean. */
export function reconstructGraph(model: Model, batch: number): Graph {
  const { pass, x } = forwardOf(model, inputNodes(model), events(model, batch), false);
  const { encoder, latent, decoder } = model.architecture;
  return graphOf(new Map([['reconstruction', pass.run([...encoder, latent, ...decoder], x).node]]));
}

/**
 * What the firmware has: for each deployed stage `NAME/quantised_kernel` and `NAME/quantised_bias`, batch normalisation folded in; for each
 * learned tensor its fraction bits, `NAME/kernel/fraction_bits` or `NAME/result/fraction_bits`. It needs the parameters alone.
 */
export function weightsGraph(model: Model): Graph {
  const { pass } = deployed(model, 1);
  const weights = [...pass.weights].flatMap(([name, { kernel, bias }]) => [
    [`${name}/quantised_kernel`, kernel] as const,
    [`${name}/quantised_bias`, bias] as const,
  ]);
  const fractions = [...pass.fractions].map(([tensor, node]) => [`${tensor}/fraction_bits`, node] as const);
  return graphOf(new Map([...weights, ...fractions]));
}

/** A forward pass, and the quantised events with which it begins. */
export interface Started {
  readonly pass: Forward;
  readonly x: Signal;
}

/** Begins a forward pass. */
export function forwardOf(
  { options, architecture, exactBits }: Model,
  values: ReadonlyMap<string, Node>,
  eventsNode: Node,
  isTraining: boolean,
): Started {
  const { batchNorm, learnedBits } = options;
  const pass = new Forward({ values, isTraining, batchNorm, exactBits, learnedRate: learnedBits?.rate ?? 1 });
  return { pass, x: pass.quantise('input', { node: eventsNode }, architecture.input, 'activation') };
}

function deployed(model: Model, batch: number): Started {
  const started = forwardOf(model, inputNodes(model), events(model, batch), false);
  started.pass.run(deployedStages(model.architecture), started.x);
  return started;
}

/** Exact, then cast where the architecture says so: [batch]. */
function scoreOf({ architecture, exactBits }: Model, pass: Forward, x: Signal): Node {
  const { expression, format } = architecture.score;
  const exact = scoreSignal(expression, (layer) => (layer === 'input' ? x : pass.signals.get(layer)!), exactBits);
  return pass.quantise('score', exact, format === undefined ? undefined : { format }, 'activation').node;
}

function events({ architecture }: Model, batch: number): Input {
  return input(eventsInput, [batch, architecture.features]);
}

function inputNodes({ parameters }: Model): ReadonlyMap<string, Node> {
  return new Map(parameters.map(({ name, shape }) => [name, input(name, shape)]));
}

/** A graph whose inputs are those that its outputs depend on. */
export function graphOf(outputs: ReadonlyMap<string, Node>): Graph {
  const inputs = topologicalOrder(outputs.values()).filter((node) => node.kind === 'input');
  return { inputs, outputs };
}
