/** A small run on synthetic events, with signals that hold nothing and one event, and what its report says. */
import path from 'node:path';
import { withHdf5File } from '../../../src/data/hdf5/file.js';
import { writeHdf5File } from '../../../src/data/hdf5/write.js';
import { synthesise } from '../../../src/l1/synthesis/synthesise.js';
import * as axo from '../../../src/library/index.js';
import type { Block, Report, TableBlock } from '../../../src/report/report.js';

const at = (directory: string, name: string): string => path.join(directory, name);

export const hostile = `<img src=x onerror="alert('1')">`;
export const bcKhz = 28608.8064;
const targets = [0.15, 300, 2000];

/** The synthetic signals under other names, and two that hold nothing and one event. */
async function writeSignals(directory: string): Promise<void> {
  await withHdf5File(at(directory, 'signals.h5'), (from) =>
    writeHdf5File(at(directory, 'renamed.h5'), (file) => {
      const copy = (name: string, as: string, events: number): void => {
        for (const suffix of ['', '_ET', '_HT', '_nPV', '_l1bit']) {
          const { shape, ...dataset } = from.dataset(`${name}${suffix}`);
          const appender = file.appender(`${as}${suffix}`, suffix === '_l1bit' ? 'uint8' : 'int16', shape.slice(1));
          if (events > 0) appender.append(dataset.read(0, events));
        }
      };
      copy('HHHto6b', hostile, 400);
      copy('XTo2L', 'XTo2L', 400);
      copy('XTo2L', 'single', 1);
      copy('XTo2L', 'nothing', 0);
    }),
  );
}

/** The synthetic background, every third event of which another seed has taken: the real menu takes too few to tell pure from raw. */
async function writeBackground(directory: string): Promise<void> {
  await withHdf5File(at(directory, 'background.h5'), (from) =>
    writeHdf5File(at(directory, 'taken.h5'), (file) => {
      for (const name of ['full_data_cyl', 'ET', 'HT', 'event_info']) {
        const { shape, ...dataset } = from.dataset(name);
        file.appender(name, 'int16', shape.slice(1)).append(dataset.readAll());
      }
      file
        .appender('L1bit', 'uint8', [])
        .append(Uint8Array.from({ length: 6000 }, (_, event) => (event % 3 === 0 ? 1 : 0)));
      file.attribute('event_info', 'columns', ['nPV']);
      file.attribute('', 'synthetic', String(from.attributes('').get('synthetic')));
    }),
  );
}

export const slave = {
  model: { encoder_config: { nodes: [12] }, latent_dim: 3, decoder_config: { nodes: [16, 57] } },
  train: { common: { batch_size: 256, n_epochs: 2, reconstruction_loss: 'mse', validation_events: 512 } },
  threshold: { target_rate: targets },
} as const;

/** Trains it in DIRECTORY/run; its event files are taken.h5 and renamed.h5. */
export async function trainSampleRun(directory: string): Promise<void> {
  await synthesise({ out: directory, background: 6000, signal: 400, seed: 5 });
  await writeSignals(directory);
  await writeBackground(directory);
  const read = {
    BACKGROUND: { file_path: at(directory, 'taken.h5'), train_sector: [0, 3000], test_sector: [3000, 6000] },
  } as const;
  await axo.main({
    slave: {
      ...slave,
      data_config: { Read_configs: { ...read, SIGNAL: { file_path: at(directory, 'renamed.h5') } } },
    },
    directory: at(directory, 'run'),
  });
}

export function tables(of: Report): readonly TableBlock[] {
  const within = (blocks: readonly Block[]): readonly TableBlock[] =>
    blocks.flatMap((block) => (block.kind === 'table' ? [block] : block.kind === 'group' ? within(block.blocks) : []));
  return of.sections.flatMap(({ blocks }) => within(blocks));
}

export function rowsOf(report: Report, title: string): readonly (readonly string[])[] {
  const table = tables(report).find((one) => one.title === title);
  if (table === undefined) throw new Error(`no table "${title}" among ${tables(report).map((one) => one.title)}`);
  return table.rows.map((row) => row.map(({ text }) => text));
}

export function textsOf(of: Report): readonly string[] {
  return of.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      block.kind === 'notice' ? [block.text] : block.kind === 'missing' ? [block.reason] : [],
    ),
  );
}
