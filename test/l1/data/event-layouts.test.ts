/** Event files as users have them: what is read, and what is said of those that are wrong. */
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { writeHdf5File } from '../../../src/data/hdf5/write.js';
import type { EventSource } from '../../../src/l1/data/event-block.js';
import { openEventFile, type Role } from '../../../src/l1/data/open-event-file.js';
import { defaultReadOptions } from '../../../src/l1/data/options.js';
import { selectObjects } from '../../../src/l1/data/selection.js';
import {
  addEvents,
  errorOf,
  rowOf,
  type SmallEvent,
  signalNamesOf,
  tableOf,
  workDirectory,
  writeBackground,
  writeSignals,
} from './event-files.js';

const inWork = workDirectory();
const fixtures = fileURLToPath(new URL('../../../fixtures/l1/', import.meta.url));
const selection = selectObjects(defaultReadOptions, 'test');

async function withSources<T>(
  file: string,
  role: Role,
  work: (sources: readonly EventSource[]) => T,
  pileupColumn?: number,
): Promise<T> {
  const opened = await openEventFile(file, role, selection, pileupColumn);
  try {
    return work(opened.sources);
  } finally {
    opened.close();
  }
}

const openingError = (file: string, role: Role = 'background'): Promise<string> =>
  errorOf(withSources(file, role, (sources) => sources.map((source) => source.read(0, source.count))));

const events: readonly SmallEvent[] = [
  { objects: { [rowOf.MET]: [30, 0, 100], [rowOf.EGAMMA + 1]: [9, -3, 5] }, et: 500, ht: 80, pileup: 33, level1: true },
  { objects: { [rowOf.JET + 9]: [60, 20, 143] } },
];

describe('background and signal files', () => {
  it('are read with all their columns', async () => {
    const background = await writeBackground(inWork('b.h5'), events);
    const signals = await writeSignals(inWork('s.h5'), { alpha: events, beta: events.slice(1) });
    await withSources(background, 'background', ([source]) => {
      const block = source!.read(0, 2);
      expect([source!.name, source!.count]).toEqual(['background', 2]);
      expect([...block.objects.subarray(0, 9)]).toEqual([30, 0, 100, 0, 0, 0, 9, -3, 5]);
      expect([...block.objects.subarray(57 + 54)]).toEqual([60, 20, 143]);
      expect([[...block.et], [...block.ht], [...block.pileup!], [...block.level1!]]).toEqual([
        [500, 700],
        [80, 60],
        [33, 50],
        [1, 0],
      ]);
      expect(source!.read(1, 2).objects).toEqual(block.objects.subarray(57));
    });
    await withSources(signals, 'signal', (sources) => {
      expect(sources.map(({ name, count }) => [name, count])).toEqual([
        ['alpha', 2],
        ['beta', 1],
      ]);
      expect([...sources[1]!.read(0, 1).objects.subarray(54)]).toEqual([60, 20, 143]);
    });
  });

  it('may come from h5py: big-endian, 64-bit, bool, gzip', async () => {
    await withSources(path.join(fixtures, 'h5py-background.h5'), 'background', ([source]) => {
      const block = source!.read(1, 3);
      expect([...block.objects.subarray(0, 6)]).toEqual([40, 0, 2, 11, -1, 3]);
      expect([[...block.et], [...block.ht], [...block.pileup!], [...block.level1!]]).toEqual([
        [200, 300],
        [20, 30],
        [52, 53],
        [1, 0],
      ]);
    });
  });

  it('need not know the pile-up; a column of several must be named', async () => {
    const without = inWork('no-pileup.h5');
    await writeHdf5File(without, (h5) => {
      for (const [name, data] of [
        ['ET', 5],
        ['HT', 6],
        ['L1bit', 1],
      ] as const)
        h5.dataset(name, Int32Array.of(data, data), [2]);
      h5.dataset('full_data_cyl', tableOf(events), [2, 33, 3]);
    });
    await withSources(without, 'background', ([source]) => {
      expect(source!.hasPileup).toBe(false);
      expect(source!.read(0, 1).pileup).toBeUndefined();
    });
    const withInfo = async (name: string, columns?: readonly string[]): Promise<string> => {
      await writeHdf5File(inWork(name), (h5) => {
        for (const column of ['ET', 'HT', 'L1bit']) h5.dataset(column, Int32Array.of(1, 1), [2]);
        h5.dataset('full_data_cyl', tableOf(events), [2, 33, 3]);
        h5.dataset('event_info', Int32Array.of(355, 17, 41, 355, 18, 42), [2, 3]);
        if (columns !== undefined) h5.attribute('event_info', 'columns', columns);
      });
      return inWork(name);
    };
    const named = await withInfo('named.h5', ['run', 'lumi', 'nPV']);
    await withSources(named, 'background', ([source]) => expect([...source!.read(0, 2).pileup!]).toEqual([41, 42]));
    await withSources(named, 'background', ([source]) => expect([...source!.read(0, 2).pileup!]).toEqual([17, 18]), 1);
    const unnamed = await withInfo('unnamed.h5');
    expect(await openingError(unnamed)).toBe(
      `error[pileup-column]: ${unnamed}: event_info: does not say which of its 3 columns is the pile-up\n  help: name the columns in its attribute "columns", or say which: --pileup-column, in a configuration BACKGROUND.pileup_column`,
    );
  });
});

describe('files that are wrong', () => {
  it('all missing and misshapen datasets are told at once', async () => {
    const file = inWork('wrong.h5');
    await writeHdf5File(file, (h5) => {
      h5.dataset('full_data_cyl', new Int32Array(2 * 20 * 3), [2, 20, 3]);
      h5.dataset('ET', new Int32Array(3), [3]);
      h5.dataset('ht', new Int32Array(2), [2]);
      h5.dataset('L1bit', new Uint8Array(2), [2]);
      h5.dataset('event_info', new Int32Array(3), [3]);
    });
    expect(await openingError(file)).toBe(
      [
        `error[hdf5-dataset]: ${file}: has no dataset "HT"`,
        '  help: it needs full_data_cyl, ET, HT, L1bit; event_info if known',
        `error[hdf5-shape]: ${file}: full_data_cyl: has shape (2, 20, 3) where (events, at least 31 objects, 3) belongs`,
        '  help: store pt, eta, phi of each object, or change object_ranges',
        `error[hdf5-shape]: ${file}: ET: has shape (3) where (2) belongs`,
        '  help: store one value for each event',
        `error[hdf5-shape]: ${file}: event_info: has shape (3) where (2) or (2, columns) belongs`,
        '  help: store the pile-up of each event, or one row of columns',
      ].join('\n'),
    );
  });

  it('a signal without its columns', async () => {
    const file = inWork('half-signal.h5');
    await writeHdf5File(file, (h5) => {
      addEvents(h5, events, signalNamesOf('good'));
      h5.dataset('bad', tableOf(events), [2, 33, 3]);
      h5.dataset('bad_ET', new Int32Array(2), [2]);
    });
    expect(await openingError(file, 'signal')).toContain(`${file}: has no dataset "bad_HT"`);
  });

  it('values that no 16-bit integer holds, or a negative pt', async () => {
    const large = await writeBackground(inWork('large.h5'), [events[0]!, { objects: { [rowOf.MUON]: [40000, 0, 0] } }]);
    expect(await openingError(large)).toBe(
      `error[bad-event]: ${large}: full_data_cyl: event 1, MUON 1: pt is 40000, outside 0 to 32767\n  help: check the units and the order of the rows`,
    );
    const negative = await writeBackground(inWork('negative.h5'), [{ objects: { [rowOf.JET]: [-1, 0, 0] } }]);
    expect(await openingError(negative)).toContain('event 0, JET 1: pt is -1, outside 0 to 32767');
  });

  it('floats are read where they are whole; values of columns are looked at', async () => {
    const table = Float64Array.from(tableOf(events));
    type Columns = Readonly<Record<'full_data_cyl' | 'ET' | 'HT' | 'L1bit' | 'event_info', readonly number[]>>;
    const good: Columns = { full_data_cyl: [...table], ET: [5, 6], HT: [1, 2], L1bit: [0, 1], event_info: [30, -1] };
    const withValues = async (changed: Partial<Columns>): Promise<string> => {
      const file = inWork('floats.h5');
      await writeHdf5File(file, (h5) => {
        for (const [name, values] of Object.entries({ ...good, ...changed }))
          h5.dataset(name, Float64Array.from(values), name === 'full_data_cyl' ? [2, 33, 3] : [2]);
      });
      return file;
    };
    await withSources(await withValues({}), 'background', ([source]) => {
      const block = source!.read(0, 2);
      expect([[...block.objects.subarray(0, 9)], [...block.level1!], [...block.pileup!]]).toEqual([
        [30, 0, 100, 0, 0, 0, 9, -3, 5],
        [0, 1],
        [30, -1],
      ]);
    });
    const complaint = async (changed: Partial<Columns>): Promise<string | undefined> =>
      (await openingError(await withValues(changed))).split('\n')[0]?.replace(/^.*floats\.h5: /, '');
    const inGeV = [...table].map((value) => value / 4);
    expect(await complaint({ full_data_cyl: inGeV })).toBe(
      'full_data_cyl: event 0, MET: pt is 7.5, no hardware integer',
    );
    expect(await complaint({ ET: [5, Number.NaN] })).toBe('ET: event 1: NaN is no energy');
    expect(await complaint({ HT: [-1, 5] })).toBe('HT: event 0: -1 is no energy');
    expect(await complaint({ HT: [1, Infinity] })).toBe('HT: event 1: Infinity is no energy');
    expect(await complaint({ L1bit: [0, 2] })).toBe('L1bit: event 1: 2 is neither 0 nor 1');
    expect(await complaint({ event_info: [Number.NaN, 3] })).toBe('event_info: event 0: NaN is no number of vertices');
  });

  it('compression that is not read', async () => {
    const file = path.join(fixtures, 'lzf-background.h5');
    expect(await openingError(file)).toBe(
      `error[hdf5-filter]: ${file}: full_data_cyl: the dataset is stored with the filter "lzf" (32000), which is not read\n  help: store it without compression or with gzip: h5repack -f GZIP=4`,
    );
  });

  it('a layout nobody knows, signals for a background, and no HDF5 at all', async () => {
    const other = inWork('other.h5');
    await writeHdf5File(other, (h5) => h5.dataset('images', new Float32Array(8), [2, 2, 2]));
    expect(await openingError(other)).toBe(
      `error[unknown-layout]: ${other}: is no event file; its datasets are images (2, 2, 2)\n  help: a background file has full_data_cyl, a signal file <name> with <name>_ET, the public challenge's Particles`,
    );
    const signals = await writeSignals(inWork('signals.h5'), { one: events });
    expect(await openingError(signals)).toBe(
      `error[unknown-layout]: ${signals}: holds signals, a background belongs here\n  help: give a file with full_data_cyl`,
    );
    copyFileSync(signals, inWork('cut.h5'));
    writeFileSync(inWork('cut.h5'), Buffer.from('\x89HDF\r\n\x1a\nand nothing', 'latin1'));
    expect(await openingError(inWork('cut.h5'))).toContain('error[damaged-hdf5]');
  });
});

describe('57 integers an event', () => {
  it('are a background without Level-1 bits, whose energies are summed over the jets', async () => {
    const file = inWork('integers.json');
    const event = new Array<number>(57).fill(0);
    // Jets of 40, 30 and 29.5 GeV; the first beyond |eta| 2.4.
    event.splice(27, 9, 80, 56, 3, 60, 55, 3, 59, 0, 3);
    writeFileSync(file, JSON.stringify([event, event.toSpliced(0, 1, 12)]));
    await withSources(file, 'background', ([source]) => {
      const block = source!.read(1, 2);
      expect([block.objects[0], [...block.et], [...block.ht]]).toEqual([12, [199], [60]]);
      expect([source!.hasLevel1, source!.hasPileup, source!.hasComputedEnergies]).toEqual([false, false, true]);
    });
    writeFileSync(file, JSON.stringify([event, event.toSpliced(5, 1, 0.5)]));
    expect(await openingError(file)).toBe(
      `error[bad-event]: ${file}: row 1, column 5: 0.5 is not a hardware integer\n  help: check the units: half GeV, steps of eta and phi`,
    );
    writeFileSync(file, '[[1, 2, 3]]');
    expect(await openingError(file)).toContain(
      `error[wrong-width]: ${file}: an event has 3 values where 57 belong: pt, eta, phi of 19 objects`,
    );
  });
});

describe('the public challenge', () => {
  type Particle = readonly [slot: number, pt: number, eta: number, phi: number, type: number];

  async function writeParticles(name: string, all: readonly (readonly Particle[])[]): Promise<string> {
    const particles = new Float64Array(all.length * 76);
    all.forEach((event, index) => {
      for (const [slot, ...values] of event) particles.set(values, 76 * index + 4 * slot);
    });
    await writeHdf5File(inWork(name), (h5) => {
      h5.dataset('Particles', particles, [all.length, 19, 4]);
      h5.strings('Particles_Names', ['Pt', 'Eta', 'Phi', 'Class']);
    });
    return inWork(name);
  }

  it('becomes hardware integers', async () => {
    const file = await writeParticles('Ato4l.h5', [
      [
        [0, 20.3, 0, -Math.PI / 2, 1],
        [1, 12.2, -1.0, 0.1, 2],
        [5, 300, 0.55, -0.001, 3],
        [9, 45.76, 2.2, Math.PI, 4],
        [10, 0.2, 1, 1, 4],
      ],
    ]);
    await withSources(file, 'signal', ([source]) => {
      expect(source!.name).toBe('Ato4l');
      const { objects, et, ht } = source!.read(0, 1);
      const object = (index: number): number[] => [...objects.subarray(3 * index, 3 * index + 3)];
      // pt in halves of a GeV, at most the end of the scale; eta by 0.0435 or 0.010875; phi by 144 or 576 steps a turn, from 0.
      expect(object(0)).toEqual([41, 0, 108]);
      expect(object(1)).toEqual([24, -23, 2]);
      expect(object(5)).toEqual([511, 51, 0]);
      expect(object(9)).toEqual([92, 51, 72]);
      // Less than half a step: not there.
      expect(object(10)).toEqual([0, 0, 0]);
      expect([et[0], ht[0]]).toEqual([92, 92]);
    });
  });

  it('is refused where it cannot be meant', async () => {
    const wrong = await writeParticles('class.h5', [[], [[5, 3, 0, 0, 4]]]);
    expect(await openingError(wrong)).toBe(
      `error[bad-event]: ${wrong}: Particles: event 1, object 5: is of class 4 where class 3 (MUON) belongs\n  help: check the units and the columns`,
    );
    const degrees = await writeParticles('degrees.h5', [[[9, 30, 1, 90, 4]]]);
    expect(await openingError(degrees)).toContain('object 9: phi is 90, outside -pi to pi');
    const nan = await writeParticles('nan.h5', [[[9, Number.NaN, 1, 1, 4]]]);
    expect(await openingError(nan)).toContain('holds a value that is not finite');
    const flat = inWork('flat.h5');
    await writeHdf5File(flat, (h5) => h5.dataset('Particles', new Float64Array(57), [1, 57]));
    expect(await openingError(flat)).toContain(`${flat}: Particles: has shape (1, 57) where (events, 19, 4) belongs`);
  });
});
