/** Reads Data.h5: what training, thresholds and firmware need of it, in slabs. */
import { userError } from '../../base/diagnostic.js';
import { type Hdf5Dataset, type Hdf5File, openHdf5File } from '../../data/hdf5/file.js';
import type { RowDescriptor } from '../../data/hdf5/rows.js';
import type { ElementType } from '../../data/hdf5/types.js';
import { bitReader, type ColumnReader, energyReader } from './columns.js';
import { energyUnit, objectFeatures } from './objects.js';
import { damagedPart, type PreparedHeader, readPreparedHeader } from './prepared-header.js';
import { computedAttribute } from './store-set.js';

export interface PreparedSet {
  readonly count: number;
  /** Where the network's inputs are, for `openRows` here or in a worker; rows of `features` float32. */
  readonly rows: RowDescriptor;
  /** ET and HT are sums over the objects, because the event file did not hold them. */
  readonly hasComputedEnergies: boolean;
  /** Normalised and clipped inputs of events `from` to `to` (excluded), row by row. */
  readInputs(from: number, to: number): Float32Array;
  /** The hardware integers these were made from: what firmware is fed with. */
  readHardware(from: number, to: number): Int16Array;
  /** GeV, of all events. */
  readEt(): Float32Array;
  /** GeV, of all events. */
  readHt(): Float32Array;
  /** Pile-up vertices of all events, where the event file has them. */
  readPileup(): Float32Array | undefined;
  /** 1 where a seed of the Level-1 menu has fired, of all events, where the event file has it. */
  readLevel1(): Uint8Array | undefined;
}

export interface PreparedData extends PreparedHeader {
  readonly path: string;
  /** Inputs of one event: three for each object. */
  readonly features: number;
  readonly train: PreparedSet;
  readonly test: PreparedSet;
  readonly signals: ReadonlyMap<string, PreparedSet>;
  close(): void;
}

/** Names of the test events in Data.h5. */
export function testEventsIn(path: string) {
  const set = 'Background_data/Test';
  return { path, hardware: `${set}/HARDWARE`, normalised: `${set}/DATA` };
}

/**
 * @param group of the file that holds it all: `''` in Data.h5, `data` in a complete artefact
 * @throws AxocError (user) when the file was not made by `prepareData`
 */
export async function openPrepared(path: string, group = ''): Promise<PreparedData> {
  const file = await openHdf5File(path);
  try {
    return readPrepared(file, group);
  } catch (error) {
    file.close();
    throw error;
  }
}

function readPrepared(file: Hdf5File, group: string): PreparedData {
  if (group !== '' && !file.has(group)) {
    throw userError(
      'unknown-layout',
      file.path,
      `holds no events: there is no group "${group}"`,
      'give complete.h5 or Data.h5',
    );
  }
  const within = (name: string): string => [group, name].filter((part) => part !== '').join('/');
  const header = readPreparedHeader(file, within);
  const rowShape = [header.objects.length, objectFeatures.length];
  const open = (name: string): PreparedSet => openSet(file, within(name), rowShape);
  return {
    path: file.path,
    ...header,
    features: header.normalisation.scale.length,
    train: open('Background_data/Train'),
    test: open('Background_data/Test'),
    signals: new Map(Object.keys(header.summary.signals).map((name) => [name, open(`Signal_data/${name}`)])),
    close: () => file.close(),
  };
}

function openSet(file: Hdf5File, group: string, rowShape: readonly number[]): PreparedSet {
  const { path } = file;
  const data = file.dataset(`${group}/DATA`);
  const hardware = file.dataset(`${group}/HARDWARE`);
  const count = data.shape[0] ?? 0;
  checkDataset(path, data, 'float32', [count, ...rowShape]);
  checkDataset(path, hardware, 'int16', [count, ...rowShape]);
  /** One value for each event. */
  const column = <T>(name: string, reader: (path: string, column: Hdf5Dataset) => ColumnReader<T>): T => {
    const dataset = file.dataset(`${group}/${name}`);
    const length = dataset.shape.reduce((product, axis) => product * axis, 1);
    if (length !== count) {
      const message = `has ${length} values for ${count} events`;
      throw userError('wrong-shape', `${path}: ${dataset.name}`, message, 'prepare the data again: axoc data prepare');
    }
    return reader(path, dataset)(0, count);
  };
  const known = (name: string): boolean => file.has(`${group}/${name}`);
  const inGeV = (name: string): Float32Array => column(name, energyReader).map((units) => units * energyUnit);
  return {
    count,
    rows: { path, dataset: data.name },
    hasComputedEnergies: file.attributes(group).has(computedAttribute),
    readInputs: (from, to) => data.read(from, to) as Float32Array,
    readHardware: (from, to) => hardware.read(from, to) as Int16Array,
    readEt: () => inGeV('ET'),
    readHt: () => inGeV('HT'),
    readPileup: () => (known('PU') ? column('PU', vertexReader) : undefined),
    readLevel1: () => (known('L1bits') ? column('L1bits', bitReader) : undefined),
  };
}

/** A number that is not finite is for the report to tell: only figures over pile-up need it. */
function vertexReader(_: string, dataset: Hdf5Dataset): ColumnReader<Float32Array> {
  return (from, to) => Float32Array.from(dataset.read(from, to));
}

function checkDataset(path: string, dataset: Hdf5Dataset, type: ElementType, shape: readonly number[]): void {
  const place = `${path}: ${dataset.name}`;
  if (dataset.shape.join() !== shape.join())
    throw damagedPart(place, `has shape (${dataset.shape.join(', ')}) where (${shape.join(', ')}) is expected`);
  if (dataset.type !== type) throw damagedPart(place, `its elements are not ${type}`);
}
