/** `axoc zdc`: the fast simulation of ALICE's zero-degree calorimeters, from showers to a generator for O2. */
import type { Command } from 'commander';
import { addZdcEvaluate } from './zdc/evaluate.js';
import { addZdcPrepare } from './zdc/prepare.js';
import { addZdcTrain } from './zdc/train.js';

export function addZdc(program: Command): void {
  const zdc = program
    .command('zdc')
    .description("ALICE's zero-degree calorimeters: from showers to a generator for O2");
  const commands: readonly ((zdc: Command) => void)[] = [addZdcPrepare, addZdcTrain, addZdcEvaluate];
  for (const add of commands) add(zdc);
}
