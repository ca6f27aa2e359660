/** The forward pass of a trained model equals the program of its exported description, value for value. */
import { beforeAll, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { type Format, fractionBits } from '../../src/fixed/format.js';
import { deployedStages, type Stage } from '../../src/network/architecture.js';
import type { Executor } from '../../src/tensor/executor.js';
import { buildModel, type Model, traceGraph } from '../../src/train/model/model.js';
import type { ModelOptions } from '../../src/train/model/options.js';
import { testSeed } from '../support/seed.js';
import { testExecutors } from './executors.js';
import { compareWithFirmware } from './firmware.js';
import { RandomModels } from './random-model.js';

let executors: readonly Executor[];
beforeAll(async () => {
  executors = await testExecutors();
});

/** Corners, ties of the input type, and numbers anywhere, in and beyond its range. */
function eventsFor(model: Model, count: number, random: Random): number[][] {
  const { features, input } = model.architecture;
  const { format } = input!;
  const unit = 2 ** -fractionBits(format);
  const span = 2 ** format.width;
  const draw = (row: number): number => {
    if (row === 0) return 0;
    if (row === 1) return span * unit;
    if (row === 2) return -span * unit;
    if (row === 3) return random.chance(0.5) ? span * unit : -span * unit;
    if (row % 2 === 0) return (random.integer(-2 * span, 2 * span) / 2) * unit;
    return Math.fround((random.nextWord() / 2 ** 32 - 0.5) * span * unit * 1.2);
  };
  return Array.from({ length: count }, (_, row) => Array.from({ length: features }, () => draw(row)));
}

const modelCount = 150;
const eventCount = 24;

it(`${modelCount} random models: training equals firmware in every named value`, async () => {
  const seed = testSeed(1);
  const random = Random.seeded(seed);
  const models = new RandomModels(random);
  const counts = { double: 0, doubleConvolution: 0, image: 0, learned: 0, normalised: 0, autoencoder: 0 };
  const values = new Map<string, number>();
  const modes = new Set<string>();
  for (let number = 0; number < modelCount; ) {
    const options = models.options();
    const [onnx, tensorflow] = executors as [Executor, Executor];
    const model = exactly(options, onnx.exactBits);
    if (model === undefined) continue;
    const parameters = models.parameters(model.parameters);
    const events = eventsFor(model, eventCount, random);
    const narrow = exactly(options, 24);
    for (const [executor, built] of [
      [onnx, model],
      [tensorflow, narrow],
    ] as const) {
      if (built === undefined) continue;
      const { values: compared, differences } = await compareWithFirmware(built, executor, parameters, events);
      values.set(executor.name, (values.get(executor.name) ?? 0) + compared);
      expect(differences.slice(0, 3), `seed ${seed}, model ${number}: ${JSON.stringify(options)}`).toEqual([]);
    }
    const deployed = deployedStages(model.architecture);
    for (const { rounding, overflow } of formatsOf(deployed)) modes.add(`${rounding},${overflow}`);
    const found: Readonly<Record<keyof typeof counts, boolean>> = {
      double: narrow === undefined,
      doubleConvolution: [...traceGraph(model, 1).outputs.values()].some(
        ({ dtype, shape }) => dtype === 'float64' && shape.length === 4,
      ),
      image: deployed.some(({ kind }) => kind === 'conv2d'),
      learned: options.learnedBits !== undefined,
      normalised: deployed.some((stage) => stage.kind !== 'relu' && stage.hasBatchNorm),
      autoencoder: options.kind === 'AE',
    };
    for (const [kind, isFound] of Object.entries(found)) if (isFound) counts[kind as keyof typeof counts]++;
    number++;
  }
  expect(modes.size).toBe(28);
  console.log(`seed ${seed}`, counts, values);
  for (const [kind, count] of Object.entries(counts))
    expect(count, kind).toBeGreaterThan(kind === 'doubleConvolution' ? 0 : 10);
}, 120_000);

/** A model whose every deployed value is exact in so many bits; undefined if there is none. */
function exactly(options: ModelOptions, exactBits: 24 | 53): Model | undefined {
  try {
    const model = buildModel(options, exactBits);
    traceGraph(model, 1);
    return model;
  } catch (error) {
    if (error instanceof AxocError && error.diagnostics.every(({ code }) => code === 'not-exact')) return undefined;
    throw error;
  }
}

/** The types of all quantised tensors. */
function formatsOf(stages: readonly Stage[]): readonly Format[] {
  return stages.flatMap((stage) => {
    const quantisers = stage.kind === 'relu' ? [stage.result] : [stage.kernel, stage.bias, stage.result];
    return quantisers.flatMap((quantiser) => (quantiser === undefined ? [] : [quantiser.format]));
  });
}
