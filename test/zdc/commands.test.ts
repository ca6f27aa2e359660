/** `axoc zdc synthesise`, `prepare` and `extract-macro` as users run them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from '../support/command.js';

const place = new Workplace();

beforeAll(() => {
  const { status, stdout, stderr } = place.axoc([
    'zdc',
    'synthesise',
    '--out',
    'runs',
    '--runs',
    '2',
    '--showers',
    '40',
  ]);
  expect(stderr).toMatch(/^[\d,]+ showers\/s\n$/);
  expect([status, stdout]).toEqual([
    0,
    'runs: 80 showers in runs 1 to 2\nsynthetic showers: axoc zdc synthesise: not measured, not simulated\n',
  ]);
});

afterAll(() => place.remove());

describe('axoc zdc prepare', () => {
  it('says what it has written', () => {
    const { status, stdout } = place.axoc(['zdc', 'prepare', '--input', 'runs', '--calorimeter', 'ZP', '--out', 'zp']);
    expect(status).toBe(0);
    expect(stdout.replace(/\d+ of/, 'N of')).toBe(
      `zp/Showers.h5: written
zp/particles.npz: written
zp/responses.npz: written
N of 80 showers have 10 photons or more in ZP
synthetic showers: axoc zdc synthesise: not measured, not simulated
`,
    );
  });

  it.each([
    [[], "required option '--calorimeter <name>' not specified"],
    [['--calorimeter', 'ZX'], "argument 'ZX' is invalid. Allowed choices are ZN, ZP"],
    [['--calorimeter', 'ZN'], "required option '--out <directory>' not specified"],
    [['--calorimeter', 'ZN', '--out', 'o'], 'needs either --input or both --particles and --responses'],
    [['--calorimeter', 'ZN', '--out', 'o', '--input', 'runs', '--particles', 'p.npz'], 'needs either --input or both'],
    [['--species', '2212'], 'a code, a mass in MeV and a charge in e are expected, such as 2212=938.272,1.'],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = place.axoc(['zdc', 'prepare', ...args]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it('takes particles that it does not know', () => {
    place.axoc(['zdc', 'synthesise', '--out', 'carbon', '--runs', '1', '--showers', '3']);
    const table = place.path('carbon/non_zero_examples_run1.txt');
    writeFileSync(table, readFileSync(table, 'utf8').replace(/^([NP]),-?\d+/gm, '$1,1000060120'));
    const prepare = [
      'zdc',
      'prepare',
      '--input',
      'carbon',
      '--calorimeter',
      'ZP',
      '--out',
      'c',
      '--minimum-photons',
      '0',
    ];
    const { status, stderr } = place.axoc(prepare);
    expect([status, stderr]).toEqual([
      2,
      `error[unknown-particle]: carbon/non_zero_examples_run1.txt: line 3: the particle code 1000060120 has no known mass and charge
  help: say what it is: --species 1000060120=MASS,CHARGE (MeV, e)
`,
    ]);
    expect(existsSync(place.path('c'))).toBe(false);
    expect(place.axoc([...prepare, '--species', '1000060120=11174.9,6']).status).toBe(0);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const made = place.axoc(['zdc', 'synthesise', '--out', 'long', '--runs', '1', '--showers', '8000']);
    expect(made.status).toBe(0);
    mkdirSync(place.path('interrupted'));
    writeFileSync(place.path('interrupted/particles.npz'), 'older');
    const child = place.start(['zdc', 'prepare', '--input', 'long', '--calorimeter', 'ZN', '--out', 'interrupted']);
    const isOver = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    const names = (): string[] => readdirSync(place.path('interrupted')).sort();
    while (names().length < 4) await sleep(2);
    child.kill('SIGINT');
    expect(await isOver).toBe('SIGINT');
    expect(names()).toEqual(['particles.npz']);
    expect(place.read('interrupted/particles.npz').toString()).toBe('older');
    rmSync(place.path('long'), { recursive: true });
  });
});

it('axoc zdc extract-macro writes the macro', () => {
  const { status, stdout } = place.axoc(['zdc', 'extract-macro', '--out', 'macro']);
  expect([status, stdout]).toEqual([
    0,
    `macro/extract.C: written; run it: root -l -b -q 'extract.C("o2sim.root", 1, ".")'\n`,
  ]);
  expect(place.read('macro/extract.C').toString()).toContain('void extract(const char* simulation = "o2sim.root"');
});
