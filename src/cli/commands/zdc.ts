/** `axoc zdc`: the fast simulation of ALICE's zero-degree calorimeters, from showers to a generator for O2. */
import type { Command } from 'commander';
import { addZdcEvaluate } from './zdc/evaluate.js';
import { addZdcExport } from './zdc/export.js';
import { addZdcExtractMacro } from './zdc/extract-macro.js';
import { addZdcPipeline } from './zdc/pipeline.js';
import { addZdcPrepare } from './zdc/prepare.js';
import { addZdcSynthesise } from './zdc/synthesise.js';
import { addZdcTrain } from './zdc/train.js';

export function addZdc(program: Command): void {
  const zdc = program
    .command('zdc')
    .description("ALICE's zero-degree calorimeters: from showers to a generator for O2");
  const commands: readonly ((zdc: Command) => void)[] = [
    addZdcSynthesise,
    addZdcExtractMacro,
    addZdcPrepare,
    addZdcTrain,
    addZdcEvaluate,
    addZdcExport,
    addZdcPipeline,
  ];
  for (const add of commands) add(zdc);
}
