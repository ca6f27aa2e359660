/**
 * How long `axoc emit-hls` takes on the production networks, how long g++ takes over what it emits, and how fast that
 * simulates: beside hls4ml's C++ for the same network, and beside the vendor's ap_fixed headers. See README.md here.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type BaselineSteps, baselineSteps, type Description, libraryFlags, writeBaseline } from './hls4ml.mjs';
import { fetchTemplates } from './hls4ml-wheel.mjs';
import { buildLoop, type EventFiles } from './loop.mjs';
import {
  type Cost,
  costOf,
  count,
  inTurn,
  keysOf,
  median,
  printTable,
  run,
  type Step,
  StepFailed,
  seconds,
  verdict,
} from './measure.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const data = join(root, '..', 'shared', 'data', 'axol1tl');
const work = join(root, 'build', 'bench');
const rounds = 3;

type Version = 'v4' | 'v6';

/** Top function of the emitted v4 project. */
const top = 'axol1tl_v4';

/** hls4ml's project of v4, ready to compile. */
interface Baseline {
  readonly directory: string;
  readonly steps: BaselineSteps;
  readonly flags: readonly string[];
  readonly vendorHeaders: string;
}

const ownHeaders = join(emittedDirectory('v4'), 'ap_types');

try {
  bench();
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}

function bench(): void {
  if (!existsSync(data))
    throw new StepFailed('no ../shared/data/axol1tl beside this checkout (reference data, not part of the repository)');
  mkdirSync(work, { recursive: true });
  const baseline = prepareBaseline();
  const compiler = run({ program: 'g++', args: ['-dumpfullversion'] }).stdout.trim();
  console.log(`${availableParallelism()} cores, Node ${process.version}, g++ ${compiler}`);
  console.log(`hls4ml's flags with this compiler: ${baseline.flags.join(' ')}\n`);
  const costs = measureCosts(baseline);
  checkTestBench(ownHeaders);
  checkTestBench(baseline.vendorHeaders);
  const speeds = measureSpeeds(baseline);
  console.log('All three gave the official score of every event before they were timed.\n');
  printComparison(costs, speeds);
}

function prepareBaseline(): Baseline {
  const directory = join(work, 'hls4ml-v4');
  const flags = libraryFlags();
  writeBaseline(JSON.parse(readFileSync(modelFile('v4'), 'utf8')) as Description, templatesOfWheel(), directory);
  return {
    directory,
    flags,
    steps: baselineSteps(directory, flags),
    vendorHeaders: join(directory, 'firmware', 'ap_types'),
  };
}

function templatesOfWheel(): string {
  try {
    return fetchTemplates(join(work, 'hls4ml-wheel'));
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    throw new StepFailed(
      `THE BASELINE IS MISSING: hls4ml's wheel could not be fetched, nothing was measured\n${error.message}`,
    );
  }
}

function modelFile(version: Version): string {
  return join(data, `axol1tl-${version}.json`);
}

function emittedDirectory(version: Version): string {
  return join(work, `emitted-${version}`);
}

/** The whole command: all 7,128 events and the usual directed vectors, one HLS leg. */
function emitStep(version: Version): Step {
  const input = ['--input', join(data, 'events.json.gz')];
  const output = ['--out', emittedDirectory(version), '--reproducer', join(work, `${version}-mismatch.txt`)];
  const command = ['emit-hls', modelFile(version), ...input, ...output, '--without', 'hls-vendor'];
  return { program: process.execPath, args: [join(root, 'dist', 'cli', 'main.js'), ...command] };
}

/** The emitted design as a shared object, with the flags that hls4ml's gets. */
function designSteps(flags: readonly string[], headers: string): readonly Step[] {
  const object = join(work, `${top}.o`);
  const source = join(emittedDirectory('v4'), 'firmware', `${top}.cpp`);
  return [
    { program: 'g++', args: [...flags, '-isystem', headers, '-c', source, '-o', object] },
    { program: 'g++', args: [...flags, '-shared', object, '-o', join(work, `${top}.so`)] },
  ];
}

/** The emitted project's own Makefile, with its usual flags. */
function makeStep(headers: string, ...args: readonly string[]): Step {
  const variables = ['CXX=g++', 'CXXFLAGS=-O2', `AP_INCLUDE=${headers}`];
  return { program: 'make', args: [...variables, ...args], cwd: emittedDirectory('v4') };
}

type Costs = ReturnType<typeof measureCosts>;

/** Wall and processor time of commands and compilers. */
function measureCosts({ steps, flags, vendorHeaders }: Baseline) {
  for (const version of ['v4', 'v6'] as const) rmSync(emittedDirectory(version), { recursive: true, force: true });
  const contestants = {
    emitV4: { title: 'axoc emit-hls v4, the whole process', steps: [emitStep('v4')] },
    baseline: { title: 'hls4ml v4: g++ of the design, and link', steps: steps.design },
    bridge: { title: "hls4ml v4: g++ of the design's bridge to Python", steps: steps.bridge },
    own: { title: "emitted v4: g++ of the design, and link; hls4ml's flags", steps: designSteps(flags, ownHeaders) },
    vendor: { title: "the same with the vendor's headers", steps: designSteps(flags, vendorHeaders) },
    ownMake: {
      title: 'emitted v4: make (design and test bench, -O2)',
      steps: [makeStep(ownHeaders, '-B', `${top}_test`)],
    },
    vendorMake: {
      title: "the same with the vendor's headers",
      steps: [makeStep(vendorHeaders, '-B', `${top}_test`)],
    },
    emitV6: { title: 'axoc emit-hls v6, the whole process', steps: [emitStep('v6')] },
  };
  const measured = inTurn(rounds, contestants, (contestant) => costOf(contestant.steps));
  printTable(
    [`compiling, median of ${rounds}`, 'wall time', 'each run', 'processor time'],
    keysOf(contestants).map((name) => [
      contestants[name].title,
      seconds(median(measured[name].map(({ wall }) => wall))),
      measured[name].map(({ wall }) => wall.toFixed(1)).join(' '),
      seconds(median(measured[name].map(({ processor }) => processor))),
    ]),
  );
  console.log();
  return measured;
}

/** @throws StepFailed unless the emitted project's test bench passes with these headers */
function checkTestBench(headers: string): void {
  run(makeStep(headers, '-B'));
}

type Speeds = ReturnType<typeof measureSpeeds>;

/** Events per second of the designs, all compiled with hls4ml's flags, after each gave all official scores. */
function measureSpeeds({ directory, steps, flags, vendorHeaders }: Baseline) {
  const files = writeEvents();
  const emitted = {
    directory: work,
    header: join(emittedDirectory('v4'), 'firmware', `${top}.h`),
    source: join(emittedDirectory('v4'), 'firmware', `${top}.cpp`),
    call: top,
    scoreType: 'score_out_t',
  };
  const contestants = {
    own: {
      title: 'emitted v4, own headers',
      loop: buildLoop('loop-own', { ...emitted, flags: [...flags, '-isystem', ownHeaders] }, files),
    },
    vendor: {
      title: "emitted v4, vendor's headers",
      loop: buildLoop('loop-vendor', { ...emitted, flags: [...flags, '-isystem', vendorHeaders] }, files),
    },
    baseline: {
      title: 'hls4ml v4',
      loop: buildLoop(
        'loop-hls4ml',
        {
          directory,
          header: 'emulator.h',
          source: steps.object,
          call: 'emulate',
          scoreType: 'score_t',
          flags: [...flags, '-isystem', vendorHeaders],
        },
        files,
      ),
    },
  };
  const measured = inTurn(rounds, contestants, ({ loop }) => loop());
  printTable(
    [`simulating, median of ${rounds}`, 'events/s', 'each run'],
    keysOf(contestants).map((name) => [
      contestants[name].title,
      count(median(measured[name])),
      measured[name].map(count).join(' '),
    ]),
  );
  return measured;
}

/** The events as real values, and the official scores, as text for the loops. */
function writeEvents(): EventFiles {
  const read = (name: string): unknown => JSON.parse(gunzipSync(readFileSync(join(data, name))).toString('utf8'));
  const { events } = read('events.json.gz') as { events: number[][] };
  // Columns are pt, eta, phi of one object after the other; pt counts halves of a GeV.
  const rows = events.map((event) => event.map((value, column) => (column % 3 === 0 ? value / 2 : value)).join(' '));
  const files = { width: events[0]!.length, events: join(work, 'events.txt'), scores: join(work, 'scores.txt') };
  writeFileSync(files.events, rows.join('\n'));
  writeFileSync(files.scores, (read('v4-scores.json.gz') as number[]).join('\n'));
  return files;
}

/** Ratios are taken round by round, between neighbours in time; printed is their median. */
function printComparison(costs: Costs, speeds: Speeds): void {
  const library = costs.baseline.map(({ wall, processor }, round) => ({
    wall: wall + costs.bridge[round]!.wall,
    processor: processor + costs.bridge[round]!.processor,
  }));
  const timeRow = (title: string, kind: keyof Cost, ours: readonly Cost[], theirs: readonly Cost[]) => {
    const [own, other] = [ours.map((cost) => cost[kind]), theirs.map((cost) => cost[kind])];
    return [`${title}, ${kind} time`, seconds(median(own)), seconds(median(other)), verdict(medianRatio(other, own))];
  };
  const speedRow = (title: string, ours: readonly number[], theirs: readonly number[]) => {
    return [title, `${count(median(ours))}/s`, `${count(median(theirs))}/s`, verdict(medianRatio(ours, theirs))];
  };
  const [own, vendor] = ['own headers', "vendor's headers"];
  printTable(
    ['figure: ours | baseline', 'ours', 'baseline', 'ours is'],
    [
      timeRow("v4, emit-hls | hls4ml's g++, design alone", 'wall', costs.emitV4, costs.baseline),
      timeRow("v4, emit-hls | hls4ml's g++, design alone", 'processor', costs.emitV4, costs.baseline),
      timeRow("v4, emit-hls | hls4ml's build_lib.sh, design and bridge", 'wall', costs.emitV4, library),
      timeRow("v4, emit-hls | hls4ml's build_lib.sh, design and bridge", 'processor', costs.emitV4, library),
      timeRow(`g++ of the design, ${own} | hls4ml's, same flags`, 'processor', costs.own, costs.baseline),
      timeRow(`g++ of the design, ${own} | ${vendor}`, 'processor', costs.own, costs.vendor),
      timeRow(`make at -O2, ${own} | ${vendor}`, 'processor', costs.ownMake, costs.vendorMake),
      speedRow(`simulation, ${own} | hls4ml's code`, speeds.own, speeds.baseline),
      speedRow(`simulation, ${own} | ${vendor}`, speeds.own, speeds.vendor),
      speedRow(`simulation, ${vendor} | hls4ml's code`, speeds.vendor, speeds.baseline),
    ],
  );
}

function medianRatio(above: readonly number[], below: readonly number[]): number {
  return median(above.map((value, round) => value / below[round]!));
}
