/** `axoc score`: events to scores and decisions. */
import type { Command } from 'commander';
import type { StoredThreshold } from '../../artefact/artefact.js';
import { readArtefact } from '../../artefact/read-artefact.js';
import { refuseToReplace } from '../../base/files.js';
import { loadModel } from '../../compile/model.js';
import { isHdf5File } from '../../data/hdf5/file.js';
import { limitWithout } from '../../l1/rates.js';
import { scoreFile } from '../../l1/report/score-file.js';
import { type EventFlags, type ModelFlags, modelOptions, withEventOptions, withModelOptions } from '../options.js';
import { printCount, printLine, printNote, printTable, printWarnings } from '../print.js';

interface Flags extends ModelFlags, EventFlags {
  readonly input: string;
  readonly output?: string;
}

export function addScore(program: Command): void {
  const command = program
    .command('score')
    .description("events to scores as the firmware gives them, and to the decisions of the model's thresholds");
  withEventOptions(withModelOptions(command), true)
    .option(
      '--output <file>',
      'a row an event - integer, value, 1 or 0 for each threshold: .json, .json.gz, .npy, or CSV',
    )
    .action(async (path: string, { input, output, inputValues, dataset, ...flags }: Flags) => {
      refuseToReplace([path, input], output);
      const { network, source, warnings } = await loadModel(path, modelOptions(flags));
      printWarnings(warnings);
      const thresholds = await thresholdsOf(path);
      const scored = await scoreFile(network, source, {
        input,
        unit: inputValues ? 'real' : 'hardware',
        thresholds,
        ...(dataset === undefined ? {} : { dataset }),
        ...(output === undefined ? {} : { output }),
      });
      const { events, scores, passed } = scored;
      printLine(`${printCount(events)} events`);
      if (scores !== undefined)
        printLine(`scores from ${scores.least} to ${scores.most}, mean ${scores.mean.toPrecision(6)}`);
      if (thresholds.length === 0) printNote(`${path} holds no thresholds: axoc thresholds finds them`);
      else {
        printLine();
        printTable(
          ['rate kHz', 'kind', 'integer', 'passed', '%', '+-'],
          thresholds.map(({ key, kind, integer }, index) => [
            key,
            kind,
            String(integer),
            printCount(passed[index]!),
            ...shareOf(passed[index]!, events),
          ]),
          2,
        );
      }
      if (output !== undefined) printNote(`a row for each event: ${output}`);
    });
}

/** In per cent, and its binomial error; where that would be 0, the limit at 95 % confidence. */
function shareOf(passed: number, events: number): readonly [string, string] {
  const percent = (part: number): string => (100 * part).toFixed(3);
  if (events === 0) return ['\u2013', '\u2013'];
  if (passed === 0) return [`< ${percent(limitWithout(events))}`, '95 %'];
  if (passed === events) return [`> ${percent(1 - limitWithout(events))}`, '95 %'];
  const part = passed / events;
  return [percent(part), percent(Math.sqrt((part * (1 - part)) / events))];
}

async function thresholdsOf(path: string): Promise<readonly StoredThreshold[]> {
  if (!isHdf5File(path)) return [];
  return (await readArtefact(path)).thresholds ?? [];
}
