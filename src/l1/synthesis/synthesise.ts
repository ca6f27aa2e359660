/** Makes a synthetic set of events: a background file and a signal file in the trigger's layout, labelled as made. */
import { join } from 'node:path';
import { breathe } from '../../base/breathe.js';
import type { Progress } from '../../base/progress.js';
import { Random } from '../../base/random.js';
import { type Appender, type Hdf5Writer, writeHdf5File } from '../../data/hdf5/write.js';
import { syntheticAttribute } from '../data/open-event-file.js';
import { backgroundTable } from '../data/table-file.js';
import { EventBuilder, tableRows } from './event-builder.js';
import { firesMenu } from './menu.js';
import { addMinimumBias, addSaturation } from './processes.js';
import { type SyntheticSignal, syntheticSignals } from './signals.js';

export interface SynthesisOptions {
  /** Directory for both files. */
  readonly out: string;
  /** Events of background. */
  readonly background: number;
  /** Events of each signal. */
  readonly signal: number;
  readonly seed: number;
}

export interface SynthesisResult {
  readonly background: string;
  readonly signals: string;
  /** Names of the signals. */
  readonly names: readonly string[];
  /** Fraction of background events that the menu keeps. */
  readonly level1: number;
}

const eventsAtOnce = 4096;

/** Same options, same bytes. */
export async function synthesise(
  options: SynthesisOptions,
  progress: (label: string, total: number) => Progress = () => ({ advance() {}, done() {} }),
): Promise<SynthesisResult> {
  const { out, background, signal, seed } = options;
  const label = `axoc data synthesise, seed ${seed}: not measured, not simulated`;
  const seeds = Random.seeded(seed);
  const paths = { background: join(out, 'background.h5'), signals: join(out, 'signals.h5') };
  const kept = await writeHdf5File(paths.background, (file) => {
    file.attribute('', syntheticAttribute, label);
    const columns = openColumns(file, backgroundTable, { et: 'ET', ht: 'HT', pileup: 'event_info', level1: 'L1bit' });
    file.attribute('event_info', 'columns', ['nPV']);
    return writeEvents(
      columns,
      background,
      Random.seeded(seeds.nextWord()),
      undefined,
      progress('background', background),
    );
  });
  await writeHdf5File(paths.signals, async (file) => {
    file.attribute('', syntheticAttribute, label);
    for (const one of syntheticSignals) {
      const { name, description } = one;
      const names = { et: `${name}_ET`, ht: `${name}_HT`, pileup: `${name}_nPV`, level1: `${name}_l1bit` };
      const columns = openColumns(file, name, names);
      file.attribute(name, 'description', description);
      await writeEvents(columns, signal, Random.seeded(seeds.nextWord()), one, progress(name, signal));
    }
  });
  return { ...paths, names: syntheticSignals.map(({ name }) => name), level1: kept / background };
}

interface ColumnWriters {
  readonly table: Appender;
  readonly et: Appender;
  readonly ht: Appender;
  readonly pileup: Appender;
  readonly level1: Appender;
}

function openColumns(
  file: Hdf5Writer,
  table: string,
  names: { et: string; ht: string; pileup: string; level1: string },
): ColumnWriters {
  return {
    table: file.appender(table, 'int16', [tableRows, 3]),
    et: file.appender(names.et, 'int16', []),
    ht: file.appender(names.ht, 'int16', []),
    pileup: file.appender(names.pileup, 'int16', [1]),
    level1: file.appender(names.level1, 'uint8', []),
  };
}

/** Gives the number of events that the menu keeps. */
async function writeEvents(
  columns: ColumnWriters,
  count: number,
  random: Random,
  signal: SyntheticSignal | undefined,
  progress: Progress,
): Promise<number> {
  const event = new EventBuilder();
  const table = new Int16Array(eventsAtOnce * tableRows * 3);
  const [et, ht, pileup, level1] = Array.from({ length: 4 }, () => new Int16Array(eventsAtOnce)) as [
    Int16Array,
    Int16Array,
    Int16Array,
    Int16Array,
  ];
  let kept = 0;
  for (let done = 0; done < count; done += eventsAtOnce) {
    const rows = Math.min(eventsAtOnce, count - done);
    for (let row = 0; row < rows; row++) {
      event.reset();
      pileup[row] = addMinimumBias(event, random);
      signal?.add(event, random);
      event.finish();
      addSaturation(event, random);
      table.set(event.table, row * tableRows * 3);
      et[row] = event.et;
      ht[row] = event.ht;
      level1[row] = firesMenu(event) ? 1 : 0;
      kept += level1[row]!;
    }
    columns.table.append(table.subarray(0, rows * tableRows * 3));
    columns.et.append(et.subarray(0, rows));
    columns.ht.append(ht.subarray(0, rows));
    columns.pileup.append(pileup.subarray(0, rows));
    columns.level1.append(level1.subarray(0, rows));
    progress.advance(rows);
    await breathe();
  }
  progress.done();
  return kept;
}
