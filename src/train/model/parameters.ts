/** The parameters of a model: which tensors each stage has, and how they start. */
import type { Random } from '../../base/random.js';
import { type Architecture, fanInOf, type Stage, type WeightedStage } from '../../network/architecture.js';
import { elementCountOf, type Shape } from '../../tensor/graph.js';
import type { Parameter } from '../objective.js';
import type { Initialiser, ModelOptions } from './options.js';

/** Kernels of a floating-point decoder start uniform between plus and minus this. */
const floatLimit = 0.05;

/** In the order of the stages. Kernels of a VAE's log-variance start at zero: the latent vector then has variance 1. */
export function parametersOf(architecture: Architecture, options: ModelOptions): readonly Parameter[] {
  const { encoder, latent, logVariance, decoder, kind } = architecture;
  const quantised = (stage: WeightedStage): number => limitOf(stage, options.initialiser);
  return [
    ...[...encoder, latent].flatMap((stage) => stageParameters(stage, quantised, options)),
    ...(logVariance === undefined ? [] : stageParameters(logVariance, () => 0, options)),
    ...decoder.flatMap((stage) => stageParameters(stage, kind === 'AE' ? quantised : () => floatLimit, options)),
  ];
}

/** Bound of a uniform distribution. */
function limitOf(stage: WeightedStage, initialiser: Initialiser): number {
  const fanIn = fanInOf(stage);
  const fanOut = (elementCountOf(stage.kernelShape) / stage.kernelShape.at(-2)!) as number;
  switch (initialiser) {
    case 'lecun_uniform':
      return Math.sqrt(3 / fanIn);
    case 'glorot_uniform':
      return Math.sqrt(6 / (fanIn + fanOut));
    case 'he_uniform':
      return Math.sqrt(6 / fanIn);
  }
}

function stageParameters(
  stage: Stage,
  limit: (stage: WeightedStage) => number,
  { learnedBits }: ModelOptions,
): readonly Parameter[] {
  const { name } = stage;
  const fractionOf = (tensor: 'kernel' | 'result', initial: number | undefined): Parameter[] =>
    initial === undefined ? [] : [filled(`${name}/${tensor}_fraction`, [], initial / learnedBits!.rate)];
  const resultFraction = fractionOf('result', stage.result?.learned?.initial);
  if (stage.kind === 'relu') return resultFraction;
  const units: Shape = [stage.kernelShape.at(-1)!];
  const rest = stage.hasBatchNorm
    ? [
        filled(`${name}/gamma`, units, 1),
        filled(`${name}/beta`, units, 0),
        filled(`${name}/moving_mean`, units, 0, false),
        filled(`${name}/moving_variance`, units, 1, false),
      ]
    : [filled(`${name}/bias`, units, 0)];
  return [
    uniform(`${name}/kernel`, stage.kernelShape, limit(stage)),
    ...rest,
    ...fractionOf('kernel', stage.kernel?.learned?.initial),
    ...resultFraction,
  ];
}

function filled(name: string, shape: Shape, value: number, trainable = true): Parameter {
  return { name, shape, trainable, initial: () => new Float32Array(elementCountOf(shape)).fill(value) };
}

/** Draws one word for every element, also where the limit is 0. */
function uniform(name: string, shape: Shape, limit: number): Parameter {
  return {
    name,
    shape,
    trainable: true,
    initial: (random: Random) =>
      Float32Array.from({ length: elementCountOf(shape) }, () => (random.nextWord() / 2 ** 31 - 1) * limit),
  };
}
