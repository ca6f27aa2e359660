/**
 * The decoder of a generator as `axoc export-onnx --profile float` writes it beside the same decoder as converters write it, in ONNX Runtime, one
 * thread: milliseconds for one shower, best of several runs in turn. Models: generator.h5 files named on the command line, and decoders of
 * the two published sizes with random weights.
 *
 *   npx tsx bench/export.mts [generator.h5 ...]
 */
import type { GeneratorArtefact } from '../src/artefact/generator.js';
import { readGenerator } from '../src/artefact/generator-file.js';
import { Random } from '../src/base/random.js';
import { compareWithGraph, timesOf } from '../src/compile/export-check.js';
import { floatOnnx, plainOnnx } from '../src/compile/export-float.js';
import { generatorPart } from '../src/compile/export-generator.js';
import { loadRuntime, openSession } from '../src/onnx/runtime.js';
import { writeOnnx } from '../src/onnx/write.js';
import { parametersOf, weightsFrom } from '../src/train/layers/parameters.js';
import { calorimeters, conditions } from '../src/zdc/calorimeter.js';
import { networksOf } from '../src/zdc/train/networks.js';
import { trainOptionsSchema } from '../src/zdc/train/options.js';

const opset = 13;

function randomGenerator(name: 'ZN' | 'ZP'): GeneratorArtefact {
  const { decoder } = networksOf(trainOptionsSchema.parse({}), calorimeters[name]);
  const random = Random.seeded(1);
  const values = new Map(parametersOf(decoder).map((parameter) => [parameter.name, parameter.initial(random)]));
  return {
    name: `${name}, random weights`,
    calorimeter: name,
    decoder: { network: decoder, weights: weightsFrom(decoder, values) },
    conditions,
    source: 'bench',
  };
}

const generators = [
  ...(await Promise.all(process.argv.slice(2).map(readGenerator))),
  randomGenerator('ZP'),
  randomGenerator('ZN'),
];
const runtime = await loadRuntime();
console.log(`${runtime.name}, one thread; milliseconds for one shower`);
for (const generator of generators) {
  const part = generatorPart(generator, generator.name, { part: 'decoder', scaler: 'none' });
  const models = [floatOnnx(part, opset), plainOnnx(part, opset)].map(writeOnnx);
  const session = await openSession(runtime, models[0]!, true);
  const [difference] = await compareWithGraph(part, session, runtime, 1);
  console.log(
    `${generator.name}: largest difference ${difference!.largest.toExponential(1)} of ${difference!.values} values`,
  );
  for (const batch of [1, 64]) {
    const [written, plain] = await timesOf(part, models, runtime, batch);
    const ratio = (plain! / written!).toFixed(2);
    console.log(
      `  batch ${String(batch).padStart(2)}: plain ${plain!.toFixed(2)}, written ${written!.toFixed(2)}: ${ratio} times faster`,
    );
  }
}
