/** Options that several commands share, and how their text becomes values. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type EventInput, type LoadedEvents, loadVectors } from '../compile/events.js';
import type { ModelOptions } from '../compile/model.js';
import { parseLegNames } from '../compile/verify-model.js';
import type { Network } from '../network/network.js';
import { parsePrecision } from '../network/precision.js';
import { printCount, printNote } from './print.js';
import { printRounded } from './print-verification.js';

export interface ModelFlags {
  readonly precision: readonly string[];
  readonly checkEachPass: boolean;
}

export interface EventFlags {
  readonly inputValues: boolean;
  readonly dataset?: string;
}

/** What two executions of a model are compared on. */
export interface VectorFlags extends EventFlags {
  readonly input?: string;
  readonly maxEvents: number;
  readonly vectors: number;
  readonly seed: number;
  readonly reproducer?: string;
}

export interface VerifyFlags extends VectorFlags {
  readonly without: readonly string[];
  readonly apInclude?: string;
}

/** Parser of an option that may be given again and again. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];

/**
 * Options of every command that loads a model.
 * @param orElse what else it takes
 */
export function withModelOptions(command: Command, orElse?: string): Command {
  const models = ['artefact of a training run (lite.h5, complete.h5)', 'network description (JSON)'];
  return command
    .argument('<model>', orElse === undefined ? models.join(' or ') : `${models.join(', ')}, ${orElse}`)
    .addOption(
      new Option(
        '--precision <type>',
        'type of results that carry none, or LAYER=TYPE for one layer; repeatable (ap_fixed<16,6> and 16,6 are the same)',
      )
        .argParser(collect)
        .default([], 'ap_fixed<16,6>'),
    )
    .option('--check-each-pass', 'simulate before and after each pass', false);
}

/** Options of every command that compares executions. */
export function withVectorOptions(command: Command): Command {
  return withEventOptions(command, false)
    .option('--max-events <count>', 'events of the input that are looked at, from its beginning', wholeNumber, 100_000)
    .option('--vectors <count>', 'directed vectors to add: corners, saturation, rounding ties', wholeNumber, 1024)
    .option('--seed <number>', 'seed of the directed vectors', wholeNumber, 1)
    .option('--reproducer <file>', 'where a mismatch is written (default: MODEL-mismatch.txt)');
}

/** Options of every command that verifies. */
export function withVerifyOptions(command: Command): Command {
  return withVectorOptions(command)
    .addOption(
      new Option('--without <leg>', 'leave out a leg: interpreter, wasm, onnx, hls, hls-vendor; repeatable')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--ap-include <directory>', "the vendor's ap_fixed.h, for the leg hls-vendor (default: looked for)");
}

export function withEventOptions(command: Command, isRequired: boolean): Command {
  const input = new Option('--input <file>', 'events: JSON, gzipped JSON, npy, npz, HDF5 or CSV, one row an event');
  return command
    .addOption(isRequired ? input.makeOptionMandatory() : input)
    .option('--input-values', 'the events are real values, not hardware integers', false)
    .option('--dataset <name>', 'the dataset with the events, in an HDF5 file that holds several');
}

export function modelOptions(flags: ModelFlags): ModelOptions {
  return { precision: parsePrecision(flags.precision), checkEachPass: flags.checkEachPass };
}

export function compareOptions(flags: VectorFlags, identifier: string) {
  return {
    directed: flags.vectors,
    seed: flags.seed,
    reproducer: flags.reproducer ?? `${identifier}-mismatch.txt`,
  };
}

export function verifyOptions(flags: VerifyFlags, identifier: string) {
  return {
    ...compareOptions(flags, identifier),
    without: parseLegNames(flags.without),
    ...(flags.apInclude === undefined ? {} : { apInclude: flags.apInclude }),
  };
}

/** The events that a command verifies with, if any; says what was rounded or left out. */
export async function givenEvents(flags: VectorFlags, network: Network): Promise<LoadedEvents | undefined> {
  if (flags.input === undefined) return undefined;
  const events = await loadVectors(eventInput(flags.input, flags), network, flags.maxEvents);
  printRounded(events);
  if (events.isCut)
    printNote(
      `${flags.input}: only the first ${printCount(events.vectors.length)} events are looked at (--max-events)`,
    );
  return events;
}

/** Where a command's events come from. */
export function eventInput(path: string, flags: EventFlags): EventInput {
  const unit = flags.inputValues ? 'real' : 'hardware';
  return { path, unit, ...(flags.dataset === undefined ? {} : { dataset: flags.dataset }) };
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is expected.');
  return Number(text);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0) throw new InvalidArgumentError('a positive number is expected.');
  return value;
}

export function positiveCount(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('at least 1.');
  return value;
}
