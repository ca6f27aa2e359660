/** Configuration of the data: what is read, cut, normalised and clipped, and where it is kept. */
import { z } from 'zod';
import { bitsPair, count, fraction, group, mapKey, path, positiveCount, rowRange, sector, seed } from './kinds.js';

const used = (...runs: readonly (readonly [boolean, number])[]): boolean[] =>
  runs.flatMap(([isUsed, length]) => Array<boolean>(length).fill(isUsed));

const objectRanges = z
  .record(mapKey, rowRange)
  .default({ met: 0, egs: [1, 13], muons: [13, 21], jets: [21, 33] })
  .describe('Kind of object -> its rows in the event table: one row, or [first, after the last].');

const constituents = z
  .record(mapKey, z.array(z.boolean()))
  .default({
    MET: used([true, 1]),
    EGAMMA: used([true, 4], [false, 8]),
    MUON: used([true, 4], [false, 4]),
    JET: used([true, 10], [false, 2]),
  })
  .describe('Kind of object -> which of its rows, pt-ordered, the network sees.');

const background = group('Zero-bias events: what is normal.', {
  file_path: path.nullable().default(null).describe('HDF5 file of background events; null makes a synthetic set.'),
  train_sector: sector.default([0, 2_000_000]).describe('Events that train: [first, after the last].'),
  test_sector: sector.default([2_000_000, 8_000_000]).describe('Events that test: [first, after the last].'),
  object_ranges: objectRanges,
  constituents,
  pileup_column: count
    .nullable()
    .default(null)
    .describe('Column of event_info that counts pile-up vertices; null: as the file says.'),
});

const signal = group('Signals: what should be found; never trained on.', {
  file_path: path
    .nullable()
    .default(null)
    .describe(
      'HDF5 file with one dataset a signal; null: synthetic signals with a synthetic background, none otherwise.',
    ),
  MAX_NUM_SIGNALS: positiveCount.default(200_000).describe('Most events read of one signal.'),
  object_ranges: objectRanges,
  constituents,
});

export const dataConfig = group('Events, from the file to what the network reads.', {
  Read_configs: group('What is read.', { BACKGROUND: background, SIGNAL: signal }),
  Synthesis: group('The synthetic set that is made when BACKGROUND.file_path is null.', {
    background: positiveCount.default(100_000).describe('Background events.'),
    train_fraction: fraction
      .default(0.5)
      .describe('Share of the background that trains, from its beginning; the rest tests. Replaces the two sectors.'),
    signal: count.default(10_000).describe('Events of each signal.'),
    seed: seed.default(123).describe('Seed of the synthetic events.'),
  }),
  Saturation_configs: group('Events and objects at the upper end of the hardware scale.', {
    saturation_mode: z
      .enum(['mask', 'drop'])
      .default('mask')
      .describe('mask: a saturated object becomes (0, 0, 0); drop: its event is left out.'),
  }),
  Normalisation_configs: group('Scale and bias of each input, fitted on the training events.', {
    scheme: z
      .string()
      .regex(/^RobustScaler(_pow2)?\([^,()]+(,[^,()]+){3}\)$/, {
        error: 'RobustScaler(l,h,low,high) or RobustScaler_pow2(l,h,low,high) expected',
      })
      .default('RobustScaler_pow2(5,95,-2,2)')
      .describe(
        'RobustScaler(l,h,low,high) maps percentiles l and h to low and high; _pow2 makes scales powers of two and biases integers, which firmware needs.',
      ),
    norm_ignore_zeros: z.boolean().default(true).describe('Fit on objects with pt > 0 only.'),
  }),
  Quantization_configs: group('The range that normalised inputs are clipped to.', {
    quantize_bits: bitsPair
      .default([8, 5])
      .describe('[bits, integer bits]: clipped to [-2^integer, 2^integer - 2^(integer + 1 - bits)].'),
  }),
  Processed_data_path: path.default('./Data.h5').describe('Where the prepared events are kept.'),
});
