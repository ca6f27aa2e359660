/** Reads Data.h5: what training, thresholds and firmware need of it, in slabs. */
import { userError } from '../../base/diagnostic.js';
import { type Hdf5File, openHdf5File } from '../../data/hdf5/file.js';
import type { RowDescriptor } from '../../data/hdf5/rows.js';
import type { Normalisation } from './normalisation.js';
import { energyUnit, type ObjectKind } from './objects.js';
import { syntheticAttribute } from './open-event-file.js';
import { configAttribute, summaryAttribute } from './prepared-format.js';
import { computedAttribute } from './store-set.js';
import type { PrepareSummary } from './summary.js';

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

export interface PreparedData {
  readonly path: string;
  /** JSON: how it was made, and from what. */
  readonly config: string;
  readonly summary: PrepareSummary;
  /** How the events were made, when they are synthetic. */
  readonly synthetic?: string;
  /** Kind of each object of an event. */
  readonly objects: readonly ObjectKind[];
  /** Inputs of one event: three for each object. */
  readonly features: number;
  readonly normalisation: Normalisation;
  /** Ends of the inputs. */
  readonly clip: readonly [low: number, high: number];
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
  const within = (name: string): string => (group === '' ? name : `${group}/${name}`);
  const attributes = file.attributes(group);
  const [config, summary] = [attributes.get(configAttribute), attributes.get(summaryAttribute)];
  if (typeof config !== 'string' || typeof summary !== 'string') {
    throw userError('unknown-layout', file.path, 'was not made by preparing data', 'make it: axoc data prepare');
  }
  const synthetic = attributes.get(syntheticAttribute);
  const about = file.attributes(within('Normalisation'));
  const scale = Float64Array.from(file.dataset(within('Normalisation/norm_scale')).readAll());
  const hasShift = file.has(within('Normalisation/norm_shift'));
  const parsed = JSON.parse(summary) as PrepareSummary;
  return {
    path: file.path,
    config,
    summary: parsed,
    ...(typeof synthetic === 'string' ? { synthetic } : {}),
    objects: about.get('objects') as readonly ObjectKind[],
    features: scale.length,
    normalisation: {
      scale,
      bias: Float64Array.from(file.dataset(within('Normalisation/norm_bias')).readAll()),
      ...(hasShift ? { shift: Int32Array.from(file.dataset(within('Normalisation/norm_shift')).readAll()) } : {}),
    },
    clip: about.get('clip') as readonly [number, number],
    train: openSet(file, within('Background_data/Train')),
    test: openSet(file, within('Background_data/Test')),
    signals: new Map(Object.keys(parsed.signals).map((name) => [name, openSet(file, within(`Signal_data/${name}`))])),
    close: () => file.close(),
  };
}

function openSet(file: Hdf5File, group: string): PreparedSet {
  const data = file.dataset(`${group}/DATA`);
  const hardware = file.dataset(`${group}/HARDWARE`);
  const count = data.shape[0]!;
  /** One number for each event. */
  const read = (name: string): ArrayLike<number> => {
    const values = file.dataset(`${group}/${name}`).readAll();
    if (values.length === count) return values;
    throw userError(
      'wrong-shape',
      `${file.path}: ${group}/${name}`,
      `has ${values.length} values for ${count} events`,
      'prepare the data again: axoc data prepare',
    );
  };
  const column = (name: string): ArrayLike<number> | undefined =>
    file.has(`${group}/${name}`) ? read(name) : undefined;
  const inGeV = (name: string): Float32Array => Float32Array.from(read(name), (units) => units * energyUnit);
  return {
    count,
    rows: { path: file.path, dataset: data.name },
    hasComputedEnergies: file.attributes(group).has(computedAttribute),
    readInputs: (from, to) => data.read(from, to) as Float32Array,
    readHardware: (from, to) => hardware.read(from, to) as Int16Array,
    readEt: () => inGeV('ET'),
    readHt: () => inGeV('HT'),
    readPileup() {
      const values = column('PU');
      return values === undefined ? undefined : Float32Array.from(values);
    },
    readLevel1() {
      const values = column('L1bits');
      return values === undefined ? undefined : Uint8Array.from(values);
    },
  };
}
