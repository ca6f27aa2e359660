/**
 * Showers in the numbers of the published set: `axoc zdc synthesise`, then `axoc zdc prepare` on a set whose npz needs zip64 (over 4 GiB
 * unpacked), and what was written read back by our reader and by numpy. `tsx bench/showers.mts [showers]` after `npm run build`; see README.md here.
 */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEvents } from '../src/data/event-stream.js';
import { count, printTable, StepFailed, seconds } from './measure.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const axoc = process.env.AXOC_MAIN ?? join(root, 'dist', 'cli', 'main.js');
const total = Number(process.argv[2] ?? 297_000);
/** That many are made; under other run numbers they come again. */
const made = 10_000;
const pixels = 44 * 44;

/** Adds up the array without holding it; Python's zip reader compares the checksum at its end. */
const sumWithNumpy = `
import sys, zipfile, numpy
from numpy.lib import format
with zipfile.ZipFile(sys.argv[1]).open('arr_0.npy') as member:
    format.read_magic(member)
    shape, _, dtype = format.read_array_header_1_0(member)
    total, found = 0.0, 0
    while piece := member.read(1 << 24):
        values = numpy.frombuffer(piece, dtype)
        total, found = total + values.sum(), found + values.size
print(*shape, found, int(total))`;

const work = mkdtempSync(join(tmpdir(), 'axoc-bench-'));
try {
  await bench();
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const runs = join(work, 'runs');
  const rows: string[][] = [];
  const row = (what: string, showers: number, { wall, processor, peak }: Measured): void => {
    rows.push([what, seconds(wall), `${count(showers / processor)}/s`, seconds(processor), `${count(peak / 1e6)} MB`]);
  };
  row(`synthesise ${count(made)}`, made, axocZdc(['synthesise', '--out', runs, '--runs', '1', '--showers', `${made}`]));
  const times = Math.ceil(total / made);
  for (const name of readdirSync(runs))
    for (let run = 2; run <= times; run++) linkSync(join(runs, name), join(runs, name.replace('run1', `run${run}`)));
  const showers = times * made;
  const out = join(work, 'ZN');
  const common = ['--calorimeter', 'ZN', '--minimum-photons', '0'];
  row(`prepare ${count(showers)}`, showers, axocZdc(['prepare', '--input', runs, '--out', out, ...common]));
  const npz = join(out, 'responses.npz');
  const bytes = showers * pixels * 8;
  console.log(
    `${count(showers)} showers: ${(bytes / 2 ** 30).toFixed(2)} GiB of float64 in ${count(statSync(npz).size / 1e6)} MB of npz`,
  );
  const before = process.hrtime.bigint();
  const sum = await sumOurselves(npz);
  console.log(`read back by axoc in ${seconds(Number(process.hrtime.bigint() - before) / 1e9)}: ${count(sum)} photons`);
  const found = run('python3', ['-c', sumWithNumpy, npz]).trim();
  const expected = `${showers} 44 44 ${showers * pixels} ${sum}`;
  if (found !== expected) throw new StepFailed(`numpy reads ${found} where ${expected} is expected`);
  console.log('numpy reads the same shape and the same photons');
  printTable(['', 'wall', 'showers by processor time', 'processor', 'peak memory'], rows);
}

async function sumOurselves(path: string): Promise<number> {
  const events = await openEvents(path);
  let sum = 0;
  for await (const { values } of events.blocks(1024)) sum += (values as Float64Array).reduce((a, b) => a + b, 0);
  events.close();
  return sum;
}

interface Measured {
  /** Seconds. */
  readonly wall: number;
  /** Seconds. */
  readonly processor: number;
  /** Bytes. */
  readonly peak: number;
}

/** Runs the command in a process of its own that tells what it has used. */
function axocZdc(args: readonly string[]): Measured {
  const program = `process.on('exit', () => process.stdout.write('\\nUSED ' + JSON.stringify(process.resourceUsage())));
await import('${axoc}');`;
  const before = process.hrtime.bigint();
  const stdout = run(process.execPath, ['--input-type=module', '-e', program, '--', 'zdc', ...args]);
  const used = JSON.parse(stdout.slice(stdout.lastIndexOf('USED ') + 5)) as NodeJS.ResourceUsage;
  return {
    wall: Number(process.hrtime.bigint() - before) / 1e9,
    processor: (used.userCPUTime + used.systemCPUTime) / 1e6,
    peak: used.maxRSS * 1024,
  };
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new StepFailed(`${program} ${args.slice(-8).join(' ')}:\n${stderr}`);
  return stdout;
}
