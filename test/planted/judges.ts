/** The judges: each runs a part of a copy of axoc on fixed networks and gives what it finds wrong, or undefined. */
import { join } from 'node:path';
import { withTemporaryDirectory } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { parseFormat } from '../../src/fixed/format.js';
import { ProgramBuilder } from '../../src/ir/builder.js';
import type { Program } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import type { Leg } from '../../src/verify/leg.js';
import { directedVectors } from '../../src/verify/vectors.js';
import { checkAgainstOracle } from '../support/oracle-check.js';
import type { Modules } from './copy.js';
import { lanePrograms } from './lanes.js';
import { layersNetwork, lossyNetworks, operationsProgram } from './networks.js';

export type Judge = (modules: Modules) => Promise<string | undefined>;

/** Vectors for each network. */
const vectorCount = 128;

/** Passes, emitter, legs: the programs as the true axoc lowers them, verified by the copy. The C++ runs last. */
export const verification: Judge = async (modules) => {
  const layers = lower(readNetwork(JSON.stringify(layersNetwork), 'layers.json', parsePrecision([]))).program;
  for (const program of [layers, operationsProgram()]) {
    const found = await reported(modules, () => verifiedByCopy(modules, program));
    if (found !== undefined) return found;
  }
  return undefined;
};

async function verifiedByCopy(modules: Modules, lowered: Program): Promise<string | undefined> {
  const vectors = directedVectors(lowered, vectorCount, Random.seeded(1));
  const program = modules.runPasses(lowered);
  const reference = modules.referenceOf(lowered, vectors);
  const interpreted = await modules.verify(reference, [modules.interpreterLeg(program)]);
  if (interpreted.mismatch !== undefined) return printMismatch(interpreted.mismatch);
  return withTemporaryDirectory(async (directory) => {
    const project = modules.emitHls(program, modules.defaultHlsOptions);
    const leg = modules.hlsLeg(project, { name: 'hls', summary: 'hls', directory: join(directory, 'hls') });
    const { mismatch } = await modules.verify(reference, [leg]);
    return mismatch === undefined ? undefined : printMismatch(mismatch);
  });
}

/** The compiled simulator: programs at the ends of its lanes, run by the copy's. */
export const compiled: Judge = async (modules) => {
  for (const program of lanePrograms()) {
    const found = await reported(modules, async () => {
      const reference = modules.referenceOf(program, directedVectors(program, vectorCount, Random.seeded(1)));
      const { mismatch } = await modules.verify(reference, [modules.wasmLeg(program)]);
      return mismatch === undefined ? undefined : printMismatch(mismatch);
    });
    if (found !== undefined) return `${program.name}: ${found}`;
  }
  return undefined;
};

/** Lowering: descriptions lowered by the copy, against the oracle. */
export const oracle: Judge = async (modules) => {
  for (const network of [layersNetwork, ...lossyNetworks]) {
    const found = await reported(modules, async () => {
      const check = checkAgainstOracle(modules, network, [], (program) =>
        directedVectors(program, vectorCount, Random.seeded(1)),
      );
      return check.difference?.split('\n')[0];
    });
    if (found !== undefined) return `${network.name}: ${found}`;
  }
  return undefined;
};

/** Comparison: traces that are known to be wrong, and the right one in other units, given to the copy as a leg. */
export const comparison: Judge = async (modules) => {
  const builder = new ProgramBuilder();
  const format = (text: string) => [parseFormat(text, text)];
  builder.input('x', [3], format('ap_fixed<6,6>'));
  builder.cast('middle', 'x', format('ap_fixed<8,4>'));
  builder.cast('y', 'middle', format('ap_fixed<6,4>'));
  const program = builder.build('compared', ['y']);
  const reference = modules.referenceOf(program, [
    [1n, -2n, 3n],
    [4n, 5n, -6n],
    [7n, 0n, 2n],
  ]);
  const right = reference.traces.map((trace) => new Map(trace));
  const fractions = { x: 0, middle: 4, y: 2 };

  for (const { what, isWrong, change } of comparedTraces) {
    const traces = right.map((trace) => new Map(trace));
    const units = { ...fractions };
    const given = change(traces, units) ?? traces;
    const leg: Leg = {
      name: 'told',
      summary: 'told',
      fractions: new Map(Object.entries(units).map(([id, fraction]) => [id, [fraction, fraction, fraction]])),
      run: () => Promise.resolve(given),
    };
    const found = await reported(modules, async () => {
      const { mismatch } = await modules.verify(reference, [leg]);
      return mismatch === undefined ? undefined : printMismatch(mismatch);
    });
    if (isWrong && found === undefined) return `accepted ${what}`;
    if (!isWrong && found !== undefined) return `refused ${what}: ${found}`;
  }
  return comparisonInBlocks(modules, program, fractions);
};

/** More vectors than are compared at a time; one of the last is wrong. */
async function comparisonInBlocks(
  modules: Modules,
  program: Program,
  fractions: Readonly<Record<string, number>>,
): Promise<string | undefined> {
  const wrong = 1026;
  const vectors = Array.from({ length: 1030 }, (_, number) => [BigInt(number % 32), 1n, -1n]);
  const simulate = modules.interpreterOf(program);
  let number = 0;
  const leg: Leg = {
    name: 'told',
    summary: 'told',
    fractions: new Map(Object.entries(fractions).map(([id, fraction]) => [id, [fraction, fraction, fraction]])),
    run: (block) => {
      const traces = block.map((vector) => new Map(simulate(vector)));
      if (wrong < number + block.length) oneOff(wrong - number, 'y', 1)(traces, {});
      number += block.length;
      return Promise.resolve(traces);
    },
  };
  const { mismatch } = await modules.verifyInBlocks(program, vectors, [leg], () => {});
  return mismatch?.vectorIndex === wrong ? undefined : `accepted vector ${wrong} one unit off`;
}

type Traces = Map<string, readonly bigint[]>[];

interface ComparedTrace {
  readonly what: string;
  readonly isWrong: boolean;
  /** Changes the right traces or their units; or gives others. */
  readonly change: (traces: Traces, units: Record<string, number>) => Traces | undefined;
}

function oneOff(event: number, id: string, element: number): ComparedTrace['change'] {
  return (traces) => {
    const raws = traces[event]!.get(id)!;
    traces[event]!.set(id, raws.with(element, raws[element]! + 1n));
    return undefined;
  };
}

const comparedTraces: readonly ComparedTrace[] = [
  { what: 'the right traces', isWrong: false, change: (traces) => traces },
  {
    what: 'the right numbers in finer units',
    isWrong: false,
    change: (traces, units) => {
      units.y = 5;
      for (const trace of traces)
        trace.set(
          'y',
          trace.get('y')!.map((raw) => raw * 8n),
        );
      return undefined;
    },
  },
  { what: 'a first element one unit off', isWrong: true, change: oneOff(0, 'y', 0) },
  { what: 'a last element one unit off', isWrong: true, change: oneOff(1, 'y', 2) },
  { what: 'an intermediate value one unit off', isWrong: true, change: oneOff(1, 'middle', 1) },
  { what: 'a last vector one unit off', isWrong: true, change: oneOff(2, 'y', 1) },
  {
    what: 'the same raw integers in other units',
    isWrong: true,
    change: (_, units) => {
      units.y = 3;
      return undefined;
    },
  },
  {
    what: 'a value that is missing',
    isWrong: true,
    change: (traces) => {
      traces[1]!.delete('middle');
      return undefined;
    },
  },
  {
    what: 'an element that is missing',
    isWrong: true,
    change: (traces) => {
      traces[1]!.set('y', traces[1]!.get('y')!.slice(0, 2));
      return undefined;
    },
  },
  { what: 'one vector too few', isWrong: true, change: (traces) => traces.slice(0, 2) },
  { what: 'no vector at all', isWrong: true, change: () => [] },
  { what: 'one vector too many', isWrong: true, change: (traces) => [...traces, traces[0]!] },
];

/** What `work` finds, or what the copy reports by throwing. Any other exception is not a report. */
export async function reported(modules: Modules, work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof modules.AxocError)) throw error;
    return `${error.kind} error: ${error.diagnostics[0]!.code} ${error.diagnostics[0]!.place}: ${error.diagnostics[0]!.message}`;
  }
}

export function printMismatch({
  leg,
  value,
  element,
  found,
  expected,
}: NonNullable<Awaited<ReturnType<Modules['verify']>>['mismatch']>): string {
  return `leg ${leg}: ${value}[${element}] is ${found}, not ${expected}`;
}
