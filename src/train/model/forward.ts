/** The forward pass of a model's stages: every named result, and what training needs besides. */
import { internalError } from '../../base/diagnostic.js';
import {
  fanInOf,
  multiplicationsOf,
  type Quantiser,
  type Stage,
  type WeightedStage,
} from '../../network/architecture.js';
import type { Node } from '../../tensor/graph.js';
import { add, constant, convert, less, multiply, type Operand } from '../../tensor/ops.js';
import { gridOf, learnedGridOf } from '../grid.js';
import { quantiseActivation, quantiseWeight } from '../quantise.js';
import {
  type BatchNormConfig,
  type BatchNormValues,
  batchStatistics,
  folded,
  movedStatistics,
  type Statistics,
} from './batch-norm.js';
import { contraction } from './contraction.js';
import { bitsOf, dtypeFor, type ExactRange, rangeOfPositive, rangeOfQuantiser, rangeOfSums } from './exact-range.js';
import { learnedFraction } from './learned-bits.js';

/** A tensor on its way through the stages. */
export interface Signal {
  /** [batch, ...]. */
  readonly node: Node;
  /** What its values can be; absent for floating point. */
  readonly range?: ExactRange;
  /** Bits of one value, for the count of bit operations. */
  readonly bits?: Operand;
}

export interface ForwardSetup {
  /** A node for every parameter. */
  readonly values: ReadonlyMap<string, Node>;
  /** Whether batch normalisation takes the statistics of the batch. */
  readonly isTraining: boolean;
  readonly batchNorm: BatchNormConfig;
  readonly exactBits: 24 | 53;
  /** Bits of one unit of a learned parameter. */
  readonly learnedRate: number;
}

/** Quantised kernel and bias of a stage: what the firmware has. */
export interface StageWeights {
  readonly kernel: Node;
  readonly bias: Node;
}

/** Runs stages and collects what they leave behind. */
export class Forward {
  /** Stage name -> its result. */
  readonly signals = new Map<string, Signal>();
  /** Stage name -> its weights. */
  readonly weights = new Map<string, StageWeights>();
  /** Tensor (`encoder1/kernel`) -> learned fraction bits. */
  readonly fractions = new Map<string, Node>();
  /** New moving statistics, by parameter. */
  readonly updates = new Map<string, Node>();
  /** To be added to the loss: see `learnedFraction`. */
  readonly restoring: Node[] = [];
  /** Stage name -> its bit operations for one event. */
  readonly bitOperations = new Map<string, Node>();

  constructor(private readonly setup: ForwardSetup) {}

  run(stages: readonly Stage[], x: Signal): Signal {
    return stages.reduce((signal, stage) => this.stage(stage, signal), x);
  }

  stage(stage: Stage, x: Signal): Signal {
    const signal = stage.kind === 'relu' ? positive(x) : this.#sums(stage, x);
    const result = this.quantise(`${stage.name}/result`, signal, stage.result, 'activation');
    this.signals.set(stage.name, result);
    return result;
  }

  /** @param tensor its name, for messages and learned bits */
  quantise(
    tensor: string,
    { node, ...unquantised }: Signal,
    quantiser: Quantiser | undefined,
    role: 'activation' | 'weight',
  ): Signal {
    if (quantiser === undefined) return { node, ...unquantised };
    const { format, learned } = quantiser;
    const apply = role === 'weight' ? quantiseWeight : quantiseActivation;
    const range = rangeOfQuantiser(quantiser);
    // The sums may be wider than float32; a type that is narrow enough comes back to it.
    const narrowed = (value: Node): Node => (bitsOf(range) <= 24 ? convert(value, 'float32') : value);
    const wide = bitsOf(range) <= 24 ? node : convert(node, 'float64');
    if (learned === undefined)
      return { node: narrowed(apply(wide, gridOf(format, wide.dtype, tensor))), range, bits: format.width };
    const { bits, restoring } = learnedFraction(this.#value(`${tensor}_fraction`), learned, this.setup.learnedRate);
    this.fractions.set(tensor, bits);
    this.restoring.push(restoring);
    const grid = learnedGridOf(format, bits, learned.fewest, learned.most, wide.dtype, tensor);
    const value = apply(wide, grid, convert(bits, wide.dtype));
    return { node: narrowed(value), range, bits: add(bits, format.integer) };
  }

  #sums(stage: WeightedStage, x: Signal): Signal {
    const given = stage.hasBatchNorm ? this.#foldedWeights(stage, x.node) : this.#plainWeights(stage);
    const kernel = this.quantise(`${stage.name}/kernel`, { node: given.kernel }, stage.kernel, 'weight');
    const bias = this.quantise(`${stage.name}/bias`, { node: given.bias }, stage.bias, 'weight');
    this.weights.set(stage.name, { kernel: kernel.node, bias: bias.node });
    if (kernel.bits !== undefined && x.bits !== undefined)
      this.bitOperations.set(stage.name, multiply(product(kernel.bits, x.bits), multiplicationsOf(stage)));

    if (x.range === undefined || kernel.range === undefined || bias.range === undefined)
      return { node: add(contraction(stage, x.node, kernel.node, 'float32'), bias.node) };
    const range = rangeOfSums(x.range, kernel.range, fanInOf(stage), bias.range);
    const dtype = dtypeFor(range, this.setup.exactBits, stage.name);
    const sums = contraction(stage, x.node, kernel.node, dtype);
    return { node: add(sums, convert(bias.node, dtype)), range, bits: bitsOf(range) + 1 };
  }

  /** The statistics are those of the sums with the kernel as it is before quantisation: what is quantised is the folded kernel. */
  #foldedWeights(stage: WeightedStage, x: Node): StageWeights {
    const kernel = this.#value(`${stage.name}/kernel`);
    const values = this.#batchNormValues(stage);
    return folded(kernel, this.#statistics(stage, x, kernel, values), values, this.setup.batchNorm.epsilon);
  }

  #plainWeights({ name }: WeightedStage): StageWeights {
    return { kernel: this.#value(`${name}/kernel`), bias: this.#value(`${name}/bias`) };
  }

  #statistics(stage: WeightedStage, x: Node, kernel: Node, values: BatchNormValues): Statistics {
    if (!this.setup.isTraining) return { mean: values.movingMean, variance: values.movingVariance };
    const batch = batchStatistics(stage, x, kernel);
    const moved = movedStatistics(batch, values, this.setup.batchNorm.momentum);
    this.updates.set(`${stage.name}/moving_mean`, moved.mean);
    this.updates.set(`${stage.name}/moving_variance`, moved.variance);
    return batch;
  }

  #batchNormValues({ name }: WeightedStage): BatchNormValues {
    return {
      gamma: this.#value(`${name}/gamma`),
      beta: this.#value(`${name}/beta`),
      movingMean: this.#value(`${name}/moving_mean`),
      movingVariance: this.#value(`${name}/moving_variance`),
    };
  }

  #value(parameter: string): Node {
    const node = this.setup.values.get(parameter);
    if (node === undefined) throw internalError('forward pass', `no value for the parameter ${parameter}`);
    return node;
  }
}

/** The gradient is 0 where the sum is 0. With a mask there and back take half the time that they take with `maximum`. */
function positive({ node, range, bits }: Signal): Signal {
  return {
    node: multiply(node, less(0, node)),
    ...(range === undefined ? {} : { range: rangeOfPositive(range) }),
    ...(bits === undefined ? {} : { bits }),
  };
}

function product(a: Operand, b: Operand): Node {
  return typeof a === 'number' && typeof b === 'number' ? constant(a * b) : multiply(a, b);
}
