/** `axoc data` as a user meets it, in this process: what is printed, what is refused. */
import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addData } from '../../src/cli/commands/data.js';
import { errorOf, workDirectory } from '../l1/data/event-files.js';

const inWork = workDirectory();
afterEach(() => vi.restoreAllMocks());

/** What the command prints to stdout. */
async function axoc(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const program = new Command('axoc').exitOverride();
  addData(program);
  try {
    await program.parseAsync(['data', ...args], { from: 'user' });
  } finally {
    vi.restoreAllMocks();
  }
  return printed.join('');
}

describe('axoc data', () => {
  it('synthesises, inspects and prepares', async () => {
    const set = inWork('set');
    const made = await axoc('synthesise', '--out', set, '--background', '6000', '--signals', '500', '--seed', '2');
    expect(made).toContain(`${set}/background.h5: 6,000 events of synthetic zero bias (not measured, not simulated)\n`);
    expect(made).toContain('  HHHto6b: three bosons of 125 GeV');
    expect(made).toMatch(/the Level-1 menu keeps 0\.\d+ % of the background/);

    const background = await axoc('inspect', `${set}/background.h5`);
    expect(background).toContain(
      'trigger objects, background\nsynthetic: axoc data synthesise, seed 2: not measured, not simulated\n',
    );
    expect(background).toMatch(
      /background: 6,000 events\n {2}mean ET [\d.]+ GeV, mean HT [\d.]+ GeV; ET saturated in 0 %\n {2}mean pile-up (49|50)\.\d\n/,
    );
    expect(background).toMatch(/^JET 1 +100 % +0 % +2\d\.\d GeV +\d+ to \d+ +-\d+ to \d+ +0 to 143$/m);
    expect(await axoc('inspect', `${set}/signals.h5`)).toMatch(/\nXTo2L: 500 events\n/);

    const out = inWork('Data.h5');
    const args = ['prepare', '--background', `${set}/background.h5`, '--signal', `${set}/signals.h5`, '--out', out];
    const prepared = await axoc(...args);
    expect(prepared).toContain(`${out}: written\nsynthetic: axoc data synthesise, seed 2`);
    expect(prepared).toMatch(/^train +3,000 +3,000 +0 +0 +0$/m);
    expect(prepared).toMatch(/^SoftExotic +500 /m);
    expect(await axoc(...args)).toContain(`${out}: nothing has changed, kept\n`);
    const changed = await axoc(
      ...args,
      '--train',
      '0:1000',
      '--test',
      '1000:1500',
      '--saturation',
      'drop',
      '--max-signals',
      '100',
    );
    for (const row of [/^train +1,000 /m, /^test +500 /m, /^XTo2L +100 /m]) expect(changed).toMatch(row);

    const inspected = await axoc('inspect', out);
    expect(inspected).toContain('input = (hardware - bias) / scale, clipped to -32 to 31.75\n');
    expect(inspected).toMatch(/^MET +\d+ +\d +0 +0 +\d+ +[56]$/m);
    const unrounded = await axoc(...args, '--scheme', 'RobustScaler(5,95,-2,2)', '--bits', '10,6');
    expect(unrounded).toContain('written');
    expect(await axoc('inspect', out)).toContain('clipped to -64 to 63.875');
  });

  it('takes the defaults of MASTER for its sectors only where the file is long enough', async () => {
    const { defaultSectors } = await import('../../src/l1/data/sectors.js');
    expect(defaultSectors(7128)).toEqual({ train: [0, 3564], test: [3564, 7128] });
    expect(defaultSectors(2_000_001)).toEqual({ train: [0, 2_000_000], test: [2_000_000, 2_000_001] });
    expect(defaultSectors(9_000_000)).toEqual({ train: [0, 2_000_000], test: [2_000_000, 8_000_000] });
  });

  it.each([
    [
      ['prepare', '--background', 'b.h5', '--out', 'x', '--train', '5'],
      'two event numbers are expected, such as 0:2000000.',
    ],
    [['prepare', '--background', 'b.h5', '--out', 'x', '--bits', '5,8'], 'total and integer bits are expected'],
    [['prepare', '--background', 'b.h5', '--out', 'x', '--saturation', 'hide'], 'Allowed choices are mask, drop.'],
    [['synthesise', '--out', 'x', '--background', '0'], 'at least 1.'],
    [['prepare', '--out', 'x'], "required option '--background <file>' not specified"],
    [['inspect', 'nowhere.h5'], 'error[unreadable-file]: nowhere.h5: no such file or directory'],
  ])('refuses %j', async (args, message) => {
    expect(await errorOf(axoc(...args))).toContain(message);
  });
});
