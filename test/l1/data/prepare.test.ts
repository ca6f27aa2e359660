/** From event files to Data.h5, by hand-computed cases; cached, in slabs, with the real events. */
import { copyFileSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withHdf5File } from '../../../src/data/hdf5/file.js';
import { openRows } from '../../../src/data/hdf5/rows.js';
import { type Hdf5Writer, writeHdf5File } from '../../../src/data/hdf5/write.js';
import { type DataOptions, defaultDataOptions } from '../../../src/l1/data/options.js';
import { prepareData, slabSize } from '../../../src/l1/data/prepare.js';
import { openPrepared, type PreparedData } from '../../../src/l1/data/prepared.js';
import { unorderedNotice } from '../../../src/l1/data/summary.js';
import { synthesise } from '../../../src/l1/synthesis/synthesise.js';
import { requireSharedData } from '../../support/shared-data.js';
import { errorOf, rowOf, type SmallEvent, workDirectory, writeBackground, writeSignals } from './event-files.js';

const inWork = workDirectory();

function optionsFor(
  background: string,
  signals: readonly string[],
  out: string,
  train: number,
  test: number,
): DataOptions {
  const options = defaultDataOptions(background, signals, out);
  return {
    ...options,
    background: { ...options.background, trainSector: [0, train], testSector: [train, train + test] },
  };
}

async function withPrepared<T>(file: string, work: (prepared: PreparedData) => T | Promise<T>): Promise<T> {
  const prepared = await openPrepared(file);
  try {
    return await work(prepared);
  } finally {
    prepared.close();
  }
}

/** Leading jets 10, 20, ... 50 (percentiles 0 and 100: scale 10, bias 30), a muon in the first; then test events. */
const events: readonly SmallEvent[] = [
  ...[10, 20, 30, 40, 50].map(
    (pt, index): SmallEvent => ({
      objects: {
        [rowOf.JET]: [pt, 4 * index, 7],
        ...(index === 0 ? { [rowOf.MUON]: [9, -5, 300] as const } : {}),
      },
      pileup: 40 + index,
    }),
  ),
  { objects: { [rowOf.JET]: [2000, 8, 7], [rowOf.MET]: [100, 0, 30] }, level1: true, ht: 600 },
  { objects: { [rowOf.JET]: [30, 8, 7] }, et: 4095 },
  { objects: { [rowOf.JET]: [2047, 8, 7], [rowOf.JET + 1]: [30, 1, 2] } },
  // The twelfth jet is in the file but not among the constituents.
  { objects: { [rowOf.JET + 11]: [30, 8, 7] } },
];
const jet = 9;
const inputsOf = (values: ArrayLike<number>, event: number, object: number): number[] =>
  Array.from({ length: 3 }, (_, feature) => values[57 * event + 3 * object + feature]!);

describe('prepareData', () => {
  const scheme = 'RobustScaler(0,100,-2,2)';

  it('reads, masks, normalises on the training events, clips and stores', async () => {
    const background = await writeBackground(inWork('b.h5'), events);
    const signals = await writeSignals(inWork('s.h5'), { hard: events.slice(5), soft: events.slice(0, 2) });
    const out = inWork('hand/Data.h5');
    const result = await prepareData({ ...optionsFor(background, [signals], out, 5, 100), scheme });
    expect(result.isCached).toBe(false);
    expect(result.summary).toEqual({
      train: { read: 5, kept: 5, unordered: 0, droppedByEt: 0, droppedByObject: 0, maskedObjects: 0 },
      test: { read: 4, kept: 3, unordered: 0, droppedByEt: 1, droppedByObject: 0, maskedObjects: 1 },
      signals: {
        hard: { read: 4, kept: 3, unordered: 0, droppedByEt: 1, droppedByObject: 0, maskedObjects: 1 },
        soft: { read: 2, kept: 2, unordered: 0, droppedByEt: 0, droppedByObject: 0, maskedObjects: 0 },
      },
    });
    await withPrepared(out, (prepared) => {
      expect(prepared.features).toBe(57);
      expect(prepared.objects).toEqual([
        'MET',
        ...Array(4).fill('EGAMMA'),
        ...Array(4).fill('MUON'),
        ...Array(10).fill('JET'),
      ]);
      expect(prepared.clip).toEqual([-32, 31.75]);
      const { scale, bias, shift } = prepared.normalisation;
      expect([inputsOf(scale, 0, jet), inputsOf(bias, 0, jet)]).toEqual([
        [10, 4, 1],
        [30, 8, 7],
      ]);
      // Seen once: not scaled. Never seen: neither.
      expect([inputsOf(scale, 0, 5), inputsOf(bias, 0, 5), inputsOf(scale, 0, 0)]).toEqual([
        [1, 1, 1],
        [9, -5, 300],
        [1, 1, 1],
      ]);
      expect(shift).toBeUndefined();
      const train = prepared.train.readInputs(0, 5);
      expect([0, 1, 4].map((event) => inputsOf(train, event, jet))).toEqual([
        [-2, -2, 0],
        [-1, -1, 0],
        [2, 2, 0],
      ]);
      // A muon that is not there is -bias / scale, clipped.
      expect([inputsOf(train, 0, 5), inputsOf(train, 1, 5)]).toEqual([
        [0, 0, 0],
        [-9, 5, -32],
      ]);
      const test = prepared.test.readInputs(0, 3);
      // (2000 - 30) / 10 is clipped; the saturated jet of the third event is (0, 0, 0).
      expect([0, 1, 2].map((event) => inputsOf(test, event, jet))).toEqual([
        [31.75, 0, 0],
        [-3, -2, -7],
        [-3, -2, -7],
      ]);
      expect(inputsOf(prepared.test.readHardware(0, 3), 0, jet)).toEqual([2000, 8, 7]);
      expect(inputsOf(prepared.test.readHardware(0, 3), 1, jet + 1)).toEqual([30, 1, 2]);
      expect([...prepared.test.readHt()]).toEqual([300, 30, 30]);
      expect([...prepared.test.readEt()]).toEqual([350, 350, 350]);
      expect([...prepared.test.readLevel1()!]).toEqual([1, 0, 0]);
      expect([...prepared.train.readPileup()!]).toEqual([40, 41, 42, 43, 44]);
      expect(prepared.signals.get('hard')!.readInputs(0, 3)).toEqual(test);
      expect(prepared.signals.get('soft')!.readInputs(0, 2)).toEqual(train.subarray(0, 2 * 57));
      expect(prepared.train.hasComputedEnergies).toBe(false);
    });
  });

  it('counts events whose objects are in another order than that of pt, before saturated ones are set to zero', async () => {
    const swapped: SmallEvent = { objects: { [rowOf.JET]: [10, 1, 1], [rowOf.JET + 1]: [20, 2, 2] } };
    const background = await writeBackground(inWork('b3.h5'), [...events, swapped]);
    const signals = await writeSignals(inWork('s3.h5'), { odd: [swapped, events[0]!, swapped] });
    const { summary } = await prepareData(optionsFor(background, [signals], inWork('unordered.h5'), 5, 100));
    expect([summary.train, summary.test, summary.signals.odd!].map(({ unordered }) => unordered)).toEqual([0, 1, 2]);
    expect(unorderedNotice(summary)).toBe(
      'Objects are not in the order of pt in 1 of 5 test events, 2 of 3 odd events: the trigger gives the hardest of each kind first, and the network learns places.',
    );
    const { summary: ordered } = await prepareData(optionsFor(inWork('b3.h5'), [], inWork('ordered.h5'), 5, 4));
    expect(unorderedNotice(ordered)).toBeUndefined();
  });

  it('drops events, reads at most so many signal events, and gives firmware its shifts', async () => {
    const background = await writeBackground(inWork('b2.h5'), events);
    const signals = await writeSignals(inWork('s2.h5'), { one: events });
    const out = inWork('drop.h5');
    const options = optionsFor(background, [signals], out, 5, 100);
    const { summary } = await prepareData({
      ...options,
      signal: { ...options.signal, maxEvents: 3 },
      saturationMode: 'drop',
      scheme: 'RobustScaler_pow2(0,100,-2,2)',
    });
    expect(summary.test).toEqual({
      read: 4,
      kept: 2,
      unordered: 0,
      droppedByEt: 1,
      droppedByObject: 1,
      maskedObjects: 0,
    });
    expect(summary.signals.one!.read).toBe(3);
    await withPrepared(out, ({ normalisation: { scale, bias, shift }, test }) => {
      expect([inputsOf(scale, 0, jet), inputsOf(bias, 0, jet), inputsOf(shift!, 0, jet)]).toEqual([
        [16, 4, 1],
        [30, 8, 7],
        [4, 2, 0],
      ]);
      expect(inputsOf(test.readInputs(0, 2), 1, jet)).toEqual([-1.875, -2, -7]);
    });
  });

  it('writes the described layout, the same bytes every time', async () => {
    const background = await writeBackground(inWork('b3.h5'), events);
    const signals = await writeSignals(inWork('s3.h5'), { one: events });
    for (const name of ['first.h5', 'second.h5'])
      await prepareData(optionsFor(background, [signals], inWork(name), 5, 100));
    expect(readFileSync(inWork('first.h5')).equals(readFileSync(inWork('second.h5')))).toBe(true);
    await withHdf5File(inWork('first.h5'), (file) => {
      expect(
        file.datasets.map((name) => `${name} ${file.dataset(name).type} (${file.dataset(name).shape.join(', ')})`),
      ).toMatchInlineSnapshot(`
        [
          "Background_data/Test/DATA float32 (3, 19, 3)",
          "Background_data/Test/ET float32 (3)",
          "Background_data/Test/HARDWARE int16 (3, 19, 3)",
          "Background_data/Test/HT float32 (3)",
          "Background_data/Test/L1bits uint8 (3)",
          "Background_data/Test/PU float32 (3)",
          "Background_data/Train/DATA float32 (5, 19, 3)",
          "Background_data/Train/ET float32 (5)",
          "Background_data/Train/HARDWARE int16 (5, 19, 3)",
          "Background_data/Train/HT float32 (5)",
          "Background_data/Train/L1bits uint8 (5)",
          "Background_data/Train/PU float32 (5)",
          "Normalisation/norm_bias float64 (19, 3)",
          "Normalisation/norm_scale float64 (19, 3)",
          "Normalisation/norm_shift int32 (19, 3)",
          "Normalisation/unit float64 (19, 3)",
          "Signal_data/one/DATA float32 (8, 19, 3)",
          "Signal_data/one/ET float32 (8)",
          "Signal_data/one/HARDWARE int16 (8, 19, 3)",
          "Signal_data/one/HT float32 (8)",
          "Signal_data/one/L1bits uint8 (8)",
          "Signal_data/one/PU float32 (8)",
        ]
      `);
      expect(file.attributes('').get('config')).toContain('"scheme":"RobustScaler_pow2(5,95,-2,2)"');
      expect(file.attributes('').get('config')).not.toContain(path.dirname(inWork('x')));
    });
  });

  it('gives the same in slabs as whole', async () => {
    const made = await synthesise({ out: inWork('set'), background: 3 * slabSize + 100, signal: 10, seed: 4 });
    const count = 3 * slabSize + 100;
    const out = inWork('slabs.h5');
    await prepareData(optionsFor(made.background, [], out, 2 * slabSize + 50, count));
    await withHdf5File(made.background, async (file) => {
      const table = file.dataset('full_data_cyl').readAll();
      await withPrepared(out, async (prepared) => {
        const { scale, bias } = prepared.normalisation;
        const rows = [0, 1, 2, 3, 4, 13, 14, 15, 16, ...Array.from({ length: 10 }, (_, n) => 21 + n)];
        expect(prepared.test.count).toBe(slabSize + 50 - prepared.summary.test.droppedByEt);
        // Event 16384 + 7 of training, from the file by hand; no training event of this seed was dropped before it.
        const event = slabSize + 7;
        const expected = rows.flatMap((row, object) =>
          [0, 1, 2].map((feature) => {
            const input = 3 * object + feature;
            return Math.fround(
              Math.max(-32, Math.min(31.75, (table[99 * event + 3 * row + feature]! - bias[input]!) / scale[input]!)),
            );
          }),
        );
        expect(prepared.summary.train.droppedByEt).toBe(0);
        expect([...prepared.train.readInputs(event, event + 1)]).toEqual(expected);
        const source = await openRows(prepared.train.rows);
        const into = new Float32Array(57);
        source.read(event, 1, into);
        source.close();
        expect([...into]).toEqual(expected);
        // pt of the leading jet over the training events, sorted: the fitted scale and bias follow from its percentiles.
        const leading = Array.from({ length: 2 * slabSize + 50 }, (_, n) => table[99 * n + 63]!)
          .filter((pt) => pt > 0 && pt < 2047)
          .sort((a, b) => a - b);
        const at = (p: number): number => {
          const rank = (leading.length - 1) * p;
          const low = leading[Math.floor(rank)]!;
          return low + (leading[Math.ceil(rank)]! - low) * (rank - Math.floor(rank));
        };
        expect(scale[27]).toBe(2 ** Math.ceil(Math.log2((at(0.95) - at(0.05)) / 4)));
        expect(Math.abs(bias[27]! - (at(0.05) + at(0.95)) / 2)).toBeLessThanOrEqual(0.5);
      });
    });
  });

  it('trains on the real events, which have no Level-1 bits', async (ctx) => {
    const real = path.join(requireSharedData(ctx), 'axol1tl/events.json.gz');
    const out = inWork('real.h5');
    const { summary } = await prepareData(optionsFor(real, [], out, 5000, 2128));
    expect(summary.train.kept + summary.test.kept).toBe(7128);
    await withPrepared(out, ({ train }) => {
      expect(train.readLevel1()).toBeUndefined();
      expect(train.readPileup()).toBeUndefined();
      expect(train.hasComputedEnergies).toBe(true);
      const hardware = train.readHardware(0, 1);
      expect([...hardware.subarray(0, 9)]).toEqual([161, 0, 54, 7, 19, 124, 5, 1, 59]);
      // Jets of the first event: 212, 61, 53, 51, 49, 47, 36, 36, 32, 19; the first is harder than 30 GeV and central, so is the second.
      expect(train.readEt()[0]).toBe((212 + 61 + 53 + 51 + 49 + 47 + 36 + 36 + 32 + 19) / 2);
      expect(train.readHt()[0]).toBe((212 + 61) / 2);
    });
  });
});

describe('the cache', () => {
  it('keeps what is there until options or the content of an input change', async () => {
    const background = await writeBackground(inWork('cache.h5'), events);
    const out = inWork('cached.h5');
    const options = optionsFor(background, [], out, 5, 100);
    const prepare = async (changed: DataOptions = options): Promise<boolean> => (await prepareData(changed)).isCached;
    const first = await prepareData(options);
    const written = statSync(out, { bigint: true }).mtimeNs;
    expect(await prepareData(options)).toEqual({ ...first, isCached: true });
    expect(statSync(out, { bigint: true }).mtimeNs).toBe(written);
    expect([await prepare({ ...options, saturationMode: 'drop' }), await prepare(), await prepare()]).toEqual([
      false,
      false,
      true,
    ]);
    expect([await prepare({ ...options, scheme: 'RobustScaler(5,95,-2,2)' }), await prepare()]).toEqual([false, false]);
    // Elsewhere, of a later date, but with the same content and name.
    const elsewhere = path.join(path.dirname(out), 'hand', path.basename(background));
    copyFileSync(background, elsewhere);
    expect(await prepare({ ...options, background: { ...options.background, path: elsewhere } })).toBe(true);
    await writeBackground(background, events.toReversed());
    expect([await prepare(), await prepare()]).toEqual([false, true]);
  });

  it('does not overwrite a file of another kind', async () => {
    const background = await writeBackground(inWork('precious.h5'), events);
    expect(await errorOf(prepareData(optionsFor(background, [], background, 5, 100)))).toBe(
      `error[foreign-file]: ${background}: a file of this name stands there that was not made by preparing data\n  help: choose another name for --out, or remove the file`,
    );
    writeFileSync(inWork('note.txt'), 'a note');
    expect(await errorOf(prepareData(optionsFor(background, [], inWork('note.txt'), 5, 100)))).toContain(
      `error[foreign-file]: ${inWork('note.txt')}: stands there, and whether preparing data has made it cannot be told: cannot be read as HDF5: `,
    );
  });

  it('makes a file again that is not as it was written', async () => {
    const background = await writeBackground(inWork('again.h5'), events);
    const options = optionsFor(background, [], inWork('again/Data.h5'), 5, 100);
    await prepareData(options);
    const bytes = readFileSync(options.out);
    await changePrepared(options.out, options.out, /^Background_data\/Test\/HARDWARE/);
    expect((await prepareData(options)).isCached).toBe(false);
    expect(readFileSync(options.out).equals(bytes)).toBe(true);
    expect((await prepareData(options)).isCached).toBe(true);
  });

  it('tells of a link to itself in the place of the events', async () => {
    symlinkSync('loop.h5', inWork('loop.h5'));
    expect(await errorOf(prepareData(optionsFor(inWork('loop.h5'), [], inWork('l/Data.h5'), 5, 100)))).toContain(
      `error[unreadable-file]: ${inWork('loop.h5')}: links lead in a circle`,
    );
  });
});

/** Copies prepared data without the names left out, then `change` adds what it likes. */
async function changePrepared(
  from: string,
  to: string,
  leftOut: RegExp,
  change: (file: Hdf5Writer) => void = () => {},
): Promise<void> {
  await withHdf5File(from, (source) =>
    writeHdf5File(to, (file) => {
      for (const name of source.groups) file.group(name);
      const kept = source.datasets.filter((name) => !leftOut.test(name));
      for (const name of kept) file.dataset(name, source.dataset(name).readAll(), source.dataset(name).shape);
      for (const holder of ['', ...source.groups, ...kept])
        for (const [key, value] of source.attributes(holder))
          if (!leftOut.test(`${holder}@${key}`)) file.attribute(holder, key, value);
      change(file);
    }),
  );
}

describe('prepared data with a part', () => {
  const remedy = '\n  help: the file was changed or damaged: prepare the data again (axoc data prepare)';

  async function errorOfChanged(leftOut: RegExp, change: (file: Hdf5Writer) => void): Promise<string> {
    const background = await writeBackground(inWork('whole.h5'), events);
    const options = optionsFor(background, [], inWork('whole/Data.h5'), 5, 100);
    await prepareData(options);
    const changed = inWork('whole/changed.h5');
    await changePrepared(options.out, changed, leftOut, change);
    const message = await errorOf(
      withPrepared(changed, ({ test }) => [test.readEt(), test.readHt(), test.readPileup(), test.readLevel1()]),
    );
    return message.replaceAll(changed, 'it');
  }

  it.each<[RegExp, (file: Hdf5Writer) => void, string]>([
    [
      /^@config/,
      (to) => to.attribute('', 'config', '{'),
      'it: its attribute "config" is not the JSON of a configuration',
    ],
    [
      /^@summary/,
      (to) => to.attribute('', 'summary', '{}'),
      'it: its attribute "summary" does not say how many events it holds',
    ],
    [/@objects/, () => {}, 'it: Normalisation: its attribute "objects" is not a list of kinds of objects'],
    [
      /@clip/,
      (to) => to.attribute('Normalisation', 'clip', 3),
      'it: Normalisation: its attribute "clip" is not two numbers, the lower one first',
    ],
    [
      /norm_bias/,
      (to) => to.dataset('Normalisation/norm_bias', new Float64Array(54), [18, 3]),
      'it: Normalisation/norm_bias: has shape (18, 3) where (19, 3) is expected',
    ],
    [
      /norm_bias/,
      (to) => to.dataset('Normalisation/norm_bias', new Float64Array(57).fill(Number.NaN), [19, 3]),
      'it: Normalisation/norm_bias: value 0 is NaN, by which no input can be normalised',
    ],
    [
      /norm_shift/,
      (to) => to.dataset('Normalisation/norm_shift', new Int32Array(57).fill(9), [19, 3]),
      'it: Normalisation/norm_shift: value 0 is 9, but the scale is 1, not 2^9',
    ],
    [
      /Train\/DATA/,
      (to) => to.dataset('Background_data/Train/DATA', new Float32Array(270), [5, 54]),
      'it: Background_data/Train/DATA: has shape (5, 54) where (5, 19, 3) is expected',
    ],
    [
      /Test\/HARDWARE/,
      (to) => to.dataset('Background_data/Test/HARDWARE', new Float64Array(171), [3, 19, 3]),
      'it: Background_data/Test/HARDWARE: its elements are not int16',
    ],
  ])('changed: %s', async (leftOut, change, message) => {
    expect(await errorOfChanged(leftOut, change)).toBe(`error[unknown-layout]: ${message}${remedy}`);
  });

  it.each<[string, readonly number[], string]>([
    ['L1bits', [0, 1], 'error[wrong-shape]: it: Background_data/Test/L1bits: has 2 values for 3 events'],
    ['L1bits', [0, 1, 2], 'error[bad-event]: it: Background_data/Test/L1bits: event 2: 2 is neither 0 nor 1'],
    ['ET', [1, Number.NaN, 2], 'error[bad-event]: it: Background_data/Test/ET: event 1: NaN is no energy'],
  ])('with other values in %s: %s', async (name, values, message) => {
    const dataset = `Background_data/Test/${name}`;
    const change = (to: Hdf5Writer): void => to.dataset(dataset, Float64Array.from(values), [values.length]);
    expect(await errorOfChanged(new RegExp(`^${dataset}`), change)).toContain(message);
  });
});

describe('options that cannot be', () => {
  it('are told', async () => {
    const background = await writeBackground(inWork('opt.h5'), events);
    const options = optionsFor(background, [], inWork('never.h5'), 5, 100);
    const withTest = { ...options, background: { ...options.background, testSector: [9, 20] as const } };
    expect(await errorOf(prepareData(withTest))).toBe(
      `error[empty-sector]: ${background}: test_sector [9, 20] holds none of its 9 events\n  help: choose events from 0 to 9`,
    );
    const met = { ...options.signal.constituents, MET: [false] };
    expect(await errorOf(prepareData({ ...options, signal: { ...options.signal, constituents: met } }))).toContain(
      'error[object-selection]: SIGNAL: constituents: choose 18 objects',
    );
    const signals = await writeSignals(inWork('twice.h5'), { one: events });
    expect(await errorOf(prepareData({ ...options, signal: { ...options.signal, paths: [signals, signals] } }))).toBe(
      'error[name-used-twice]: signal "one": stands in two files\n  help: rename one of them',
    );
    const saturated = await writeBackground(inWork('sat.h5'), [{ et: 5000 }, { et: 5000 }]);
    expect(await errorOf(prepareData(optionsFor(saturated, [], inWork('never.h5'), 1, 1)))).toContain(
      'every training event is saturated',
    );
  });
});
