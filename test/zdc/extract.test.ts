/** The extraction macro: compiled against stand-ins for ROOT and O2, run on two events, its files prepared. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractMacro, extractMacroFile } from '../../src/zdc/extract.js';
import { prepareShowers } from '../../src/zdc/prepare/prepare.js';
import { openShowers } from '../../src/zdc/prepare/prepared.js';

const stubs = fileURLToPath(new URL('./root', import.meta.url));
const directory = mkdtempSync(path.join(tmpdir(), 'axoc-extract-'));
const program = path.join(directory, 'program');

beforeAll(() => {
  writeFileSync(path.join(directory, extractMacroFile), extractMacro());
  const main = `#include "extract.C"
#include <cstdlib>
int main(int, char** arguments) { extract(arguments[1], std::atoi(arguments[2]), arguments[3]); }
`;
  writeFileSync(path.join(directory, 'main.cpp'), main);
  const strict = ['-std=c++17', '-Wall', '-Wextra', '-Werror', `-I${stubs}`];
  const { status, stderr } = spawnSync('g++', [...strict, 'main.cpp', '-o', program], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function extract(simulation: string, run: number) {
  const out = mkdtempSync(path.join(directory, 'out-'));
  const { status, stderr, stdout } = spawnSync(program, [simulation, String(run), out], { encoding: 'utf8' });
  return { out, status, stderr, stdout, files: readdirSync(out).sort() };
}

describe('the extraction macro', () => {
  it('writes a table and the images of both calorimeters', () => {
    const { out, status, files, stdout } = extract('two.root', 7);
    expect([status, stdout]).toEqual([0, 'two.root: 2 particles of run 7\n']);
    expect(files).toEqual(['neutron_image_run7.txt', 'non_zero_examples_run7.txt', 'proton_image_run7.txt']);
    expect(readFileSync(path.join(out, 'non_zero_examples_run7.txt'), 'utf8')).toBe(
      `Detector,Pdg,Energy,Vx,Vy,Vz,Px,Py,Pz,PhotonSum
N,22,1234.57,1.5e-07,-2,0.5,0.25,0,1234.5,12
P,22,1234.57,1.5e-07,-2,0.5,0.25,0,1234.5,0
N,2212,6800,0,0,0,0.1,-0.2,-6799.99,1
P,2212,6800,0,0,0,0.1,-0.2,-6799.99,1207
`,
    );
    const proton = readFileSync(path.join(out, 'proton_image_run7.txt'), 'utf8').split('\n');
    expect(proton).toHaveLength(2 * 56 + 1);
    expect(proton[111]).toBe(`7${' 0'.repeat(28)} 1200`);
  });

  it('writes what preparing reads', async () => {
    const { out } = extract('two.root', 7);
    const prepared = path.join(out, 'prepared');
    for (const [calorimeter, sums, place] of [
      ['ZN', [12, 1], 43 * 44 + 42],
      ['ZP', [0, 1207], 55 * 30 + 29],
    ] as const) {
      const options = { input: out, calorimeter, out: prepared, minimumPhotons: 0, npz: false, species: new Map() };
      expect(await prepareShowers(options)).toMatchObject({ found: 2, count: 2 });
      const showers = await openShowers(path.join(prepared, 'Showers.h5'));
      try {
        expect(Array.from(showers.readParticles(0, 1))).toEqual([1234.57, 1.5e-7, -2, 0.5, 0.25, 0, 1234.5, 0, 0]);
        const found = [0, 1].map((row) => showers.readResponses(row, row + 1));
        expect(found.map((image) => image.reduce((sum, value) => sum + value))).toEqual(sums);
        expect(found[calorimeter === 'ZN' ? 0 : 1]![place]).toBe(calorimeter === 'ZN' ? 10 : 1200);
      } finally {
        showers.close();
      }
    }
  });

  it('says of a run without showers that it has none, by files that are not empty', async () => {
    const { out, status, files } = extract('dark.root', 3);
    expect(status).toBe(0);
    for (const name of files) expect(readFileSync(path.join(out, name)).length).toBeGreaterThan(0);
    const both = extract('two.root', 7);
    for (const name of readdirSync(both.out)) copyFileSync(path.join(both.out, name), path.join(out, name));
    const options = { input: out, calorimeter: 'ZP', minimumPhotons: 0, npz: false, species: new Map() } as const;
    expect(await prepareShowers({ ...options, out: path.join(out, 'prepared') })).toMatchObject({ found: 2, count: 2 });
  });

  it.each([
    ['missing.root', 'missing.root: cannot be read\n'],
    ['broken.root', 'broken.root: cannot be read\n'],
    [
      'empty.root',
      'empty.root: has no tree o2sim with a branch ZDCResponseImage; simulate with ZDCSimParam.recordSpatialResponse=true\n',
    ],
    [
      'unrecorded.root',
      'unrecorded.root: has no tree o2sim with a branch ZDCResponseImage; simulate with ZDCSimParam.recordSpatialResponse=true\n',
    ],
    ['cut.root', 'cut.root: event 1 cannot be read\n'],
    ['narrow.root', 'an image has 43 pixels in a column where 44 are expected\n'],
  ])('leaves nothing and says why: %s', (simulation, message) => {
    const { status, stderr, files } = extract(simulation, 1);
    expect([status, stderr, files]).toEqual([1, message, []]);
  });

  it('does not write where it cannot', () => {
    const { status, stderr } = spawnSync(program, ['two.root', '1', path.join(directory, 'nowhere')], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      1,
      `${path.join(directory, 'nowhere')}/neutron_image_run1.txt: cannot be written\n`,
    ]);
  });
});
