/** `axoc inspect`: layers, types, ranges, operation counts, warnings; of a generator its layers. */
import type { Command } from 'commander';
import { isGenerator, readGenerator } from '../../artefact/generator-file.js';
import { inspectModel } from '../../compile/inspect-model.js';
import { loadModel } from '../../compile/model.js';
import { printProgram } from '../../ir/print.js';
import { type ModelFlags, modelOptions, withModelOptions } from '../options.js';
import { printCount, printLine, printTable, printWarnings } from '../print.js';
import { printGenerator } from '../print-generator.js';

interface Flags extends ModelFlags {
  readonly ir: boolean;
  readonly irLowered: boolean;
}

export function addInspect(program: Command): void {
  const command = program.command('inspect').description('show what a model consists of and what its types can lose');
  withModelOptions(command, 'or generator of a fast simulation (generator.h5)')
    .option('--ir', 'print the program after all passes, in text form', false)
    .option('--ir-lowered', 'print the program as lowered, before any pass', false)
    .action(async (path: string, flags: Flags) => {
      if (await isGenerator(path)) {
        printGenerator(await readGenerator(path));
        return;
      }
      const model = await loadModel(path, modelOptions(flags));
      if (flags.ir || flags.irLowered) {
        process.stdout.write(printProgram(flags.irLowered ? model.lowered.program : model.program));
        return;
      }
      const layers = inspectModel(model);
      printTable(
        ['value', 'shape', 'described type', 'hardware type', 'proven range', 'x constant', 'x value', '+', 'casts'],
        layers.map((layer) => [
          layer.name,
          layer.shape,
          layer.describedType,
          layer.type,
          layer.range,
          ...[layer.constantProducts, layer.products, layer.additions, layer.casts].map(printCount),
        ]),
        5,
      );
      printLine();
      const total = (count: (layer: (typeof layers)[number]) => number): string =>
        printCount(layers.reduce((sum, layer) => sum + count(layer), 0));
      printLine(
        `in all: ${total((layer) => layer.constantProducts)} multiplications by constants (powers of two and zeros are wires), ` +
          `${total((layer) => layer.products)} of two values, ${total((layer) => layer.additions)} additions`,
      );
      printWarnings(model.warnings);
      if (model.warnings.length === 0) printLine('no warnings: no cast can lose high bits');
    });
}
