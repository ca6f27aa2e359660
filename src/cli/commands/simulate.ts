/** `axoc simulate`: events to scores. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { refuseToReplace } from '../../base/files.js';
import { loadModel } from '../../compile/model.js';
import { type Engine, simulateModel } from '../../compile/simulate-model.js';
import {
  type EventFlags,
  eventInput,
  type ModelFlags,
  modelOptions,
  positiveCount,
  withEventOptions,
  withModelOptions,
} from '../options.js';
import { printCount, printNote, printWarnings } from '../print.js';
import { printRounded } from '../print-verification.js';

interface Flags extends ModelFlags, EventFlags {
  readonly input: string;
  readonly output: string;
  readonly engine: Engine;
  readonly threads?: number;
  readonly outputValues: boolean;
  readonly values: boolean;
  readonly trace: boolean;
}

/**
 * Threads unless asked for, at most: one thread reads for all others, which compiled code soon waits for, and each takes memory
 * (with three, ten million events of a trigger stay below 500 MB). The interpreter keeps any number busy.
 */
const mostThreads: Readonly<Record<Engine, number>> = { wasm: 3, interpret: 8 };

export function addSimulate(program: Command): void {
  const command = program.command('simulate').description('run a model on events, bit for bit as the hardware does');
  withEventOptions(withModelOptions(command), true)
    .requiredOption('--output <file>', 'scores: .json, .json.gz, .npy, or text with one event a line')
    .addOption(
      new Option(
        '--engine <name>',
        'WebAssembly compiled from the program, or the bigint interpreter it is verified against (the reference)',
      )
        .choices(['wasm', 'interpret'])
        .default('wasm'),
    )
    .option(
      '--threads <count>',
      `worker threads; the bytes written are the same for any number (default: one a core, at most ${mostThreads.wasm}; interpreter: ${mostThreads.interpret})`,
      positiveCount,
    )
    .option('--output-values', 'write real values, not raw integers', false)
    .option('--values', 'real values on both sides: --input-values and --output-values', false)
    .option('--trace', 'write every intermediate value, not the outputs alone', false)
    .action(async (path: string, flags: Flags) => {
      refuseToReplace([path, flags.input], flags.output);
      const model = await loadModel(path, modelOptions(flags));
      printWarnings(model.warnings);
      const input = eventInput(flags.input, { ...flags, inputValues: flags.inputValues || flags.values });
      const { columns, events, roundedCount, seconds } = await simulateModel(model, input, {
        engine: flags.engine,
        threads: flags.threads ?? Math.min(availableParallelism(), mostThreads[flags.engine]),
        output: flags.output,
        values: flags.outputValues || flags.values,
        trace: flags.trace,
      });
      printRounded({ roundedCount });
      printNote(
        `${printCount(events)} ${events === 1 ? 'event' : 'events'}, ${printCount(Math.round(events / seconds))}/s -> ${flags.output}: ${describeColumns(columns)}`,
      );
    });
}

function describeColumns(columns: readonly string[]): string {
  return columns.length <= 4 ? columns.join(', ') : `${columns.length} columns, ${columns[0]} to ${columns.at(-1)}`;
}
