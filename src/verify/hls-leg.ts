/** The HLS legs: the emitted C++, compiled by g++ with one set of ap_fixed headers and run on the vectors. */
import { join } from 'node:path';
import { AxocError } from '../base/diagnostic.js';
import { fileExists, listDirectory, readBytes, writeTree } from '../base/files.js';
import { type Finished, ProgramNotFound, run } from '../base/process.js';
import type { Design } from '../emit/hls/design.js';
import type { HlsProject } from '../emit/hls/project.js';
import { inputText } from '../emit/hls/vectors.js';
import { type Format, fractionBits } from '../fixed/format.js';
import type { Trace } from '../simulate/interpret.js';
import type { Leg } from './leg.js';
import type { Vector } from './vectors.js';

/** A compiler that could not be started. */
function missingCompiler(program: string): AxocError {
  return new AxocError('missingTool', [
    {
      code: 'missing-compiler',
      place: program,
      message: 'the C++ compiler that the hls leg needs was not found',
      hint: 'install g++ (Debian: apt-get install g++), name another with CXX, or leave the leg out with --without hls',
    },
  ]);
}

export interface HlsLegOptions {
  readonly name: string;
  readonly summary: string;
  /** Directory of `ap_fixed.h`; the project's own `ap_types` when absent. */
  readonly include?: string;
  /** A directory to build in; the leg leaves its files there. */
  readonly directory: string;
  /** Program and first arguments of a test bench that is compiled already; nothing is compiled then. */
  readonly command?: readonly string[];
}

/** Starts compiling at once, so that other work can go on meanwhile. */
export function hlsLeg(project: HlsProject, options: HlsLegOptions): Leg {
  const command = options.command === undefined ? compile(project, options) : Promise.resolve(options.command);
  // A failure is reported when the leg runs; until then it must not count as unhandled.
  command.catch(() => {});
  return {
    name: options.name,
    summary: options.summary,
    fractions: new Map(
      tracedValues(project.design).map(({ id, format, length }) => [id, Array(length).fill(fractionBits(format))]),
    ),
    run: async (vectors) => runDesign(project, await command, options.directory, vectors),
  };
}

/** Directories with the vendor's `ap_fixed.h`, wherever an installation is found: [directory, where it was found]. */
export function findVendorHeaders(environment: NodeJS.ProcessEnv): string | undefined {
  const installed = [
    '/opt/Xilinx/Vitis_HLS',
    '/tools/Xilinx/Vitis_HLS',
    '/opt/Xilinx/Vitis',
    '/tools/Xilinx/Vitis',
  ].flatMap((root) => listDirectory(root).map((version) => join(root, version, 'include')));
  const named = ['XILINX_HLS', 'XILINX_VITIS'].flatMap((name) =>
    environment[name] ? [join(environment[name], 'include')] : [],
  );
  const candidates = [
    ...(environment.AXOC_AP_INCLUDE ? [environment.AXOC_AP_INCLUDE] : []),
    ...named,
    ...installed.reverse(),
  ];
  return candidates.find((directory) => fileExists(join(directory, 'ap_fixed.h')));
}

/** @param include directory of the vendor's headers */
export function compilerFlags(include?: string): readonly string[] {
  // The vendor's headers check arguments by assert in ways that legal widths break.
  return ['-std=c++17', '-O1', '-w', '-DAXOC_TRACING', ...(include === undefined ? [] : ['-DNDEBUG'])];
}

async function compile(project: HlsProject, { include, directory }: HlsLegOptions): Promise<readonly string[]> {
  const { topName } = project.design;
  writeTree(directory, project.files);
  const compiler = process.env.CXX ?? 'g++';
  const executable = join(directory, `${topName}_test`);
  const finished = await runTool(compiler, [
    ...compilerFlags(include),
    '-isystem',
    include ?? join(directory, 'ap_types'),
    join(directory, 'firmware', `${topName}.cpp`),
    join(directory, 'tb', `${topName}_test.cpp`),
    '-o',
    executable,
  ]);
  if (finished.status !== 0) {
    throw new AxocError('internal', [
      {
        code: 'hls-does-not-compile',
        place: topName,
        message: `${compiler} refused the emitted C++:\n${firstLines(finished.stderr, 12)}`,
        hint: 'this is a defect of axoc, or of the compiler: please report it with the model',
      },
    ]);
  }
  return [executable];
}

async function runDesign(
  project: HlsProject,
  [program, ...firstArguments]: readonly string[],
  directory: string,
  vectors: readonly Vector[],
): Promise<readonly Trace[]> {
  const inputs = join(directory, 'vectors.txt');
  const traceFile = join(directory, 'trace.bin');
  writeTree(directory, new Map([['vectors.txt', inputText(project.design, vectors)]]));
  const finished = await runTool(program!, [...firstArguments, inputs, '-', traceFile]);
  if (finished.status !== 0) {
    const reason = finished.signal === null ? `exit code ${finished.status}` : `signal ${finished.signal}`;
    throw new AxocError('internal', [
      {
        code: 'hls-run-failed',
        place: project.design.topName,
        message: `the compiled design ended with ${reason}: ${firstLines(finished.stderr, 5)}`,
      },
    ]);
  }
  return readTraces(readBytes(traceFile), tracedValues(project.design), vectors.length);
}

/** A value as the test bench traces it. */
interface Traced {
  readonly id: string;
  readonly format: Format;
  readonly length: number;
}

/** The named values, then the outputs once more, as they leave through their ports: these are what is compared. */
function tracedValues({ traced, outputs }: Design): readonly Traced[] {
  return [
    ...traced.map(({ op, format, length }) => ({ id: op.id, format, length })),
    ...outputs.map(({ variable, format }) => ({ id: variable.op.id, format, length: variable.length })),
  ];
}

/** Decodes what `axoc/trace.h` writes: for each event each traced value's bits in 64-bit words. */
function readTraces(bytes: Buffer, traced: readonly Traced[], count: number): Trace[] {
  const wordsOf = (format: Format): number => Math.ceil(format.width / 64);
  const wordsPerEvent = traced.reduce((sum, { format, length }) => sum + length * wordsOf(format), 0);
  if (bytes.length !== count * wordsPerEvent * 8) {
    throw new AxocError('internal', [
      {
        code: 'hls-trace-size',
        place: 'trace',
        message: `${bytes.length} bytes of trace for ${count} events of ${wordsPerEvent * 8} bytes`,
      },
    ]);
  }
  let position = 0;
  const readValue = ({ width, signed }: Format): bigint => {
    let value = 0n;
    for (let low = 0; low < width; low += 64, position += 8) value |= bytes.readBigUInt64LE(position) << BigInt(low);
    return signed ? BigInt.asIntN(width, value) : value;
  };
  return Array.from({ length: count }, () => {
    const trace = new Map<string, readonly bigint[]>();
    for (const { id, format, length } of traced) {
      trace.set(
        id,
        Array.from({ length }, () => readValue(format)),
      );
    }
    return trace;
  });
}

async function runTool(program: string, args: readonly string[]): Promise<Finished> {
  try {
    return await run(program, args);
  } catch (error) {
    if (error instanceof ProgramNotFound) throw missingCompiler(program);
    throw error;
  }
}

function firstLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(0, count).join('\n');
}
