/** What the configuration says of the data, as options of preparing it. */
import type { Config } from '../config/schema.js';
import type { BackgroundOptions, DataOptions, SignalOptions } from '../data/options.js';

/** Where the events are: files of the user's, or those that have been synthesised. */
export interface EventFiles {
  readonly background: string;
  readonly signals: readonly string[];
  /** Synthetic events are divided by `Synthesis`, not by the sectors. */
  readonly isSynthetic: boolean;
}

export function dataOptionsOf({ data_config }: Config, files: EventFiles): DataOptions {
  const { Read_configs, Synthesis, Saturation_configs, Normalisation_configs, Quantization_configs } = data_config;
  const { BACKGROUND, SIGNAL } = Read_configs;
  const boundary = Math.round(Synthesis.background * Synthesis.train_fraction);
  const sectors: Pick<BackgroundOptions, 'trainSector' | 'testSector'> = files.isSynthetic
    ? { trainSector: [0, boundary], testSector: [boundary, Synthesis.background] }
    : { trainSector: BACKGROUND.train_sector, testSector: BACKGROUND.test_sector };
  const signal: SignalOptions = {
    paths: files.signals,
    maxEvents: SIGNAL.MAX_NUM_SIGNALS,
    objectRanges: SIGNAL.object_ranges,
    constituents: SIGNAL.constituents,
  };
  return {
    background: {
      path: files.background,
      ...sectors,
      ...(BACKGROUND.pileup_column === null ? {} : { pileupColumn: BACKGROUND.pileup_column }),
      objectRanges: BACKGROUND.object_ranges,
      constituents: BACKGROUND.constituents,
    },
    signal,
    saturationMode: Saturation_configs.saturation_mode,
    scheme: Normalisation_configs.scheme,
    ignoreZeros: Normalisation_configs.norm_ignore_zeros,
    quantizeBits: Quantization_configs.quantize_bits,
    out: data_config.Processed_data_path,
  };
}
