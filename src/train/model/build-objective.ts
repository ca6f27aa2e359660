/** The loss of a model as the fit loop wants it. */
import { deployedStages } from '../../network/architecture.js';
import type { Node } from '../../tensor/graph.js';
import { add, constant, convert, exp, multiply } from '../../tensor/ops.js';
import { kullbackLeibler, type LossOptions, meanLoss } from '../losses/loss.js';
import type { BatchInput, BatchLoss, Objective } from '../objective.js';
import type { Forward, Signal } from './forward.js';
import { eventsInput, forwardOf, type Model, noiseInput } from './model.js';

/** Parts: `reconstruction`; `kld` for a VAE; `bit_operations` of one event where bits are learned. */
export function buildObjective(model: Model, loss: LossOptions): Objective {
  const { architecture, parameters } = model;
  const inputs: BatchInput[] = [{ name: eventsInput, shape: [architecture.features], source: 'data' }];
  if (architecture.kind === 'VAE')
    inputs.push({ name: noiseInput, shape: architecture.latent.outputShape, source: 'normal' });
  return {
    parameters,
    inputs,
    lossOf(_, values, given, isTraining) {
      const events = given.get(eventsInput)!;
      const { pass, x } = forwardOf(model, values, events, isTraining);
      return lossOfPass(model, loss, pass, x, events, given.get(noiseInput));
    },
  };
}

function lossOfPass(
  { architecture, options }: Model,
  { reconstruction: loss, alpha, beta }: LossOptions,
  pass: Forward,
  x: Signal,
  events: Node,
  noise: Node | undefined,
): BatchLoss {
  const { encoder, latent, logVariance, decoder } = architecture;
  const hidden = pass.run(encoder, x);
  const code = pass.stage(latent, hidden);
  const parts = new Map<string, Node>();
  let total: Node;
  if (logVariance === undefined) {
    const reconstruction = meanLoss(loss, events, single(pass.run(decoder, code)));
    parts.set('reconstruction', reconstruction);
    total = multiply(reconstruction, alpha);
  } else {
    const [mean, logVar] = [single(code), single(pass.stage(logVariance, hidden))];
    // The decoder is floating point: what it reads has no range.
    const z = { node: sampled(mean, logVar, noise!) };
    const reconstruction = meanLoss(loss, events, single(pass.run(decoder, z)));
    const kld = kullbackLeibler(mean, logVar);
    parts.set('reconstruction', reconstruction).set('kld', kld);
    total = add(multiply(reconstruction, alpha * (1 - beta)), multiply(kld, beta));
  }
  if (options.learnedBits !== undefined) {
    const operations = deployedStages(architecture)
      .flatMap(({ name }) => pass.bitOperations.get(name) ?? [])
      .reduce(add, constant(0));
    parts.set('bit_operations', operations);
    total = pass.restoring.reduce(add, add(total, multiply(operations, options.learnedBits.penalty)));
  }
  return { total, parts, updates: pass.updates };
}

/** Sums that were wide enough for float64 enter the loss rounded. */
function single({ node }: Signal): Node {
  return convert(node, 'float32');
}

/** `z = mean + exp(logvar / 2) * noise`. */
function sampled(mean: Node, logVariance: Node, noise: Node): Node {
  return add(mean, multiply(exp(multiply(logVariance, 0.5)), noise));
}
