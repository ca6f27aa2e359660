/** What no key alone can tell: whether the stages of a pipeline go together. */
import { join } from 'node:path';
import { Problems } from '../../base/diagnostic.js';
import { fileExists } from '../../base/files.js';
import { stageNames } from './options.js';
import { checkPlaceholders } from './placeholders.js';
import { type Plan, placeholdersOf } from './plan.js';

/** @throws AxocError (user) with every contradiction, before anything runs */
export function checkPlan(plan: Plan): void {
  const problems = new Problems();
  checkSources(plan, problems);
  checkCommands(plan, problems);
  checkGrid(plan, problems);
  problems.throwIfAny();
}

function checkSources({ file }: Plan, problems: Problems): void {
  const { calorimeter, simulate, extract, texts } = file.config;
  if (calorimeter === undefined)
    problems.add('missing-key', file.placeOf(['calorimeter']), 'the key is missing', 'calorimeter: ZN, or ZP');
  if (texts === undefined && extract === undefined)
    problems.add(
      'missing-key',
      file.placeOf(['extract']),
      'nothing says where the text files come from',
      'give extract (and simulate), or texts with a directory that holds them',
    );
  if (texts !== undefined && (extract ?? simulate) !== undefined)
    problems.add(
      'config-conflict',
      file.placeOf(['texts']),
      'text files that are there are not made anew',
      'give either texts, or simulate and extract',
    );
}

function checkCommands(plan: Plan, problems: Problems): void {
  const { config, placeOf, directory } = plan.file;
  for (const stage of ['simulate', 'extract'] as const) {
    const options = config[stage];
    if (options === undefined) continue;
    const known = placeholdersOf(stage, plan);
    options.command.forEach((argument, index) => {
      const place = placeOf([stage, 'command', index]);
      if (argument !== '{axoc}' && argument.includes('{axoc}'))
        problems.add('bad-value', place, '{axoc} stands for several arguments', 'make it an entry of its own');
      else checkPlaceholders(argument, known, place, problems);
      if (argument.includes('{macro}')) checkMacroPaths(argument, place, plan, problems);
      if (argument.includes('\0')) problems.add('bad-value', place, 'no argument holds a zero byte', 'remove it');
    });
    options.outputs.forEach((name, index) => {
      const place = placeOf([stage, 'outputs', index]);
      checkPlaceholders(name, ['run', 'seed'], place, problems);
      if (name.startsWith('/') || name.split('/').includes('..'))
        problems.add('bad-value', place, 'an output stands in the directory of its run', 'give its name there');
    });
    options.inputs.forEach((name, index) => {
      if (fileExists(join(directory, name))) return;
      const path = join(directory, name);
      problems.add(
        'unreadable-file',
        path,
        `is not there; ${placeOf([stage, 'inputs', index])} names it`,
        'correct the path',
      );
    });
  }
}

/** ROOT takes what stands before a bracket for the file, and reads the rest as C++. */
function checkMacroPaths(argument: string, place: string, plan: Plan, problems: Problems): void {
  const isNamed = argument.includes('{config}');
  for (const path of [plan.directory, ...(isNamed ? [plan.file.directory] : [])]) {
    const sign = /["\\()$\n]/.exec(path)?.[0];
    if (sign === undefined) continue;
    const message = `ROOT cannot be given a path with ${JSON.stringify(sign)}: ${path}`;
    problems.add('bad-value', place, message, 'choose a directory without such a sign, here for the pipeline itself');
  }
}

function checkGrid({ file }: Plan, problems: Problems): void {
  const { config, placeOf } = file;
  for (const stage of stageNames) {
    if ((config.jobs[stage].executor ?? config.executor) !== 'grid') continue;
    // On the GRID only what needs nothing of this machine can run.
    const isAlone = stage === 'simulate' || (stage === 'extract' && config.simulate === undefined);
    if (!isAlone && config[stage] !== undefined)
      problems.add(
        'config-conflict',
        placeOf(['jobs', stage, 'executor']),
        `${stage} needs what stands here, and cannot run on the GRID`,
        `set jobs.${stage}.executor to local or slurm`,
      );
    const options = stage === 'simulate' || stage === 'extract' ? config[stage] : undefined;
    if (!isAlone || options === undefined) continue;
    for (const key of ['directory', 'packages'] as const)
      if (config.grid[key].length === 0)
        problems.add(
          'missing-key',
          placeOf(['grid', key]),
          'the GRID needs this key',
          'docs/zdc-pipeline.md explains it',
        );
    options.command.forEach((argument, index) => {
      const away = ['{axoc}', '{macro}'].find((name) => argument.includes(name));
      if (away !== undefined)
        problems.add(
          'config-conflict',
          placeOf([stage, 'command', index]),
          `${away} is on this machine, not on the GRID`,
          'run this stage elsewhere, or name what it needs in inputs',
        );
    });
    options.inputs.forEach((name, index) => {
      if (!/^[\w.-]+$/.test(name))
        problems.add(
          'bad-value',
          placeOf([stage, 'inputs', index]),
          'files on the GRID have plain names and no directories',
          'put it beside the configuration',
        );
    });
  }
}
