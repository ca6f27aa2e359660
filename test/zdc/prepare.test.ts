/** Preparing showers: joined whatever the order, every image checked, problems told together, older results left alone. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { openRows } from '../../src/data/hdf5/rows.js';
import { NpzWriter } from '../../src/data/npy/npz-write.js';
import { type CalorimeterName, calorimeters } from '../../src/zdc/calorimeter.js';
import { type PrepareOptions, prepareShowers } from '../../src/zdc/prepare/prepare.js';
import { openShowers, type Showers } from '../../src/zdc/prepare/prepared.js';
import { synthesiseRuns } from '../../src/zdc/synthesis/synthesise.js';
import { readEvents } from '../support/decode-events.js';
import { hasPython, python } from '../support/python.js';

const directory = mkdtempSync(path.join(tmpdir(), 'axoc-prepare-'));
const good = path.join(directory, 'good');
let copies = 0;

/** Runs 1 to 11, so that names sort otherwise than numbers. */
beforeAll(() => synthesiseRuns({ out: good, showers: 30, runs: 11, firstRun: 1, repeats: 3, seed: 5 }));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function fresh(name: string): string {
  return path.join(directory, `${name}${copies++}`);
}

/** A copy of the runs that `change` may damage. */
function changed(change: (runs: string) => void): string {
  const runs = fresh('runs');
  cpSync(good, runs, { recursive: true });
  change(runs);
  return runs;
}

function edit(runs: string, file: string, change: (lines: string[]) => void): void {
  const lines = readFileSync(path.join(runs, file), 'utf8').split('\n');
  change(lines);
  writeFileSync(path.join(runs, file), lines.join('\n'));
}

function options(input: PrepareOptions['input'], more: Partial<PrepareOptions> = {}): PrepareOptions {
  const base = { calorimeter: 'ZP', out: fresh('out'), minimumPhotons: 10, npz: true, species: new Map() } as const;
  return { input, ...base, ...more };
}

async function withShowers<T>(out: string, work: (showers: Showers) => T): Promise<T> {
  const showers = await openShowers(path.join(out, 'Showers.h5'));
  try {
    return work(showers);
  } finally {
    showers.close();
  }
}

/** The message of the error, with the directory of the runs taken out. */
async function messageOf(runs: string, more: Partial<PrepareOptions> = {}): Promise<string> {
  try {
    await prepareShowers(options(runs, more));
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return error.message.replaceAll(`${runs}/`, '');
    throw error;
  }
  throw new Error('no error was thrown');
}

interface Row {
  readonly particle: readonly number[];
  readonly image: readonly number[];
}

/** An independent reading of the text files: everything at once, by strings. */
function expectedRows(runs: string, calorimeter: CalorimeterName, minimum: number): Row[] {
  const { detector, particle, shape } = calorimeters[calorimeter];
  const masses: Readonly<Record<string, readonly [number, number]>> = {
    '22': [0, 0],
    '2112': [939.5654205, 0],
    '2212': [938.27208816, 1],
    '211': [139.57039, 1],
    '-211': [139.57039, -1],
    '130': [497.611, 0],
    '3122': [1115.683, 0],
  };
  const found: Row[] = [];
  for (let run = 1; run <= 11; run++) {
    const [, ...table] = readFileSync(path.join(runs, `non_zero_examples_run${run}.txt`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const pixels = readFileSync(path.join(runs, `${particle}_image_run${run}.txt`), 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    for (const [index, [, code, ...values]] of table.filter(([first]) => first === detector).entries()) {
      const numbers = values.map(Number);
      if (numbers.pop()! < minimum) continue;
      const size = shape[0] * shape[1];
      const image = pixels.slice(index * size, (index + 1) * size);
      found.push({ particle: [...numbers, ...masses[code!]!], image });
    }
  }
  return found;
}

function rowsOf(showers: Showers): Row[] {
  const size = showers.calorimeter.shape[0] * showers.calorimeter.shape[1];
  return Array.from({ length: showers.count }, (_, row) => {
    const image = Array.from(showers.readResponses(row, row + 1));
    expect(image).toHaveLength(size);
    return { particle: Array.from(showers.readParticles(row, row + 1)), image };
  });
}

describe('what is prepared', () => {
  it.each([
    ['ZN', 10],
    ['ZP', 10],
    ['ZP', 0],
  ] as const)(
    '%s with %i photons or more: every row of every run, in the order of the runs',
    async (calorimeter, minimumPhotons) => {
      const one = options(good, { calorimeter, minimumPhotons });
      const { found, count, synthetic } = await prepareShowers(one);
      const expected = expectedRows(good, calorimeter, minimumPhotons);
      expect([found, count]).toEqual([330, expected.length]);
      expect(synthetic).toBe('axoc zdc synthesise: not measured, not simulated');
      await withShowers(one.out, (showers) => {
        expect(rowsOf(showers)).toEqual(expected);
        expect(showers).toMatchObject({ synthetic, minimumPhotons, count });
      });
    },
  );

  it('is copied to npz, as float64 of the published shapes', async () => {
    const one = options(good, { calorimeter: 'ZN' });
    const { paths, count } = await prepareShowers(one);
    expect(paths.map((name) => path.basename(name))).toEqual(['Showers.h5', 'particles.npz', 'responses.npz']);
    const expected = expectedRows(good, 'ZN', 10);
    const particles = await readEvents(paths[1]!);
    const responses = await readEvents(paths[2]!);
    expect(Array.from(particles.values)).toEqual(expected.flatMap(({ particle }) => particle));
    expect(Array.from(responses.values)).toEqual(expected.flatMap(({ image }) => image));
    if (!hasPython) return;
    const program = `
import json, sys, numpy
arrays = [numpy.load(name) for name in sys.argv[1:]]
print(json.dumps([[name, str(a[name].dtype), a[name].shape, a[name].sum()] for a in arrays for name in a.files][1:]))`;
    const photons = expected.flatMap(({ image }) => image).reduce((sum, value) => sum + value);
    expect(python(program, paths[1]!, paths[2]!)).toEqual([['arr_0', 'float64', [count, 44, 44], photons]]);
  });

  it('is read as float32 rows by training', async () => {
    const one = options(good, { npz: false });
    await prepareShowers(one);
    expect(readdirSync(one.out)).toEqual(['Showers.h5']);
    const { particles, responses } = await withShowers(one.out, (showers) => showers);
    const [expected] = expectedRows(good, 'ZP', 10);
    for (const [descriptor, values] of [
      [particles, expected!.particle],
      [responses, expected!.image],
    ] as const) {
      const rows = await openRows(descriptor);
      const into = new Float32Array(rows.width);
      rows.read(0, 1, into);
      rows.close();
      expect(into).toEqual(Float32Array.from(values));
    }
  });

  it('does not depend on where files lie, on line ends or on blanks', async () => {
    const runs = changed((copy) => {
      for (const [index, name] of readdirSync(copy).entries()) {
        const below = path.join(copy, `part${(7 * index) % 5}`, 'output');
        mkdirSync(below, { recursive: true });
        const text = readFileSync(path.join(copy, name), 'utf8').replaceAll('\n', index % 2 === 0 ? '\r\n' : '\n');
        const blanks = name.includes('image') ? text.replaceAll('0 ', '0\t  ') : text;
        writeFileSync(path.join(below, name), `${blanks}\n\n`);
        rmSync(path.join(copy, name));
      }
    });
    const [one, other] = [options(good), options(runs)];
    for (const each of [one, other]) await prepareShowers(each);
    for (const name of readdirSync(one.out))
      expect(readFileSync(path.join(other.out, name)).equals(readFileSync(path.join(one.out, name)))).toBe(true);
  });

  it('comes from npz as well', async () => {
    const first = options(good, { minimumPhotons: 0 });
    const [, particles, responses] = (await prepareShowers(first)).paths as [string, string, string];
    const second = options({ particles, responses });
    expect(await prepareShowers(second)).toMatchObject({ found: 330 });
    await withShowers(second.out, (showers) => expect(rowsOf(showers)).toEqual(expectedRows(good, 'ZP', 10)));
  });

  it('takes blanks around values, and numbers of any size', async () => {
    const runs = changed((copy) =>
      edit(copy, 'non_zero_examples_run4.txt', (lines) => {
        lines[0] = `${lines[0]}  `;
        lines[2] = lines[2]!.replaceAll(',', ' , ').replace(/^(P , -?\d+ , [^,]*,)[^,]*/, '$1 -4.94066e-324 ');
      }),
    );
    const one = options(runs, { minimumPhotons: 0, npz: false });
    expect(await prepareShowers(one)).toMatchObject({ found: 330 });
    await withShowers(one.out, (showers) => expect(showers.readParticles(90, 91)[1]).toBe(-4.94066e-324));
  });

  it('takes a sum that was printed with six digits', async () => {
    const runs = changed((copy) =>
      edit(copy, 'proton_image_run4.txt', (lines) => {
        lines.fill(Array(30).fill(0).join(' '), 0, 56);
        lines[7] = `1234567${' 0'.repeat(29)}`;
      }),
    );
    for (const [printed, isRight] of [
      ['1.23457e+06', true],
      ['1.23456e+06', false],
    ] as const) {
      edit(runs, 'non_zero_examples_run4.txt', (lines) => {
        lines[2] = lines[2]!.replace(/[^,]*$/, printed);
      });
      if (isRight) expect(await prepareShowers(options(runs))).toMatchObject({ found: 330 });
      else expect(await messageOf(runs)).toContain('error[photon-sum]: proton_image_run4.txt: image 1');
    }
  });
});

describe('what is refused', () => {
  it('a run without its images, or without its table', async () => {
    const runs = changed((copy) => {
      rmSync(path.join(copy, 'proton_image_run3.txt'));
      rmSync(path.join(copy, 'non_zero_examples_run10.txt'));
    });
    expect(await messageOf(runs)).toMatchInlineSnapshot(`
      "error[missing-run-file]: non_zero_examples_run3.txt: the file proton_image_run3.txt of the same run is missing
        help: copy or extract the run again, or remove its files
      error[missing-run-file]: proton_image_run10.txt: the file non_zero_examples_run10.txt of the same run is missing"
    `);
    // The other calorimeter has all of its images; its table is missing just the same.
    expect(await messageOf(runs, { calorimeter: 'ZN' })).not.toContain('run3');
  });

  it('a run that stands there twice', async () => {
    const runs = changed((copy) => {
      mkdirSync(path.join(copy, 'old'));
      cpSync(path.join(copy, 'proton_image_run2.txt'), path.join(copy, 'old', 'proton_image_run02.txt'));
    });
    expect(await messageOf(runs)).toMatchInlineSnapshot(`
      "error[name-used-twice]: proton_image_run2.txt: run 2 stands in old/proton_image_run02.txt, too
        help: give every run its own number"
    `);
  });

  it('images that were cut off', async () => {
    const runs = changed((copy) =>
      edit(copy, 'proton_image_run6.txt', (lines) => {
        lines.splice(56 * 12 + 20);
      }),
    );
    expect(await messageOf(runs)).toMatchInlineSnapshot(`
      "error[truncated-file]: proton_image_run6.txt: ends after 692 lines where the 30 rows of non_zero_examples_run6.txt need 1680: row 13 (line 27) has no whole image
        help: copy or extract the run again"
    `);
  });

  it('an image that was cut off within a line, as one problem', async () => {
    const cutAt = async (line: number): Promise<string> => {
      const runs = changed((copy) =>
        edit(copy, 'proton_image_run6.txt', (lines) => {
          lines.splice(line);
          lines[line - 1] = lines[line - 1]!.slice(0, 21);
        }),
      );
      return await messageOf(runs);
    };
    expect(await cutAt(56 * 12 + 20)).toMatchInlineSnapshot(`
      "error[truncated-file]: proton_image_run6.txt: ends within line 692 where the 30 rows of non_zero_examples_run6.txt need 1680: row 13 (line 27) has no whole image
        help: copy or extract the run again"
    `);
    expect(await cutAt(56 * 30)).toMatchInlineSnapshot(`
      "error[truncated-file]: proton_image_run6.txt: ends within line 1680 where the 30 rows of non_zero_examples_run6.txt need 1680: row 30 (line 61) has no whole image
        help: copy or extract the run again"
    `);
  });

  it('files whose names have another end: they are not passed over', async () => {
    const runs = changed((copy) => {
      const rename = (from: string, to: string) => renameSync(path.join(copy, from), path.join(copy, to));
      rename('proton_image_run3.txt', 'proton_image_run3.txt.gz');
      for (const name of ['non_zero_examples_run4.txt', 'neutron_image_run4.txt', 'proton_image_run4.txt'])
        rename(name, `${name}.partial`);
      rename('neutron_image_run5.txt', 'neutron_image_run5.txt.gz');
      cpSync(path.join(copy, 'proton_image_run6.txt'), path.join(copy, 'proton_image_run6.txt.bak'));
    });
    expect(await messageOf(runs)).toMatchInlineSnapshot(`
      "error[missing-run-file]: proton_image_run3.txt.gz: is not proton_image_run3.txt, which is missing
        help: unpack or rename it, or remove the files of this run
      error[missing-run-file]: non_zero_examples_run4.txt.partial: is not non_zero_examples_run4.txt, which is missing
      error[missing-run-file]: proton_image_run4.txt.partial: is not proton_image_run4.txt, which is missing"
    `);
  });

  it('every particle code that is unknown, once', async () => {
    const runs = changed((copy) => {
      for (const run of [1, 2])
        edit(copy, `non_zero_examples_run${run}.txt`, (lines) => {
          for (let row = 0; row < 21; row++)
            lines[2 * row + 2] = lines[2 * row + 2]!.replace(/^P,-?\d+/, `P,100006${row % 7}120`);
        });
    });
    const message = await messageOf(runs);
    for (let code = 0; code < 7; code++)
      expect(message.match(new RegExp(`--species 100006${code}120=`, 'g'))).toHaveLength(1);
    // Images beside a table with gaps are not blamed, in the second run neither.
    expect(message.match(/error/g)).toHaveLength(7);
  });

  it.each([
    ['logarithms', Math.log1p],
    ['negative numbers', (photons: number) => -photons],
  ])('npz files of %s in place of photons, by their rows', async (_, change) => {
    const one = options(good);
    const [, particles, responses] = (await prepareShowers(one)).paths as [string, string, string];
    const { values, count } = await readEvents(responses);
    const other = path.join(one.out, 'other.npz');
    const writer = new NpzWriter(other, { name: 'arr_0', shape: [count, 56, 30] });
    writer.append(Float64Array.from(values, Number).map((photons) => (photons === 0 ? 0 : change(photons))));
    writer.finish();
    writer.commit();
    const message = await prepareShowers(options({ particles, responses: other })).catch(
      (error: Error) => error.message,
    );
    expect(message).toMatch(
      /^error\[bad-value\]: .*other.npz: row 0: found -?[\d.]+ where a number of photons belongs\n/,
    );
    expect(message).toContain('help: give photons, not their logarithm or a scaled image');
  });

  it('npz files that would be replaced by what is kept of them', async () => {
    const one = options(good);
    const [, particles, responses] = (await prepareShowers(one)).paths as [string, string, string];
    const before = readFileSync(responses);
    const again = options({ particles, responses }, { out: one.out, minimumPhotons: 100 });
    await expect(prepareShowers(again)).rejects.toThrow('particles.npz: would be read and replaced at once');
    expect(readFileSync(responses).equals(before)).toBe(true);
    await prepareShowers({ ...again, npz: false });
    expect(readFileSync(responses).equals(before)).toBe(true);
  });

  it('a table that was cut off', async () => {
    const runs = changed((copy) =>
      edit(copy, 'non_zero_examples_run6.txt', (lines) => {
        lines.splice(41);
      }),
    );
    expect(await messageOf(runs)).toMatchInlineSnapshot(`
      "error[trailing-data]: proton_image_run6.txt: goes on behind line 1120, where the 20 rows of non_zero_examples_run6.txt end
        help: the table was cut off, or belongs to another run: extract the run again"
    `);
  });

  it('an image with another sum than its particle, and only that', async () => {
    const runs = changed((copy) =>
      edit(copy, 'proton_image_run8.txt', (lines) => {
        lines[56 * 4 + 3] = lines[56 * 4 + 3]!.replace(/^\d+/, '7777');
      }),
    );
    expect(
      (await messageOf(runs)).replace(/sum to \d+, PhotonSum is \d+/, 'sum to A, PhotonSum is B'),
    ).toMatchInlineSnapshot(`
      "error[photon-sum]: proton_image_run8.txt: image 5 (lines 225 to 280): its pixels sum to A, PhotonSum is B (non_zero_examples_run8.txt: line 11)
        help: table and images are not of the same run, or rows are missing: extract the run again"
    `);
    expect(await prepareShowers(options(runs, { calorimeter: 'ZN' }))).toMatchObject({ found: 330 });
  });

  it('images of another run: the first ones are told, the others counted', async () => {
    const runs = changed((copy) => {
      const [one, other] = ['1', '2'].map((run) => path.join(copy, `proton_image_run${run}.txt`)) as [string, string];
      renameSync(one, `${one}.kept`);
      renameSync(other, one);
      renameSync(`${one}.kept`, other);
    });
    const message = await messageOf(runs);
    expect(message.match(/error\[photon-sum\]: proton_image_run1/g)).toHaveLength(5);
    expect(message).toMatch(/error\[photon-sum\]: the files: and \d+ more of this kind$/);
  });

  it('all problems of all files together', async () => {
    const runs = changed((copy) => {
      edit(copy, 'non_zero_examples_run1.txt', (lines) => {
        lines[4] = 'P,2212,1,2,3';
        lines[6] = lines[6]!.replace(/^P,-?\d+/, 'P,999999');
        lines[8] = lines[8]!.replace(/^(P,-?\d+),[^,]*/, '$1,12 GeV');
        lines[9] = lines[9]!.replace('N', 'Q');
        lines[10] = lines[10]!.replace(/[^,]*$/, 'nan');
      });
      edit(copy, 'non_zero_examples_run2.txt', (lines) => {
        lines[0] = 'Particles of run 2';
      });
      edit(copy, 'proton_image_run3.txt', (lines) => {
        lines[3] = `${lines[3]} 0`;
        lines[5] = lines[5]!.replace(/^\d+/, '-1');
        lines[60] = lines[60]!.replace(/ \d+$/, '');
        lines[62] = lines[62]!.replace(/\d+$/, '2.5');
      });
      writeFileSync(path.join(copy, 'non_zero_examples_run5.txt'), '');
    });
    expect(await messageOf(runs)).toMatchInlineSnapshot(`
      "error[ragged-row]: non_zero_examples_run1.txt: line 5: has 5 values where the header names 10
        help: extract the run again
      error[unknown-particle]: non_zero_examples_run1.txt: line 7: the particle code 999999 has no known mass and charge
        help: say what it is: --species 999999=MASS,CHARGE (MeV, e)
      error[not-a-number]: non_zero_examples_run1.txt: line 9: Energy: found "12 GeV" where a number belongs
      error[not-a-number]: non_zero_examples_run1.txt: line 10: Detector: found "Q" where N or P belongs
      error[not-a-number]: non_zero_examples_run1.txt: line 11: PhotonSum: found "nan" where a number belongs
      error[wrong-header]: non_zero_examples_run2.txt: begins with "Particles of run 2" where a row of names belongs
        help: the first line of such a table is Detector,Pdg,Energy,Vx,Vy,Vz,Px,Py,Pz,PhotonSum
      error[wrong-header]: non_zero_examples_run5.txt: is empty
      error[ragged-row]: proton_image_run3.txt: line 4: has 31 pixels where an image of this calorimeter has 30
      error[not-a-number]: proton_image_run3.txt: line 6: found "-1" where a number of photons belongs
      error[ragged-row]: proton_image_run3.txt: line 61: has 29 pixels where an image of this calorimeter has 30
      error[not-a-number]: proton_image_run3.txt: line 63: found "2.5" where a number of photons belongs"
    `);
  });

  it('a directory without runs, and showers without photons', async () => {
    const empty = fresh('empty');
    mkdirSync(empty);
    expect((await messageOf(empty)).replace(empty, 'DIR')).toMatchInlineSnapshot(`
      "error[no-showers]: DIR: holds no files such as non_zero_examples_run1.txt and proton_image_run1.txt
        help: give the directory that extraction or axoc zdc synthesise has written"
    `);
    expect((await messageOf(good, { minimumPhotons: 100_000 })).replace(good, 'DIR')).toMatchInlineSnapshot(`
      "error[no-showers]: DIR: none of its 330 showers has 100000 photons or more in ZP
        help: keep fewer photons: --minimum-photons 1"
    `);
    expect((await messageOf(path.join(directory, 'nowhere'))).replace(directory, 'DIR')).toMatchInlineSnapshot(`
      "error[unreadable-file]: DIR/nowhere: no such file or directory
        help: check the path and its permissions"
    `);
  });

  it('npz files that do not belong together', async () => {
    const [zn, zp] = [options(good, { calorimeter: 'ZN' }), options(good)];
    for (const one of [zn, zp]) await prepareShowers(one);
    const pairOf = (particles: string, responses: string) => ({
      particles: path.join(particles, 'particles.npz'),
      responses: path.join(responses, 'responses.npz'),
    });
    const problem = async (input: PrepareOptions['input']): Promise<string> => {
      const error = await prepareShowers(options(input)).catch((thrown: Error) => thrown);
      return (error as Error).message
        .replace(/after \d+ rows/, 'after N rows')
        .replaceAll(zn.out, 'ZN')
        .replaceAll(zp.out, 'ZP');
    };
    expect(await problem(pairOf(zn.out, zp.out))).toMatchInlineSnapshot(`
      "error[truncated-file]: ZP/responses.npz: ends after N rows, before ZN/particles.npz does
        help: give the two files that belong together"
    `);
    expect(await problem(pairOf(zn.out, zn.out))).toMatchInlineSnapshot(`
      "error[wrong-width]: ZN/responses.npz: has 1936 values a row where images of ZP have 1680 pixels
        help: give the files of this calorimeter, particles and responses"
    `);
    expect(
      await problem({ ...pairOf(zp.out, zp.out), particles: path.join(zp.out, 'responses.npz') }),
    ).toMatchInlineSnapshot(`
      "error[wrong-width]: ZP/responses.npz: has 1680 values a row where particles have 9 columns
        help: give the files of this calorimeter, particles and responses"
    `);
  });

  it('leaves no old copies beside a new Showers.h5, wherever it is stopped', async () => {
    const one = options(good);
    const [table] = (await prepareShowers(one)).paths as [string];
    // A directory that appears while it works: Showers.h5 cannot take its place, and by then its older copies are gone.
    const inTheWay = path.join(table, 'in the way');
    const progress = (): { advance: () => void; done: () => void } => ({
      advance: () => {
        rmSync(table, { force: true, recursive: true });
        mkdirSync(inTheWay, { recursive: true });
      },
      done: () => undefined,
    });
    await expect(prepareShowers({ ...one, minimumPhotons: 50 }, progress)).rejects.toThrow('unwritable-file');
    expect(readdirSync(one.out)).toEqual(['Showers.h5']);
  });

  it('refuses a directory in the place of Showers.h5 before anything is lost', async () => {
    const one = options(good);
    const [table] = (await prepareShowers(one)).paths as [string];
    const before = readdirSync(one.out);
    rmSync(table);
    mkdirSync(path.join(table, 'in the way'), { recursive: true });
    await expect(prepareShowers({ ...one, minimumPhotons: 50 })).rejects.toThrow('it is a directory');
    expect(readdirSync(one.out)).toEqual(before);
  });

  it('leaves older results alone', async () => {
    const one = options(good);
    await prepareShowers(one);
    const before = readdirSync(one.out).map((name) => [name, readFileSync(path.join(one.out, name))] as const);
    const runs = changed((copy) => edit(copy, 'proton_image_run11.txt', (lines) => void lines.splice(1000)));
    await expect(prepareShowers({ ...one, input: runs })).rejects.toThrow('truncated-file');
    const after = readdirSync(one.out).map((name) => [name, readFileSync(path.join(one.out, name))] as const);
    expect(after).toEqual(before);
  });
});

describe('particles', () => {
  it('that the table lacks can be given', async () => {
    const runs = changed((copy) =>
      edit(copy, 'non_zero_examples_run1.txt', (lines) => {
        lines[2] = lines[2]!.replace(/^P,-?\d+/, 'P,1000060120');
      }),
    );
    const species = new Map([[1000060120, { mass: 11174.9, charge: 6 }]]);
    const one = options(runs, { species, minimumPhotons: 0, npz: false });
    await prepareShowers(one);
    await withShowers(one.out, (showers) =>
      expect(Array.from(showers.readParticles(0, 1).slice(7))).toEqual([11174.9, 6]),
    );
  });
});

it('runs in the memory of a few pieces of its files', { timeout: 120_000 }, async () => {
  const runs = path.join(directory, 'large');
  await synthesiseRuns({ out: runs, showers: 4000, runs: 1, firstRun: 1, repeats: 10, seed: 1 });
  // The same run under many names: 150 MB of text, 620 MB of float64.
  for (const name of readdirSync(runs)) {
    for (let run = 2; run <= 10; run++)
      spawnSync('ln', [path.join(runs, name), path.join(runs, name.replace('run1', `run${run}`))]);
  }
  const module = path.resolve('dist/zdc/prepare/prepare.js');
  const program = `
import { prepareShowers } from ${JSON.stringify(module)};
const result = await prepareShowers({ input: ${JSON.stringify(runs)}, out: ${JSON.stringify(fresh('out'))},
  calorimeter: 'ZN', minimumPhotons: 1, npz: true, species: new Map() });
console.log(JSON.stringify([result.found, process.resourceUsage().maxRSS / 1024]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const [found, megabytes] = JSON.parse(stdout) as [number, number];
  expect(found).toBe(10 * 4000);
  expect(megabytes).toBeLessThan(350);
});
