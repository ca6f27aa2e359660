/** `axoc data`: make events, prepare them for training, look into event files. */
import type { Command } from 'commander';
import { addDataInspect } from './data-inspect.js';
import { addDataPrepare } from './data-prepare.js';
import { addDataSynthesise } from './data-synthesise.js';

export function addData(program: Command): void {
  const data = program.command('data').description('events: synthesise, prepare for training, inspect');
  for (const add of [addDataSynthesise, addDataPrepare, addDataInspect]) add(data);
}
