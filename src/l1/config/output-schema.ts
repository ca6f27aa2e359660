/** Configuration of what comes out: thresholds, files, reports; and of the seed. */
import { z } from 'zod';
import { bitsPair, group, notNegative, path, positive, seed } from './kinds.js';

export const determinismConfig = group('Same seed, same bytes.', {
  global_seed: seed.default(123).describe('Seed of initial weights, shuffling and sampling.'),
});

export const thresholdConfig = group('Thresholds of the score.', {
  target_rate: z
    .array(positive)
    .min(1)
    .default([0.15, 0.2, 0.3, 0.6, 1, 2, 3, 5, 10])
    .describe('Background rates in kHz, each of which gets a threshold.'),
  bc_khz: positive.default(28608.8064).describe('Rate of bunch crossings in kHz: 11245.6 Hz * 2544 bunches / 1000.'),
  ht_threshold: notNegative.default(280).describe('Threshold in GeV of the HT trigger it is compared with.'),
  precision: bitsPair
    .default([8, 5])
    .describe('[bits, integer bits] that inputs are rounded to when scores are computed.'),
});

export const storeConfig = group('Files of a run.', {
  lite_path: path.default('./lite.h5').describe('Artefact with the deployed model only: what the compiler reads.'),
  complete_path: path.default('./complete.h5').describe('Artefact with the data and all of the model.'),
  temp_path: path.default('./temp').describe('Directory of the two last checkpoints.'),
  skip_saving_complete: z.boolean().default(false).describe('Write the lite artefact only.'),
  build_model_path: path
    .nullable()
    .default(null)
    .describe('Directory of the firmware project made after training; null: none.'),
});

const reportFile = (sentence: string, file: string) =>
  group(sentence, {
    generate: z.boolean().default(false).describe('Whether it is written.'),
    path: path.default(file).describe('Where it is written.'),
  });

export const reportConfig = group('Reports of a run.', {
  html_report: reportFile('One page that opens in a browser.', './report.html'),
  pdf_report: reportFile('The same on paper.', './report.pdf'),
});
