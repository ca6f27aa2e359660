/** The score of a model: one of the two kinds that have a name, or what the user wrote, of its stages. */
import type { Architecture, ArchitectureScore } from '../../network/architecture.js';
import type { Report } from '../../network/exact-tables.js';
import { each, layerValues, pairwise, reduction } from '../../network/score/expression.js';
import { parseExpression, renamedExpression } from '../../network/score/language.js';
import { readScore } from '../../network/score/read-score.js';
import { valueCount } from '../../network/shape.js';
import type { ScoreKind } from './options.js';

export type ScoredStages = Pick<Architecture, 'encoder' | 'latent' | 'decoder'>;

/** The stages have passed their own checks, or a problem of theirs was reported. */
export function scoreOfKind(kind: ScoreKind, { latent, decoder }: ScoredStages): ArchitectureScore {
  const stage = kind === 'sum-of-squares' ? latent : (decoder.at(-1) ?? latent);
  const length = valueCount(stage.outputShape);
  const values = layerValues(stage.name, length);
  const squared = kind === 'sum-of-squares' ? values : pairwise('subtract', values, layerValues('input', length));
  return { kind, expression: reduction('sum', each('square', squared)) };
}

/**
 * `mu` is the latent vector, `reconstruction` what the decoder of an AE ends with.
 * @param place of the text, for messages
 * @returns undefined after a problem was reported
 * @throws AxocError (user) when the text is no expression
 */
export function readScoreText(
  text: string,
  { kind, features }: Pick<Architecture, 'kind' | 'features'>,
  { encoder, latent, decoder }: ScoredStages,
  place: string,
  report: Report,
): ArchitectureScore | undefined {
  const reconstruction = decoder.at(-1);
  const isDeployed = kind === 'AE';
  const deployed = [...encoder, latent, ...(isDeployed ? decoder : [])];
  const known = new Map([
    ['input', { layer: 'input', length: features }],
    ['mu', { layer: latent.name, length: valueCount(latent.outputShape) }],
    ...(isDeployed && reconstruction !== undefined
      ? [['reconstruction', { layer: reconstruction.name, length: valueCount(reconstruction.outputShape) }] as const]
      : []),
    ...deployed.map(({ name, outputShape }) => [name, { layer: name, length: valueCount(outputShape) }] as const),
  ]);
  const floating = isDeployed ? [] : ['reconstruction', 'latent_log_variance', ...decoder.map(({ name }) => name)];
  const absent = new Map(floating.map((name) => [name, 'a VAE is deployed up to its latent mean'] as const));
  const expression = readScore(parseExpression(text, place), { known, absent }, 'score', report);
  if (expression === undefined) return undefined;
  return { kind: 'expression', expression, text: renamedExpression(text, (name) => known.get(name)!.layer) };
}
