/**
 * `axoc simulate` from an HDF5 file of ten million events to scores: events per second, reading and writing included, and
 * peak memory. `tsx bench/stream.mts [events]` after `npm run build`; see README.md here.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../src/base/random.js';
import { writeHdf5File } from '../src/data/hdf5/write.js';
import { readEvents } from '../test/support/decode-events.js';
import { count, printTable, StepFailed, seconds } from './measure.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const data = join(root, '..', 'shared', 'data', 'axol1tl');
const axoc = process.env.AXOC_MAIN ?? join(root, 'dist', 'cli', 'main.js');
const total = Number(process.argv[2] ?? 10_000_000);
const slabEvents = 7128;

interface Measured {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of all its threads, to the last look at it. */
  readonly processor: number;
  /** Bytes. */
  readonly peak: number;
}

/** Of the times in /proc, on every Linux. */
const clockTicksPerSecond = 100;

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
  if (!existsSync(data)) throw new StepFailed('no ../shared/data/axol1tl beside this checkout');
  if (!existsSync(axoc)) throw new StepFailed(`no ${axoc}: npm run build`);
  const input = join(work, 'events.h5');
  await writeEvents(input);
  console.log(`${count(total)} events of 57 int16, ${(statSync(input).size / 1e9).toFixed(2)} GB of HDF5`);
  const rows: string[][] = [];
  for (const version of ['v4', 'v6']) {
    const outputs = version === 'v4' ? ['npy', 'txt', 'json'] : ['npy'];
    for (const ending of outputs) {
      const [one, two] = [await simulate(version, input, ending, 1), await simulate(version, input, ending, 2)];
      for (const [threads, { wall, processor, peak }] of [one, two].entries())
        rows.push([
          `${version} -> ${ending}, ${threads + 1} thread${threads === 0 ? '' : 's'}`,
          seconds(wall),
          `${count(total / wall)}/s`,
          seconds(processor),
          `${count(peak / 1e6)} MB`,
          threads === 0 ? '' : `${(one.wall / two.wall).toFixed(2)}x`,
        ]);
    }
  }
  printTable(['whole command', 'wall', 'events', 'processor', 'peak memory', 'against one thread'], rows);
}

/** The official events again and again, one value in eight moved by one unit inside the range of its column. */
async function writeEvents(path: string): Promise<void> {
  const { values, width } = readEvents(join(data, 'events.json.gz'));
  const tile = Int16Array.from(values as Float64Array);
  const column = (index: number): Int16Array => tile.filter((_, at) => at % width === index);
  const low = Array.from({ length: width }, (_, index) => Math.min(...column(index)));
  const high = Array.from({ length: width }, (_, index) => Math.max(...column(index)));
  const random = Random.seeded(1);
  await writeHdf5File(path, (file) => {
    const appender = file.appender('events', 'int16', [width]);
    for (let row = 0; row < total; row += slabEvents) {
      const slab = tile.slice(0, Math.min(slabEvents, total - row) * width);
      for (let index = 0; index < slab.length; index += 1 + (random.nextWord() & 15)) {
        const moved = slab[index]! + (random.nextWord() & 1 ? 1 : -1);
        if (moved >= low[index % width]! && moved <= high[index % width]!) slab[index] = moved;
      }
      appender.append(slab);
    }
  });
}

async function simulate(version: string, input: string, ending: string, threads: number): Promise<Measured> {
  const output = join(work, `scores.${ending}`);
  const model = join(data, `axol1tl-${version}.json`);
  const args = ['simulate', model, '--input', input, '--output', output, '--threads', String(threads)];
  const measured = await run([axoc, ...args]);
  rmSync(output);
  return measured;
}

/** Runs node to its end; the peak is what Linux has seen of its resident memory. */
function run(args: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let printed = '';
    let seen = { processor: 0, peak: 0 };
    child.stderr.on('data', (text: Buffer) => {
      printed += text.toString();
    });
    const watch = setInterval(() => {
      seen = look(child.pid!) ?? seen;
    }, 50);
    child.on('close', (status) => {
      clearInterval(watch);
      if (status === 0) resolve({ wall: (performance.now() - started) / 1000, ...seen });
      else reject(new StepFailed(`axoc ended with ${status}:\n${printed}`));
    });
  });
}

/** Undefined once it has ended. */
function look(pid: number): Omit<Measured, 'wall'> | undefined {
  try {
    const peak =
      Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024;
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2, the name, may hold spaces; after its parenthesis come fields 3, 4, ...: 14 and 15 are utime and stime.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const processor = (Number(fields[14 - 3]) + Number(fields[15 - 3])) / clockTicksPerSecond;
    return Number.isFinite(peak) ? { processor, peak } : undefined;
  } catch {
    return undefined;
  }
}
