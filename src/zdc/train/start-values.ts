/** Training that goes on from the weights of another generator, with other showers or another loss. */
import type { GeneratorArtefact } from '../../artefact/generator.js';
import { readGenerator } from '../../artefact/generator-file.js';
import { userError } from '../../base/diagnostic.js';
import type { LayerWeights } from '../../network/layers/layers.js';
import { checkWeights } from '../../network/layers/weights.js';
import type { Objective } from '../../train/objective.js';
import type { GeneratorNetworks } from './networks.js';
import { scopes } from './objective.js';
import type { TrainOptions } from './options.js';
import { parseRecord } from './record.js';

/**
 * The objective with the weights of `path` as start values.
 * @param digest of the showers that are trained on
 * @throws AxocError (user) when it has other layers or no encoder, or was trained on showers that are to be the test here
 */
export async function startingFrom(
  path: string,
  objective: Objective,
  { encoder, decoder }: GeneratorNetworks,
  digest: string,
  options: TrainOptions,
): Promise<Objective> {
  const artefact = await readGenerator(path);
  if (artefact.encoder === undefined)
    throw userError(
      'wrong-weights',
      path,
      'has no encoder',
      'start from a generator.h5 that axoc zdc train has written',
    );
  checkWeights(decoder, artefact.decoder.weights, `${path}: decoder`);
  checkWeights(encoder, artefact.encoder.weights, `${path}: encoder`);
  if (artefact.configuration !== undefined) checkSplit(path, artefact, digest, options);
  const values = new Map([
    ...scoped(artefact.encoder.weights, scopes.encoder),
    ...scoped(artefact.decoder.weights, scopes.decoder),
  ]);
  return {
    ...objective,
    parameters: objective.parameters.map((parameter) => ({
      ...parameter,
      initial: (random) => values.get(parameter.name)?.slice() ?? parameter.initial(random),
    })),
  };
}

function scoped(weights: LayerWeights, scope: string): readonly (readonly [string, Float32Array])[] {
  return [...weights].map(([name, { values }]) => [scope + name, values]);
}

function checkSplit(path: string, { configuration }: GeneratorArtefact, digest: string, options: TrainOptions): void {
  const { showers, train } = parseRecord(configuration, path);
  const isSameSplit = JSON.stringify([train.split, train.seed]) === JSON.stringify([options.split, options.seed]);
  if (showers.digest !== digest || isSameSplit) return;
  throw userError(
    'config-conflict',
    path,
    'was trained on these showers with another split or seed: it has seen showers that are kept for the test here',
    `give train.seed ${train.seed} and the same train.split`,
  );
}
