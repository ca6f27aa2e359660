/** The loss of a generator: against its formula computed with plain loops. */
import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { chooseExecutor } from '../../../src/tensor/executors/choose.js';
import type { Input } from '../../../src/tensor/graph.js';
import { input } from '../../../src/tensor/ops.js';
import { calorimeters } from '../../../src/zdc/calorimeter.js';
import { networksOf } from '../../../src/zdc/train/networks.js';
import { generatorObjective } from '../../../src/zdc/train/objective.js';
import { reconstructionLosses, trainOptionsSchema } from '../../../src/zdc/train/options.js';

const batch = 3;
const latent = 2;
const pixels = 56 * 30;

/** Mean and log-variance are linear in the conditions, the image in latent variables and conditions: easy to repeat. */
const linear = {
  latent,
  encoder: [
    { layer: 'Flatten' },
    { layer: 'Concatenate', with: 'conditions' },
    { layer: 'Dense', units: 1, use_bias: false },
  ],
  decoder: [
    { layer: 'Dense', units: 1680, activation: 'softplus' },
    { layer: 'Reshape', target_shape: [56, 30, 1] },
  ],
} as const;

it.each(reconstructionLosses)('%s: reconstruction, divergence and total are those of the formula', async (name) => {
  const options = trainOptionsSchema.parse({ ...linear, loss: { reconstruction: name, kl_weight: 0.3 } });
  const objective = generatorObjective(networksOf(options, calorimeters.ZP), 'ZP', options, 10);
  const random = Random.seeded(3);
  const small = (count: number): Float32Array => Float32Array.from({ length: count }, () => 0.05 * random.normal());
  const counts = Float32Array.from({ length: batch * pixels }, () => (random.chance(0.02) ? random.integer(1, 40) : 0));
  const data: Record<string, Float32Array> = {
    image: counts.map((count) => Math.log(count + 1)),
    conditions: Float32Array.from({ length: batch * 9 }, () => random.normal()),
    noise: Float32Array.from({ length: batch * latent }, () => random.normal()),
  };
  const parameters = new Map(objective.parameters.map((one) => [one.name, small(one.initial(random).length)]));
  expect([...parameters.keys()]).toEqual([
    'encoder/dense/kernel',
    'encoder/mean/kernel',
    'encoder/mean/bias',
    'encoder/log_variance/kernel',
    'encoder/log_variance/bias',
    'decoder/dense/kernel',
    'decoder/dense/bias',
  ]);

  const nodes = new Map<string, Input>(objective.parameters.map((one) => [one.name, input(one.name, one.shape)]));
  const fed = new Map<string, Input>(
    objective.inputs.map((one) => [one.name, input(`fed ${one.name}`, [batch, ...one.shape])]),
  );
  const loss = objective.lossOf(batch, nodes, fed, true);
  const executable = await (await chooseExecutor('onnxruntime')).compile({
    inputs: [...nodes.values(), ...fed.values()],
    outputs: new Map([['total', loss.total], ...loss.parts]),
  });
  const found = await executable.run(
    new Map([...parameters, ...[...fed.keys()].map((key) => [`fed ${key}`, data[key]!] as const)]),
  );
  await executable.dispose();

  const of = (key: string): Float32Array => parameters.get(key)!;
  let [reconstruction, kld] = [0, 0];
  for (let row = 0; row < batch; row++) {
    const read = [
      ...data.image!.subarray(row * pixels, (row + 1) * pixels),
      ...data.conditions!.subarray(row * 9, row * 9 + 9),
    ];
    const hidden = read.reduce((sum, value, place) => sum + value * of('encoder/dense/kernel')[place]!, 0);
    const code = Array.from({ length: latent }, (_, j) => {
      const mean = hidden * of('encoder/mean/kernel')[j]! + of('encoder/mean/bias')[j]!;
      const logVariance = hidden * of('encoder/log_variance/kernel')[j]! + of('encoder/log_variance/bias')[j]!;
      kld += (mean ** 2 + Math.exp(logVariance) - 1 - logVariance) / 2 / batch;
      return mean + Math.exp(logVariance / 2) * data.noise![row * latent + j]!;
    });
    const joined = [...code, ...data.conditions!.subarray(row * 9, row * 9 + 9)];
    for (let pixel = 0; pixel < pixels; pixel++) {
      const sum = joined.reduce(
        (total, value, place) => total + value * of('decoder/dense/kernel')[place * pixels + pixel]!,
        of('decoder/dense/bias')[pixel]!,
      );
      const generated = Math.log(1 + Math.exp(sum));
      const photons = counts[row * pixels + pixel]!;
      const expected = Math.exp(generated) - 1 + 1e-4;
      const term =
        name === 'poisson' ? expected - photons * Math.log(expected) : (Math.log(photons + 1) - generated) ** 2;
      reconstruction += term / batch;
    }
  }
  expect(found.get('reconstruction')![0]! / reconstruction).toBeCloseTo(1, 4);
  expect(found.get('kld')![0]! / kld).toBeCloseTo(1, 4);
  expect(found.get('total')![0]! / (reconstruction + 0.3 * kld)).toBeCloseTo(1, 4);
});
