/** The forward pass of a trained model equals the program of its exported description, value for value. */
import { beforeAll, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { castRaw } from '../../src/fixed/cast.js';
import { fromDouble, toDouble } from '../../src/fixed/dyadic.js';
import { fractionBits } from '../../src/fixed/format.js';
import { fractionAt, opsById } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { defaultPrecision } from '../../src/network/precision.js';
import { inputFormatOf } from '../../src/network/quantise-events.js';
import { readNetwork } from '../../src/network/read-network.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import type { Executor, Values } from '../../src/tensor/executor.js';
import { describeTrained } from '../../src/train/export.js';
import type { TrainedScaling } from '../../src/train/export-scaling.js';
import { buildModel, eventsInput, type Model, traceGraph, weightsGraph } from '../../src/train/model/model.js';
import type { ModelOptions } from '../../src/train/model/options.js';
import { testSeed } from '../support/seed.js';
import { runGraph, testExecutors } from './executors.js';
import { RandomModels } from './random-model.js';

let executors: readonly Executor[];
beforeAll(async () => {
  executors = await testExecutors();
});

interface Comparison {
  readonly values: number;
  readonly differences: readonly string[];
}

/** @param scaling with it, events are hardware integers; otherwise normalised numbers */
async function compare(
  model: Model,
  executor: Executor,
  parameters: ReadonlyMap<string, Values>,
  events: readonly (readonly number[])[],
  scaling?: TrainedScaling,
): Promise<Comparison> {
  const weights = await runGraph(executor, weightsGraph(model), parameters);
  const trained = {
    name: 'random',
    architecture: model.architecture,
    weights,
    ...(scaling === undefined ? {} : { scaling }),
  };
  const network = readNetwork(JSON.stringify(describeTrained(trained)), 'random.json', defaultPrecision);
  const { program, names } = lower(network);
  const ops = opsById(program);
  const run = interpreterOf(program);
  const format = inputFormatOf(network.input);

  const normalised = events.map((event) =>
    event.map((value, index) =>
      scaling === undefined ? value : (value - scaling.bias[index]!) / scaling.scale[index]!,
    ),
  );
  const feeds = new Map<string, Values>([...parameters, [eventsInput, Float32Array.from(normalised.flat())]]);
  const traced = await runGraph(executor, traceGraph(model, events.length), feeds);

  const differences: string[] = [];
  let values = 0;
  for (const [row, event] of events.entries()) {
    const trace = run(
      event.map((value, index) => {
        const { mantissa, fraction } = fromDouble(
          scaling === undefined ? value : value * lsbOf(network.input.scaling!.lsbs[index]!),
        );
        return castRaw(mantissa, fraction, format);
      }),
    );
    for (const [id, name] of names) {
      const tensor = traced.get(name);
      if (tensor === undefined) {
        if (id !== 'hardware') differences.push(`${name} is not traced`);
        continue;
      }
      const raws = trace.get(id)!;
      const { type } = ops.get(id)!;
      for (const [index, raw] of raws.entries()) {
        const exact = toDouble(raw, fractionAt(type, index));
        const found = tensor[row * raws.length + index];
        values++;
        if (found !== exact)
          differences.push(`${executor.name}, ${name}[${index}], event ${row}: ${found}, firmware ${exact}`);
      }
    }
  }
  return { values, differences };
}

const lsbOf = ({ mantissa, fraction }: { readonly mantissa: bigint; readonly fraction: number }): number =>
  toDouble(mantissa, fraction);

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
  const counts = {
    compared: 0,
    double: 0,
    image: 0,
    learned: 0,
    normalised: 0,
    AE: 0,
    refused: 0,
    values: new Map<string, number>(),
  };
  for (let number = 0; number < modelCount; ) {
    const options = models.options();
    const [onnx, tensorflow] = executors as [Executor, Executor];
    const model = exactly(options, onnx.exactBits);
    if (model === undefined) {
      counts.refused++;
      continue;
    }
    const parameters = models.parameters(model.parameters);
    const events = eventsFor(model, eventCount, random);
    const narrow = exactly(options, 24);
    if (narrow === undefined) counts.double++;
    for (const [executor, built] of [
      [onnx, model],
      [tensorflow, narrow],
    ] as const) {
      if (built === undefined) continue;
      const { values, differences } = await compare(built, executor, parameters, events);
      counts.values.set(executor.name, (counts.values.get(executor.name) ?? 0) + values);
      expect(differences.slice(0, 3), `seed ${seed}, model ${number}: ${JSON.stringify(options)}`).toEqual([]);
    }
    if (options.inputShape !== undefined) counts.image++;
    if (options.learnedBits !== undefined) counts.learned++;
    if ([...options.encoder, ...options.decoder].some(({ kind }) => kind === 'batch_norm')) counts.normalised++;
    if (options.kind === 'AE') counts.AE++;
    number++;
  }
  console.log(`seed ${seed}`, counts);
  for (const [kind, count] of Object.entries(counts))
    if (kind !== 'refused' && typeof count === 'number' && kind !== 'compared') expect(count, kind).toBeGreaterThan(10);
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
