/** `axoc zdc evaluate`: how well a generator makes the showers it never saw. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { writeFileWhole } from '../../../base/files.js';
import { writeReport } from '../../../l1/report/write-report.js';
import { channelCount } from '../../../zdc/channels.js';
import { defaultZdcConfig, readZdcConfig } from '../../../zdc/config.js';
import { type Evaluation, evaluateGenerator } from '../../../zdc/evaluate/evaluate.js';
import { channelName } from '../../../zdc/evaluate/figures.js';
import type { PhotonSampling } from '../../../zdc/evaluate/generate.js';
import { isUnseen, type Unseen, unseenExpected } from '../../../zdc/evaluate/options.js';
import { evaluationJson, evaluationReport, measuredText } from '../../../zdc/evaluate/report.js';
import { testSaid } from '../../../zdc/evaluate/test-said.js';
import { positiveCount } from '../../options.js';
import { printCount, printLine, printTable } from '../../print.js';

interface Flags {
  readonly showers: string;
  readonly out: string;
  readonly config?: string;
  readonly repeats?: number;
  readonly limit?: number;
  readonly unseen?: Unseen;
  readonly sampling?: PhotonSampling;
}

export function addZdcEvaluate(zdc: Command): void {
  zdc
    .command('evaluate')
    .description('compare a generator with showers that its training has not seen, beside baselines')
    .argument('<generator>', 'generator.h5 of axoc zdc train; with --unseen, also of axoc import')
    .requiredOption('--showers <file>', 'the Showers.h5 it was trained on: the test is what training left out')
    .requiredOption('--out <directory>', 'where evaluation.json, evaluation.html and the figures are written')
    .option('--config <file>', 'YAML; section evaluate is read')
    .option('--repeats <count>', 'times that every shower is generated', positiveCount)
    .addOption(
      new Option(
        '--unseen <showers>',
        'you say, for a generator that was trained elsewhere, that it has seen none of these: all (then there are no baselines), showers or particles ' +
          '(all; a half of them is the test, and baselines draw from the other), or rows FROM:TO (baselines draw from the rest)',
      ).argParser(unseen),
    )
    .option('--limit <count>', 'test showers at most', positiveCount)
    .addOption(
      new Option('--sampling <kind>', 'expected photons, or photons drawn around them').choices(['none', 'poisson']),
    )
    .action(async (generator: string, flags: Flags) => {
      const { evaluate } = flags.config === undefined ? defaultZdcConfig : readZdcConfig(flags.config).config;
      const {
        repeats = evaluate.repeats,
        limit = evaluate.showers,
        unseen = evaluate.unseen,
        sampling = evaluate.sampling,
      } = flags;
      const evaluation = await evaluateGenerator({
        generator,
        showers: flags.showers,
        options: { ...evaluate, repeats, showers: limit, unseen, sampling },
      });
      const place = (name: string): string => join(flags.out, name);
      writeFileWhole(place('evaluation.json'), `${JSON.stringify(evaluationJson(evaluation), undefined, 2)}\n`);
      const report = await evaluationReport(evaluation);
      const written = await writeReport(report, { html: place('evaluation.html'), png: flags.out });
      printEvaluation(evaluation);
      for (const path of [place('evaluation.json'), ...written]) printLine(`${path}: written`);
    });
}

function unseen(text: string): Unseen {
  if (!isUnseen(text)) throw new InvalidArgumentError(`${unseenExpected}.`);
  return text;
}

function printEvaluation(evaluation: Evaluation): void {
  const { calorimeter, synthetic, showers, particles, real, contenders } = evaluation;
  printLine(
    `${printCount(showers)} test showers of ${printCount(particles)} particles in ${calorimeter}${synthetic === undefined ? '' : `, synthetic (${synthetic})`}`,
  );
  for (const sentence of testSaid(evaluation)) printLine(sentence);
  printLine();
  printLine('1-Wasserstein distance to real showers, photons:');
  const channels = Array.from({ length: channelCount }, (_, channel) => channelName(calorimeter, channel));
  printTable(
    ['', ...channels, 'average'],
    contenders.map(({ name, distances }) => [
      name,
      ...distances.channels.map(measuredText),
      measuredText(distances.mean),
    ]),
    1,
  );
  printLine();
  printLine('photons of a shower:');
  printTable(
    ['', 'mean', 'spread for one particle', 'without a photon', 'ranked score'],
    [{ name: 'real', photons: real.photons, score: undefined }, ...contenders].map(({ name, photons, score }) => [
      name,
      photons.mean.toPrecision(4),
      photons.spread === undefined ? '-' : photons.spread.toPrecision(4),
      `${(100 * photons.empty).toFixed(2)} %`,
      score === undefined ? '-' : score.toPrecision(4),
    ]),
    1,
  );
  printLine();
}
