/** `axoc import`: a generator that was trained with Keras, as an artefact of ours. */
import { type Command, Option } from 'commander';
import { writeGenerator } from '../../artefact/generator-file.js';
import { readText, refuseToReplace } from '../../base/files.js';
import { importGenerator } from '../../compile/import-keras/import-generator.js';
import { calorimeters, conditions } from '../../zdc/calorimeter.js';
import { readScales } from '../../zdc/read-scales.js';
import { printLine } from '../print.js';
import { printGenerator } from '../print-generator.js';

interface Flags {
  readonly out: string;
  readonly name?: string;
  readonly calorimeter?: 'ZN' | 'ZP';
  readonly scales?: string;
  readonly submodel?: string;
  readonly encoder?: string;
}

export function addImport(program: Command): void {
  program
    .command('import')
    .description('take over a generator that was trained with Keras, weights and all')
    .argument('<keras>', "HDF5 file of the decoder, as model.save('decoder.h5') writes it")
    .requiredOption('--out <file>', 'the artefact, generator.h5')
    .option('--name <text>', 'what the generator is called (default: the name of the Keras model)')
    .addOption(
      new Option('--calorimeter <name>', 'whose images it makes (default: told from their size)').choices(['ZN', 'ZP']),
    )
    .option('--scales <file>', 'means and scales of the conditions, the text file that O2 reads')
    .option('--submodel <name>', 'the decoder is this model inside the model')
    .option('--encoder <keras>', 'HDF5 file of the encoder, to be kept beside the decoder')
    .action(async (path: string, { out, scales, ...given }: Flags) => {
      refuseToReplace([path, given.encoder, scales], out);
      const scaler = scales === undefined ? {} : { scaler: readScales(readText(scales), scales) };
      const kind = { conditions, calorimeters: Object.values(calorimeters) };
      const { artefact, assumptions } = await importGenerator({ path, ...given, ...scaler }, kind);
      await writeGenerator(out, artefact);
      printGenerator(artefact);
      for (const assumption of assumptions) printLine(`assumed: ${assumption}`);
      printLine(`${artefact.name}: ${out}`);
    });
}
