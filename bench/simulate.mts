/**
 * Events per second of everything that gives the score of a production network: the interpreter, the compiled simulator
 * in one and two threads, the emitted C++ with our own headers and the vendor's, and a hand-written kernel. See README.md.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { writeTree } from '../src/base/files.js';
import { defaultHlsOptions, emitHls } from '../src/emit/hls/project.js';
import type { Program } from '../src/ir/op.js';
import { lower } from '../src/lower/lower.js';
import { parsePrecision } from '../src/network/precision.js';
import { readNetwork } from '../src/network/read-network.js';
import { runPasses } from '../src/passes/passes.js';
import { interpreterOf } from '../src/simulate/interpret.js';
import { type CompiledModule, compileProgram } from '../src/simulate/wasm/compile.js';
import { fetchTemplates } from './hls4ml-wheel.mjs';
import { type KernelNetwork, kernelHeader } from './kernel.mjs';
import { buildLoop } from './loop.mjs';
import { count, median, printTable, run, StepFailed } from './measure.mjs';
import { Threads } from './threads.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const data = join(root, '..', 'shared', 'data', 'axol1tl');
const work = join(root, 'build', 'bench', 'simulate');
const rounds = 5;
/** Events that a thread simulates in one measurement: about a second. */
const eventsPerMeasurement = 5_000_000;
/** Scaling is measured by the clock, which other programs disturb: the best of many short runs in turn. */
const shortRuns = 24;
const eventsPerShortRun = 500_000;

const versions = ['v4', 'v6'] as const;
type Version = (typeof versions)[number];

/** Events a second of processor time in each round; two threads: what they give with a core each. */
type Rates = Record<
  'interpreter' | 'kernel' | 'kernelRows' | 'own' | 'vendor' | 'wasm' | 'wasmFed' | 'wasmTwo',
  number[]
>;

try {
  await bench();
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}

async function bench(): Promise<void> {
  if (!existsSync(data))
    throw new StepFailed('no ../shared/data/axol1tl beside this checkout (reference data, not part of the repository)');
  mkdirSync(work, { recursive: true });
  const vendorHeaders = join(fetchTemplates(join(root, 'build', 'bench', 'hls4ml-wheel')), 'ap_types');
  const compiler = run({ program: 'g++', args: ['-dumpfullversion'] }).stdout.trim();
  console.log(
    `${availableParallelism()} cores, Node ${process.version}, g++ ${compiler}; median of ${rounds} rounds\n`,
  );
  for (const version of versions) await benchVersion(version, vendorHeaders);
}

async function benchVersion(version: Version, vendorHeaders: string): Promise<void> {
  const directory = join(work, version);
  mkdirSync(directory, { recursive: true });
  const text = readFileSync(join(data, `axol1tl-${version}.json`), 'utf8');
  const lowered = lower(readNetwork(text, version, parsePrecision([]))).program;
  const narrowed = runPasses(lowered);
  const { rows, width, scores } = readEvents(version);
  const module = timedModule(lowered);

  const kernel = buildKernel(JSON.parse(text) as KernelNetwork, directory, rows, scores);
  const loops = buildLoops(narrowed, directory, rows, width, scores, vendorHeaders);
  const interpret = timedInterpreter(lowered, rows, width, scores);
  const threads = new Threads(module, rows, scores.length, 2);
  await threads.check(scores);
  const passes = Math.ceil(eventsPerMeasurement / scores.length);
  // V8 compiles the module a second time, optimised, while it runs.
  await threads.rate(2, passes, true);

  const rates: Rates = {
    interpreter: [],
    kernel: [],
    kernelRows: [],
    own: [],
    vendor: [],
    wasm: [],
    wasmFed: [],
    wasmTwo: [],
  };
  for (let round = 0; round < rounds; round++) {
    rates.interpreter.push(interpret());
    rates.own.push(loops.own());
    rates.vendor.push(loops.vendor());
    rates.kernel.push(kernel('columns'));
    rates.wasm.push((await threads.rate(1, passes, false)).processor);
    rates.kernelRows.push(kernel('rows'));
    rates.wasmFed.push((await threads.rate(1, passes, true)).processor);
    rates.wasmTwo.push(2 * (await threads.rate(2, passes, true)).processor);
  }
  const clock = { one: 0, two: 0 };
  for (let number = 0; number < shortRuns; number++) {
    const few = Math.ceil(eventsPerShortRun / scores.length);
    clock.one = Math.max(clock.one, (await threads.rate(1, few, true)).wall);
    clock.two = Math.max(clock.two, (await threads.rate(2, few, true)).wall);
  }
  await threads.stop();
  printRates(version, rates);
  console.log(
    `by the clock, best of ${shortRuns} short runs, fed: one thread ${count(clock.one)}/s, two threads ${count(clock.two)}/s: ` +
      `${times(clock.two / clock.one)}\n`,
  );
}

/** Three digits, or all that stand before the point. */
function times(ratio: number): string {
  return `${ratio < 1000 ? ratio.toPrecision(3) : count(ratio)}x`;
}

function printRates(version: Version, rates: Rates): void {
  const ratio = (above: readonly number[], below: readonly number[]): string =>
    times(median(above.map((value, round) => value / below[round]!)));
  const row = (title: string, name: keyof Rates): string[] => [
    title,
    count(median(rates[name])),
    ratio(rates[name], rates.kernel),
    ratio(rates[name], rates.interpreter),
    rates[name].map((rate) => (rate / 1e6).toPrecision(3)).join(' '),
  ];
  printTable(
    [`${version}: all give the official scores`, 'events/s', '/ kernel', '/ interpreter', 'each round, millions'],
    [
      row('interpreter', 'interpreter'),
      row("emitted C++ -O3, vendor's headers", 'vendor'),
      row('emitted C++ -O3, own headers', 'own'),
      row('hand-written kernel, from columns', 'kernel'),
      row('hand-written kernel, from rows', 'kernelRows'),
      row('WebAssembly, one thread, events in place', 'wasm'),
      row('WebAssembly, one thread, fed', 'wasmFed'),
      row('WebAssembly, two threads, fed', 'wasmTwo'),
    ],
  );
  console.log(
    `two threads / one, both fed: ${ratio(rates.wasmTwo, rates.wasmFed)}; WebAssembly / kernel, both from rows: ` +
      `${ratio(rates.wasmFed, rates.kernelRows)}; own headers / vendor's: ${ratio(rates.own, rates.vendor)}`,
  );
}

/** Hardware integers of all events, int32 rows in shared memory, and the official scores. */
function readEvents(version: Version): { rows: Int32Array; width: number; scores: readonly number[] } {
  const read = (name: string): unknown => JSON.parse(gunzipSync(readFileSync(join(data, name))).toString('utf8'));
  const { events } = read('events.json.gz') as { events: number[][] };
  const width = events[0]!.length;
  const rows = new Int32Array(new SharedArrayBuffer(4 * width * events.length));
  // 5 fraction bits; columns are pt, eta, phi by turns, and pt counts halves of a GeV.
  for (const [event, values] of events.entries())
    rows.set(
      values.map((value, column) => value * (column % 3 === 0 ? 16 : 32)),
      event * width,
    );
  return { rows, width, scores: read(`${version}-scores.json.gz`) as number[] };
}

/** Compiles the module again and again; prints the shortest time. */
function timedModule(program: Program): CompiledModule {
  let module = compileProgram(program);
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    module = compileProgram(program);
    return performance.now() - start;
  });
  console.log(
    `${program.name}: module of ${count(module.bytes.length)} bytes built in ${Math.min(...times).toFixed(0)} ms ` +
      `(${times.map((time) => time.toFixed(0)).join(' ')})`,
  );
  return module;
}

/** @returns events per second of processor time */
function timedInterpreter(program: Program, rows: Int32Array, width: number, scores: readonly number[]): () => number {
  const interpret = interpreterOf(program);
  const [score] = program.outputs;
  const events = scores.map((_, event) => Array.from(rows.subarray(event * width, (event + 1) * width), BigInt));
  const pass = (first: number, until: number): void => {
    for (let event = first; event < until; event++) {
      const found = interpret(events[event]!).get(score!)![0]!;
      if (found !== BigInt(scores[event]!))
        throw new StepFailed(`interpreter, event ${event}: score ${found}, officially ${scores[event]}`);
    }
  };
  pass(0, events.length);
  return () => {
    const measured = 2000;
    const before = process.cpuUsage();
    pass(0, measured);
    const { user, system } = process.cpuUsage(before);
    return measured / ((user + system) / 1e6);
  };
}

function buildKernel(
  network: KernelNetwork,
  directory: string,
  rows: Int32Array,
  scores: readonly number[],
): (layout: 'rows' | 'columns') => number {
  const file = (name: string): string => join(directory, name);
  writeFileSync(file('network.h'), kernelHeader(network));
  writeFileSync(file('events.bin'), new Uint8Array(rows.buffer));
  writeFileSync(file('scores.bin'), new Uint8Array(new Int32Array(scores).buffer));
  const source = join(root, 'bench', 'kernel.cpp');
  const flags = ['-std=c++17', '-O3', '-msse4.1', '-I', directory];
  run({ program: 'g++', args: [...flags, source, '-o', file('kernel')] });
  return (layout) =>
    Number(run({ program: file('kernel'), args: [file('events.bin'), file('scores.bin'), layout] }).stdout);
}

/** The emitted project in a loop over real inputs that were converted beforehand, with either set of headers. */
function buildLoops(
  program: Program,
  directory: string,
  rows: Int32Array,
  width: number,
  scores: readonly number[],
  vendorHeaders: string,
): { readonly own: () => number; readonly vendor: () => number } {
  const project = emitHls(program, defaultHlsOptions);
  const emitted = join(directory, 'emitted');
  writeTree(emitted, project.files);
  const files = { width, events: join(directory, 'events.txt'), scores: join(directory, 'scores.txt') };
  writeFileSync(files.events, Array.from(rows, (raw) => raw / 32).join('\n'));
  writeFileSync(files.scores, scores.join('\n'));
  const { topName, inputs, outputs } = project.design;
  const build = (name: string, headers: string): (() => number) =>
    buildLoop(
      name,
      {
        directory,
        header: join(emitted, 'firmware', `${topName}.h`),
        source: join(emitted, 'firmware', `${topName}.cpp`),
        call: topName,
        inputType: inputs[0]!.typeName,
        scoreType: outputs[0]!.typeName,
        flags: ['-std=c++17', '-O3', '-isystem', headers],
      },
      files,
    );
  return { own: build('loop-own', join(emitted, 'ap_types')), vendor: build('loop-vendor', vendorHeaders) };
}
