/** `axoc zdc export`: the decoder of a trained generator as the ONNX model that O2 loads. */
import type { Command } from 'commander';
import { refuseToReplace } from '../../../base/files.js';
import { exportPart, type FloatFlags, generatorPartOf, outputOption, scalerOption } from '../../float-export.js';
import { wholeNumber } from '../../options.js';
import { opsetOption } from '../export-onnx.js';

export function addZdcExport(zdc: Command): void {
  zdc
    .command('export')
    .description(
      'write the decoder of a generator as ONNX for O2; the same as axoc export-onnx --profile float --part decoder',
    )
    .argument('<generator>', 'generator.h5 of axoc zdc train or axoc import')
    .requiredOption('--out <file>', 'the ONNX model; written when it agrees with the training graph')
    .addOption(outputOption())
    .addOption(scalerOption())
    .addOption(opsetOption())
    .option('--input <file>', 'npz with an array for each input: showers to compare on besides drawn ones')
    .option('--seed <number>', 'seed of the showers that are drawn', wholeNumber, 1)
    .action(async (path: string, flags: FloatFlags) => {
      refuseToReplace([path, flags.input], flags.out);
      await exportPart(await generatorPartOf(path, 'decoder', flags), flags);
    });
}
