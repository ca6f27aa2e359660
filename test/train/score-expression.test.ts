/** Score expressions of models to be trained: training = interpreter = WebAssembly = C++ = the second evaluator, and what is refused. */
import { beforeAll, describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { withTemporaryDirectory } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import type { Program } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { deployedStages } from '../../src/network/architecture.js';
import type { Description } from '../../src/network/description.js';
import { defaultPrecision, parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { valueCount } from '../../src/network/shape.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import type { Executor } from '../../src/tensor/executor.js';
import { describeTrained } from '../../src/train/export.js';
import { buildModel, type Model, traceGraph, weightsGraph } from '../../src/train/model/model.js';
import { defaultModelOptions, type ModelOptions } from '../../src/train/model/options.js';
import { directedVectors, type Vector } from '../../src/verify/vectors.js';
import { messageOf } from '../base/thrown.js';
import type { ScoredByExpression } from '../support/description-oracle.js';
import { compileBatch } from '../support/hls-batch.js';
import { checkNetwork, type LegName } from '../support/network-check.js';
import { checkAgainstOracle } from '../support/oracle-check.js';
import { RandomScores, scoreOperations } from '../support/random-score.js';
import { testSeed } from '../support/seed.js';
import { tools } from '../support/tools.js';
import { runGraph, testExecutors } from './executors.js';
import { compareWithFirmware } from './firmware.js';
import { RandomModels } from './random-model.js';

let executors: readonly Executor[];
beforeAll(async () => {
  executors = await testExecutors();
});

const modelCount = 50;
const eventCount = 24;
const vectorCount = 64;
/** Programs that are compiled together. */
const batchSize = 10;
const legs: readonly LegName[] = ['interpreter', 'wasm', 'hls'];

interface Trained {
  readonly expression: string;
  readonly description: Description;
  readonly program: Program;
  readonly vectors: readonly Vector[];
}

it(`${modelCount} random expressions: training = interpreter = WebAssembly = C++ by g++`, async () => {
  const seed = testSeed(1);
  const random = Random.seeded(seed);
  const models = new RandomModels(random);
  const trained: Trained[] = [];
  const counts = { models: 0, values: 0, float64: 0, tensorflow: 0 };
  while (trained.length < modelCount) {
    const options = models.options();
    const scoreKind = { expression: new RandomScores(random, vectorsOf(options)).next() };
    const model = exactly({ ...options, scoreKind }, 53);
    if (model === undefined) continue;
    counts.models++;
    const parameters = models.parameters(model.parameters);
    const events = Array.from({ length: eventCount }, () =>
      Array.from({ length: options.features }, () => Math.fround(random.integer(-4096, 4096) / 64)),
    );
    for (const executor of executors) {
      const built = exactly({ ...options, scoreKind }, executor.exactBits);
      if (built === undefined) continue;
      const { values, differences } = await compareWithFirmware(built, executor, parameters, events);
      const where = `seed ${seed}, model ${counts.models}: ${scoreKind.expression}`;
      expect(differences.slice(0, 3), where).toEqual([]);
      counts.values += values;
      if (executor.exactBits === 24) counts.tensorflow++;
    }
    if (traceGraph(model, 1).outputs.get('score')!.dtype === 'float64') counts.float64++;
    const weights = await runGraph(executors[0]!, weightsGraph(model), parameters);
    const description = describeTrained({ name: `random${trained.length}`, architecture: model.architecture, weights });
    const { program } = lower(readNetwork(JSON.stringify(description), 'random.json', defaultPrecision));
    const vectors = directedVectors(program, vectorCount, random);
    if (isLively(program, vectors)) trained.push({ ...scoreKind, description, program, vectors });
  }
  console.log(`${modelCount} of`, counts);
  expect(Math.min(counts.float64, counts.tensorflow)).toBeGreaterThan(0);
  for (const operation of scoreOperations)
    expect(trained.filter(({ expression }) => expression.includes(operation)).length, operation).toBeGreaterThan(0);
  for (let first = 0; first < modelCount; first += batchSize)
    await checkFirmware(trained.slice(first, first + batchSize));
}, 600_000);

/** Whether the score is not the same for all of them. */
function isLively(program: Program, vectors: readonly Vector[]): boolean {
  const run = interpreterOf(program);
  return new Set(vectors.map((vector) => run(vector).get(program.outputs[0]!)![0])).size > 1;
}

/** All legs and the oracle on what was exported. */
async function checkFirmware(trained: readonly Trained[]): Promise<void> {
  const modules = { parsePrecision, readNetwork, lower, interpreterOf };
  await withTemporaryDirectory(async (directory) => {
    const programs = trained.map(({ program }) => program);
    const commands = await compileBatch(tools, programs, directory);
    expect(commands).toHaveLength(trained.length);
    for (const [number, { expression, description, program, vectors }] of trained.entries()) {
      const checked = await checkNetwork(tools, program, vectors, {
        legs,
        directory,
        commands: new Map([['hls', commands![number]!]]),
      });
      expect(checked.failure, expression).toBeUndefined();
      for (const leg of legs) expect(checked.compared.get(leg)?.vectors, leg).toBe(vectorCount);
      const described = description as unknown as ScoredByExpression;
      expect(checkAgainstOracle(modules, described, [], () => vectors).difference, expression).toBeUndefined();
    }
  });
}

/** Everything an expression can name, by its alias too. */
function vectorsOf(options: ModelOptions): { name: string; length: number }[] {
  const { encoder, latent, decoder, features, kind } = buildModel(options).architecture;
  const stages = kind === 'AE' ? [...encoder, latent, ...decoder] : [...encoder, latent];
  return [
    { name: 'input', length: features },
    { name: 'mu', length: options.latent },
    { name: '"mu"', length: options.latent },
    ...(kind === 'AE' ? [{ name: 'reconstruction', length: features }] : []),
    ...stages.map(({ name, outputShape }) => ({ name, length: valueCount(outputShape) })),
  ];
}

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

const small: ModelOptions = {
  ...defaultModelOptions,
  features: 3,
  encoder: [{ kind: 'dense', units: 4 }, { kind: 'relu' }],
  latent: 2,
  decoder: [{ kind: 'dense', units: 3, name: 'back 1' }],
};
const autoencoder: ModelOptions = { ...small, kind: 'AE' };
const scoredBy = (options: ModelOptions, expression: string) => buildModel({ ...options, scoreKind: { expression } });

describe('an expression of a model', () => {
  it.each([
    [small, 'sum(mu^2)', 'sum(latent_mean ^ 2)', 3],
    [small, 'max(abs(encoder1_relu))', 'max(abs(encoder1_relu))', 3],
    [autoencoder, 'sum(mu^2)', 'sum(latent_mean ^ 2)', 3],
    [autoencoder, 'sum((reconstruction - input)^2)', 'sum(("back 1" - input) ^ 2)', 4],
    [autoencoder, '0.000244140625*sum("back 1"[1]*mu)', '0.000244140625 * sum("back 1"[1] * latent_mean)', 4],
  ])('%#: %s', (options, expression, text, stages) => {
    const { architecture } = scoredBy(options, expression);
    expect(architecture.score.text).toBe(text);
    expect(deployedStages(architecture)).toHaveLength(stages);
    // The text with the names of the stages means the same.
    expect(scoredBy(options, text).architecture.score.expression).toEqual(architecture.score.expression);
  });

  it('sums of squares in words are the scores that have a name', () => {
    const plain = buildModel({ ...autoencoder, scoreKind: 'sum-of-squares' }).architecture.score;
    expect(scoredBy(autoencoder, 'sum(mu^2)').architecture.score.expression).toEqual(plain.expression);
    const difference = buildModel(autoencoder).architecture.score;
    expect(difference.kind).toBe('sum-of-squared-difference');
    expect(scoredBy(autoencoder, 'sum((reconstruction - input)^2)').architecture.score.expression).toEqual(
      difference.expression,
    );
  });

  it.each([
    [
      'sum((reconstruction - input)^2)',
      'error[bad-score]: model.score: no "reconstruction" in the firmware: a VAE is deployed up to its latent mean\n' +
        '  help: known here: input, mu, encoder1, encoder1_relu, latent_mean',
    ],
    [
      'sum(latent_log_variance)',
      'error[bad-score]: model.score: no "latent_log_variance" in the firmware: a VAE is deployed up to its latent mean\n' +
        '  help: known here: input, mu, encoder1, encoder1_relu, latent_mean',
    ],
    [
      'sum(my^2)',
      'error[unknown-layer]: model.score: no layer "my" is there for the score\n  help: did you mean "mu"?',
    ],
    [
      'sum(mu^2',
      'error[bad-score]: model.score: "sum(mu^2" is no expression: Parenthesis ) expected (char 9)\n' +
        '  help: write it as "sum(mu^2)", "max(abs(mu))" or "0.5*mu[0] - mu[1]"',
    ],
  ])('%s is refused', (expression, message) => {
    expect(messageOf(() => scoredBy(small, expression))).toBe(message);
  });

  it('is refused where no executor computes it exactly', () => {
    // Values of up to 2^9 units, their eighth powers 2^72, two of them added.
    expect(messageOf(() => traceGraph(scoredBy(small, 'sum(mu^8)'), 1))).toBe(
      'error[not-exact]: score: its sums need 74 bits (24 of them after the binary point); this executor is exact up to 53\n' +
        '  help: take 21 bits or more from the layers that it reads',
    );
  });
});
