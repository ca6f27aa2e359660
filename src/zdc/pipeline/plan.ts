/** The tasks of every stage, from a configuration. */
import { join } from 'node:path';
import { exitCode } from '../../base/diagnostic.js';
import { digestFile } from '../../base/file-digest.js';
import { version } from '../../base/version.js';
import type { ZdcConfigFile } from '../config.js';
import { extractMacro, extractMacroFile } from '../extract.js';
import type { CommandStage, StageName } from './options.js';
import { fill } from './placeholders.js';
import { seedOf } from './seeds.js';
import type { Task } from './task.js';

/** Where a pipeline works and what it runs. */
export interface Plan {
  readonly file: ZdcConfigFile;
  /** Absolute path of its directory. */
  readonly directory: string;
  /** Program and first arguments of axoc itself. */
  readonly axoc: readonly string[];
}

/** Name in the journal of text files that were there already. */
export const textsName = 'texts';
/** File of the pipeline's directory with the section `train`, for the command. */
export const trainSettings = join('settings', 'train.json');
/** File of the pipeline's directory with the macro that ROOT extracts showers by: `{macro}`. */
export const macroSettings = join('settings', extractMacroFile);

/** How axoc ends when its input is wrong or a tool is missing: it would end so again. */
const finalStatuses = [exitCode.user, exitCode.mismatch, exitCode.missingTool];

function runsOf({ file }: Plan): readonly number[] {
  const { first_run, runs } = file.config;
  return Array.from({ length: runs }, (_, index) => first_run + index);
}

/** The tasks of a stage; none for one that the configuration leaves out. */
export function tasksOf(stage: StageName, plan: Plan): readonly Task[] {
  const { simulate, extract } = plan.file.config;
  switch (stage) {
    case 'simulate':
      return simulate === undefined ? [] : runsOf(plan).map((run) => runTask(stage, simulate, run, plan));
    case 'extract':
      return extract === undefined ? [] : runsOf(plan).map((run) => runTask(stage, extract, run, plan));
    case 'prepare':
      return [prepareTask(plan)];
    case 'train':
      return [trainTask(plan)];
    case 'export':
      return [exportTask(plan)];
  }
}

/** Placeholders of a stage of the user's. `from`: only where a stage before it has left something. */
export function placeholdersOf(stage: StageName, { file }: Plan): readonly string[] {
  const hasInput = stage === 'extract' && file.config.simulate !== undefined;
  return ['run', 'seed', 'out', 'config', 'axoc', 'macro', ...(hasInput ? ['from'] : [])];
}

const idOf = (stage: StageName, run: number): string => `${stage}/run-${run}`;

function runTask(stage: 'simulate' | 'extract', options: CommandStage, run: number, plan: Plan): Task {
  const { file, directory, axoc } = plan;
  const seed = String(seedOf(file.config.seed, run));
  const needs = stage === 'extract' && file.config.simulate !== undefined ? [idOf('simulate', run)] : [];
  const from = join(directory, idOf('simulate', run));
  const values = { run: String(run), seed, from, config: file.directory, macro: join(directory, macroSettings) };
  const macro = options.command.some((argument) => argument.includes('{macro}')) ? { macro: extractMacro() } : {};
  const program = options.command.includes('{axoc}') ? { version } : {};
  const inputs = options.inputs.map((name) => [name, digestFile(join(file.directory, name))]);
  return {
    stage,
    id: idOf(stage, run),
    title: `${stage}, run ${run}`,
    outputs: options.outputs.map((name) => fill(name, values)),
    identity: { command: options.command, run, seed, inputs, ...macro, ...program },
    needs,
    command: (out) => expandAxoc(options.command, axoc).map((argument) => fill(argument, { ...values, out })),
    // Inputs are beside it there.
    gridCommand: options.command.map((argument) => fill(argument, { ...values, out: '.', config: '.', axoc: 'axoc' })),
  };
}

/** `{axoc}` stands for several arguments: it is one entry by itself. */
function expandAxoc(command: readonly string[], axoc: readonly string[]): readonly string[] {
  const literal = axoc.map((argument) => argument.replaceAll('{', '{{').replaceAll('}', '}}'));
  return command.flatMap((argument) => (argument === '{axoc}' ? literal : [argument]));
}

function prepareTask(plan: Plan): Task {
  const { calorimeter, prepare, texts } = plan.file.config;
  const input = texts === undefined ? join(plan.directory, 'extract') : join(plan.file.directory, texts);
  const { minimum_photons, npz, species } = prepare;
  const options = [
    ...['--calorimeter', calorimeter!],
    ...['--minimum-photons', String(minimum_photons)],
    ...(npz ? [] : ['--no-npz']),
    ...Object.entries(species).flatMap(([code, numbers]) => ['--species', `${code}=${numbers.join(',')}`]),
  ];
  return {
    stage: 'prepare',
    id: 'prepare',
    title: 'prepare',
    finalStatuses,
    outputs: ['Showers.h5', ...(npz ? ['particles.npz', 'responses.npz'] : [])],
    identity: { version, options },
    needs: texts === undefined ? runsOf(plan).map((run) => idOf('extract', run)) : [textsName],
    command: () => [...plan.axoc, 'zdc', 'prepare', '--input', input, '--out', '.', ...options],
  };
}

function trainTask({ file, directory, axoc }: Plan): Task {
  const showers = join(directory, 'prepare', 'Showers.h5');
  const settings = join(directory, trainSettings);
  return {
    stage: 'train',
    id: 'train',
    title: 'train',
    finalStatuses,
    outputs: ['generator.h5', 'scales.txt', 'history.csv'],
    identity: { version, train: file.config.train },
    needs: ['prepare'],
    command: () => [...axoc, 'zdc', 'train', '--showers', showers, '--config', settings, '--out', '.'],
    continues: {
      from: [join('work', 'checkpoint-even.axoc'), join('work', 'checkpoint-odd.axoc')],
      arguments: ['--resume'],
    },
  };
}

function exportTask({ file, directory, axoc }: Plan): Task {
  const { opset, output, scaler } = file.config.export;
  const generator = join(directory, 'train', 'generator.h5');
  const options = ['--opset', String(opset), '--output', output, '--scaler', scaler];
  return {
    stage: 'export',
    id: 'export',
    title: 'export',
    finalStatuses,
    outputs: ['generator.onnx'],
    identity: { version, options },
    needs: ['train'],
    command: () => [...axoc, 'zdc', 'export', generator, '--out', 'generator.onnx', ...options],
  };
}
