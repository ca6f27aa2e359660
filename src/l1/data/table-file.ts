/** Event tables in HDF5: a background file (`full_data_cyl`, `ET`, ...) or a signal file (`<name>`, `<name>_ET`, ...). */
import { Problems, userError } from '../../base/diagnostic.js';
import type { Hdf5Dataset, Hdf5File } from '../../data/hdf5/file.js';
import { bitReader, checkColumn, energyReader } from './columns.js';
import type { EventBlock, EventSource } from './event-block.js';
import { objectFeatures } from './objects.js';
import { pileupReader } from './pileup.js';
import { nameOf, type SelectedObject } from './selection.js';

/** Names of a table's datasets, and what a column of more than one axis means. */
interface TableNames {
  readonly source: string;
  readonly table: string;
  readonly et: string;
  readonly ht: string;
  readonly pileup: string;
  readonly level1: string;
}

export const backgroundTable = 'full_data_cyl';

/** @throws AxocError (user) with all that is wrong with the file's layout */
export function backgroundSource(
  file: Hdf5File,
  selection: readonly SelectedObject[],
  pileupColumn?: number,
): EventSource {
  const names = {
    source: 'background',
    table: backgroundTable,
    et: 'ET',
    ht: 'HT',
    pileup: 'event_info',
    level1: 'L1bit',
  };
  return tableSource(file, names, selection, pileupColumn);
}

/** One source for every dataset with three axes. */
export function signalSources(file: Hdf5File, selection: readonly SelectedObject[]): EventSource[] {
  return signalNames(file).map((name) =>
    tableSource(
      file,
      { source: name, table: name, et: `${name}_ET`, ht: `${name}_HT`, pileup: `${name}_nPV`, level1: `${name}_l1bit` },
      selection,
    ),
  );
}

export function signalNames(file: Hdf5File): string[] {
  return file.datasets.filter((name) => file.dataset(name).shape.length === 3);
}

function tableSource(
  file: Hdf5File,
  names: TableNames,
  selection: readonly SelectedObject[],
  pileupColumn?: number,
): EventSource {
  const problems = new Problems();
  const open = (name: string): Hdf5Dataset | undefined => {
    if (file.datasets.includes(name)) return problems.attempt(() => file.dataset(name));
    const needed = [names.table, names.et, names.ht, names.level1].join(', ');
    problems.add('hdf5-dataset', file.path, `has no dataset "${name}"`, `it needs ${needed}; ${names.pileup} if known`);
    return undefined;
  };
  const table = open(names.table);
  const [et, ht, level1] = [names.et, names.ht, names.level1].map(open);
  const pileup = file.datasets.includes(names.pileup) ? open(names.pileup) : undefined;
  if (table !== undefined) checkTable(file.path, table, selection, problems);
  for (const column of [et, ht, level1]) if (column !== undefined) checkColumn(file.path, column, table, problems);
  const readPileup =
    pileup === undefined
      ? undefined
      : problems.attempt(() => pileupReader(file, pileup, table?.shape[0] ?? 0, pileupColumn));
  problems.throwIfAny();
  const place = `${file.path}: ${names.table}`;
  const readEt = energyReader(file.path, et!);
  const readHt = energyReader(file.path, ht!);
  const readLevel1 = bitReader(file.path, level1!);
  return {
    name: names.source,
    count: table!.shape[0]!,
    selection,
    hasPileup: readPileup !== undefined,
    hasLevel1: true,
    hasComputedEnergies: false,
    read(from, to): EventBlock {
      return {
        count: to - from,
        objects: pickRows(table!.read(from, to), table!.shape[1]!, selection, from, place),
        et: readEt(from, to),
        ht: readHt(from, to),
        ...(readPileup === undefined ? {} : { pileup: readPileup(from, to) }),
        level1: readLevel1(from, to),
      };
    },
  };
}

function checkTable(path: string, table: Hdf5Dataset, selection: readonly SelectedObject[], problems: Problems): void {
  const place = `${path}: ${table.name}`;
  const rows = 1 + Math.max(...selection.map(({ row }) => row));
  const [, objects = 0, features] = table.shape;
  if (table.shape.length !== 3 || objects < rows || features !== 3) {
    const message = `has shape (${table.shape.join(', ')}) where (events, at least ${rows} objects, 3) belongs`;
    problems.add('hdf5-shape', place, message, 'store pt, eta, phi of each object, or change object_ranges');
  }
  // Whole numbers may be stored as floats: each is looked at.
  if (table.type === undefined || table.type === 'string') {
    const message = `holds ${table.type ?? 'a type that is not read'} where hardware integers belong`;
    problems.add('hdf5-type', place, message, 'store the integers of the trigger: half GeV, steps of eta and phi');
  }
}

/** The selected rows of each event, as 16-bit integers. */
function pickRows(
  table: ArrayLike<number>,
  rows: number,
  selection: readonly SelectedObject[],
  firstEvent: number,
  place: string,
): Int16Array {
  const count = table.length / (3 * rows);
  const picked = new Int16Array(count * 3 * selection.length);
  const starts = Int32Array.from(selection, ({ row }) => 3 * row);
  let to = 0;
  for (let event = 0; event < count; event++) {
    for (let object = 0; object < starts.length; object++) {
      const from = event * 3 * rows + starts[object]!;
      for (let feature = 0; feature < 3; feature++) {
        const value = table[from + feature]!;
        picked[to] = value;
        if (picked[to] !== value || (feature === 0 && value < 0))
          throw badValue(value, firstEvent + event, selection[object]!, feature, place);
        to++;
      }
    }
  }
  return picked;
}

function badValue(value: number, event: number, object: SelectedObject, feature: number, place: string): Error {
  const range = feature === 0 ? '0 to 32767' : '-32768 to 32767';
  const isWhole = Number.isInteger(value);
  return userError(
    'bad-event',
    `${place}: event ${event}, ${nameOf(object)}`,
    `${objectFeatures[feature]} is ${value}, ${isWhole ? `outside ${range}` : 'no hardware integer'}`,
    isWhole
      ? 'check the units and the order of the rows'
      : 'store the integers of the trigger: half GeV, steps of eta and phi',
  );
}
