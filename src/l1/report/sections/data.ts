/** Section: the events that the model was trained and tested with. */
import { inputDistribution } from '../../../report/plots/input-distribution.js';
import { type Block, numberCell, type Section, textCell } from '../../../report/report.js';
import type { SetSummary } from '../../data/summary.js';
import type { EventFacts, RunFacts } from '../collect.js';
import { count, figure, percent } from './blocks.js';

export async function dataSection({ config, events }: RunFacts): Promise<Section> {
  const { Read_configs, Saturation_configs, Normalisation_configs } = config.data_config;
  const { BACKGROUND, SIGNAL } = Read_configs;
  const facts: Block = {
    kind: 'facts',
    rows: [
      ['Background file', BACKGROUND.file_path ?? 'synthetic, made by axoc'],
      ['Signal file', SIGNAL.file_path ?? (BACKGROUND.file_path === null ? 'synthetic, made by axoc' : 'none')],
      ['Saturated objects', Saturation_configs.saturation_mode === 'mask' ? 'set to zero' : 'drop their event'],
      ['Normalisation', Normalisation_configs.scheme],
    ],
  };
  return { id: 'data', title: 'Data', blocks: [facts, ...(events === undefined ? [] : await eventBlocks(events))] };
}

async function eventBlocks(events: EventFacts): Promise<readonly Block[]> {
  const { summary, inputs } = events;
  const sets: readonly (readonly [string, SetSummary])[] = [
    ['training', summary.train],
    ['test', summary.test],
    ...Object.entries(summary.signals),
  ];
  const taken = new Map(
    [events.test, ...events.signals].map((set, index) => [
      index === 0 ? 'test' : set.name,
      set.level1 === undefined ? undefined : set.level1.reduce((sum, bit) => sum + bit, 0) / set.level1.length,
    ]),
  );
  const table: Block = {
    kind: 'table',
    title: 'Sets of events',
    columns: ['Set', 'Read', 'Kept', 'Dropped: ET', 'Dropped: object', 'Masked objects', 'Taken by Level-1 (%)'].map(
      (title, column) => ({ title, isNumber: column > 0 }),
    ),
    rows: sets.map(([name, set]) => [
      textCell(name),
      ...[set.read, set.kept, set.droppedByEt, set.droppedByObject, set.maskedObjects].map((value) =>
        numberCell(value, count),
      ),
      numberCell(taken.get(name), percent),
    ]),
    note: 'Dropped and masked: saturated. The last column is the share of events in which another Level-1 seed has fired.',
  };
  const explained =
    'Hardware integers in physical units, of the events in which the object is there. Grey: background, training (full line) and test (dashed).';
  const figures: Block[] = [];
  for (const [index, { object, panels }] of inputs.entries()) {
    figures.push(await figure(`input-${index + 1}`, object, '', inputDistribution(object, panels)));
  }
  return [
    table,
    {
      kind: 'group',
      title: `Input distributions of ${inputs.length} objects`,
      blocks: [{ kind: 'text', text: explained }, ...figures],
    },
  ];
}
