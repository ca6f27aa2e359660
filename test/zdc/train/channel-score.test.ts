/** The score of channels: its formula in plain loops, its least value where the distribution is right, and training with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { chooseExecutor } from '../../../src/tensor/executors/choose.js';
import { input, matmul, reshape } from '../../../src/tensor/ops.js';
import { channelSums } from '../../../src/zdc/channels.js';
import { evaluateGenerator } from '../../../src/zdc/evaluate/evaluate.js';
import { evaluateOptionsSchema } from '../../../src/zdc/evaluate/options.js';
import { evaluationReport } from '../../../src/zdc/evaluate/report.js';
import { channelScore, drawInputs } from '../../../src/zdc/train/channel-score.js';
import { trainGenerator } from '../../../src/zdc/train/run.js';
import { smallOptions, writeSampleShowers } from '../sample-showers.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-score-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const pixels = 56 * 30;

/**
 * The score of showers that are `noise x kernel` in log(photons + 1), one latent variable.
 * @param noises of each draw: latent, then photons
 */
async function scoreOf(
  truth: Float32Array,
  kernel: Float32Array,
  noises: readonly (readonly [Float32Array, Float32Array])[],
): Promise<number> {
  const batch = truth.length / pixels;
  const image = input('truth', [batch, 56, 30, 1]);
  const weights = input('kernel', [1, pixels]);
  const drawn = drawInputs(1).map(({ name, shape }) => input(name, [batch, ...shape]));
  const generate = (noise: (typeof drawn)[number]) => reshape(matmul(noise, weights), image.shape);
  const fed = new Map(drawn.map((node) => [node.name, node]));
  const score = channelScore('ZP', image, generate as never, fed);
  const graph = { inputs: [image, weights, ...drawn], outputs: new Map([['score', score]]) };
  const executable = await (await chooseExecutor('onnxruntime')).compile(graph);
  const found = await executable.run(
    new Map([
      ['truth', truth],
      ['kernel', kernel],
      ...noises.flat().map((values, place) => [drawn[place]!.name, values] as const),
    ]),
  );
  await executable.dispose();
  return found.get('score')![0]!;
}

const normals = (random: Random, count: number) => Float32Array.from({ length: count }, () => random.normal());

it('is that of its formula, over the five channels and their total', async () => {
  const random = Random.seeded(5);
  const counts = Float32Array.from({ length: 3 * pixels }, () => (random.chance(0.02) ? random.integer(1, 9) : 0));
  const kernel = Float32Array.from({ length: pixels }, () => 0.01 + 0.01 * random.uniform());
  const noises = [0, 1].map(() => [normals(random, 3).map(Math.abs), normals(random, 18)] as const);
  const withTotal = (sums: Float64Array): readonly number[] => [...sums, sums.reduce((all, one) => all + one, 0)];
  let expected = 0;
  for (let row = 0; row < 3; row++) {
    const real = withTotal(channelSums('ZP', counts.subarray(row * pixels, (row + 1) * pixels)));
    const [a, b] = noises.map(([latent, photons]) =>
      withTotal(
        channelSums(
          'ZP',
          kernel.map((weight) => Math.exp(weight * latent[row]!) - 1),
        ),
      ).map((sum, column) => (Math.sqrt(sum + 1 / 8) + photons[row * 6 + column]! / 2) ** 2 - 3 / 8),
    ) as [number[], number[]];
    for (const [column, r] of real.entries())
      expected += (Math.abs(a[column]! - r) + Math.abs(b[column]! - r) - Math.abs(a[column]! - b[column]!)) / 2 / 3;
  }
  const truth = counts.map((count) => Math.log(count + 1));
  expect((await scoreOf(truth, kernel, noises)) / expected).toBeCloseTo(1, 4);
});

it('is least for showers that are as bright, and fluctuate as much, as real ones', async () => {
  const random = Random.seeded(6);
  const showers = 400;
  // One pixel, with exp(|noise|) - 1 = 0 to 20 photons; what is drawn is `scale` times that in logarithms.
  const lit = (scale: number) => Float32Array.from({ length: pixels }, (_, pixel) => (pixel === 100 ? scale : 0));
  const codes = (spread: number) => normals(random, showers).map((z) => 4 + spread * z);
  const truth = new Float32Array(showers * pixels);
  for (const [row, z] of codes(0.5).entries())
    truth[row * pixels + 100] = Math.log(1 + Math.max(0, Math.round(Math.exp(z) - 1)));
  const scores: number[] = [];
  for (const [scale, spread] of [
    [1, 0.5],
    [0.9, 0.5],
    [1.1, 0.5],
    [1, 0.1],
    [1, 1],
  ] as const)
    scores.push(
      await scoreOf(
        truth,
        lit(scale),
        [0, 1].map(() => [codes(spread), normals(random, 6 * showers)]),
      ),
    );
  for (const other of scores.slice(1)) expect(other).toBeGreaterThan(scores[0]!);
});

it('is trained with, also with batch normalisation, and recorded', async () => {
  const showers = path.join(work, 'Showers.h5');
  await writeSampleShowers(showers);
  const options = { ...smallOptions, epochs: 4, loss: { ...smallOptions.loss, channel_weight: 0.3 } };
  const quiet = () => ({ advance() {}, done() {} });
  const train = () =>
    trainGenerator({ showers, out: path.join(work, 'run'), options, resume: false, startProgress: quiet });
  const { history } = await train();
  expect(history.at(-1)!.channel_score!).toBeLessThan(history[0]!.channel_score!);
  expect(history.at(-1)!.validation_channel_score!).toBeGreaterThan(0);
  expect((await train()).history).toEqual(history);
  const evaluation = await evaluateGenerator({
    generator: path.join(work, 'run', 'generator.h5'),
    showers,
    options: evaluateOptionsSchema.parse({ repeats: 1 }),
    startProgress: quiet,
  });
  expect(JSON.stringify(await evaluationReport(evaluation))).toMatch(
    /"Loss","\w+ \+ [\d.]+ KL \+ 0\.3 score of channels"/,
  );
});
