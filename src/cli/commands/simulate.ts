/** `axoc simulate`: events to scores. */
import { type Command, Option } from 'commander';
import { loadVectors } from '../../compile/events.js';
import { loadModel } from '../../compile/model.js';
import { type Engine, simulateModel } from '../../compile/simulate-model.js';
import {
  type EventFlags,
  eventInput,
  type ModelFlags,
  modelOptions,
  withEventOptions,
  withModelOptions,
} from '../options.js';
import { printCount, printNote, printWarnings } from '../print.js';
import { printRounded } from '../reports.js';

interface Flags extends ModelFlags, EventFlags {
  readonly input: string;
  readonly output: string;
  readonly engine: Engine;
  readonly outputValues: boolean;
  readonly values: boolean;
  readonly trace: boolean;
}

export function addSimulate(program: Command): void {
  const command = program.command('simulate').description('run a model on events, bit for bit as the hardware does');
  withEventOptions(withModelOptions(command), true)
    .requiredOption('--output <file>', 'scores: .json, .json.gz, .npy, or text with one event a line')
    .addOption(
      new Option(
        '--engine <name>',
        'the bigint interpreter (the reference), or WebAssembly compiled from the same program',
      )
        .choices(['interpret', 'wasm'])
        .default('interpret'),
    )
    .option('--output-values', 'write real values, not raw integers', false)
    .option('--values', 'real values on both sides: --input-values and --output-values', false)
    .option('--trace', 'write every intermediate value, not the outputs alone', false)
    .action(async (path: string, flags: Flags) => {
      const model = await loadModel(path, modelOptions(flags));
      printWarnings(model.warnings);
      const input = eventInput(flags.input, { ...flags, inputValues: flags.inputValues || flags.values });
      const events = await loadVectors(input, model.network);
      printRounded(events);
      const started = performance.now();
      const columns = await simulateModel(model, events.vectors, {
        engine: flags.engine,
        output: flags.output,
        values: flags.outputValues || flags.values,
        trace: flags.trace,
      });
      const rate = events.vectors.length / ((performance.now() - started) / 1000);
      printNote(
        `${printCount(events.vectors.length)} events, ${printCount(Math.round(rate))}/s -> ${flags.output}: ${describeColumns(columns)}`,
      );
    });
}

function describeColumns(columns: readonly string[]): string {
  return columns.length <= 4 ? columns.join(', ') : `${columns.length} columns, ${columns[0]} to ${columns.at(-1)}`;
}
