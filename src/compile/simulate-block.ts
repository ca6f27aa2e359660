/** One block of events from a table to encoded results: what each thread of `axoc simulate` does. */
import { type EncodedRows, encodeRows, type ResultFormat } from '../data/encode-rows.js';
import type { Events } from '../data/events.js';
import type { ResultValues } from '../data/result-block.js';
import { toDouble } from '../fixed/dyadic.js';
import type { Program } from '../ir/op.js';
import type { InputStage } from '../network/network.js';
import { blockQuantiserOf } from '../network/quantise-block.js';
import { type EventUnit, quantiseEvents } from '../network/quantise-events.js';
import { interpreterOf } from '../simulate/interpret.js';
import type { CompiledModule } from '../simulate/wasm/compile.js';
import { type FillBounds, Filler, type FillTable } from '../simulate/wasm/filler.js';
import { readRow, Simulator, writeRow } from '../simulate/wasm/simulator.js';

/** Fills input rows from tables of hardware integers. */
export interface FillCode {
  readonly code: Uint8Array;
  readonly bounds: FillBounds;
}

/** What runs the program: the bigint reference, or the same compiled to WebAssembly. */
export type EngineCode =
  | { readonly kind: 'interpret'; readonly program: Program }
  | { readonly kind: 'wasm'; readonly module: CompiledModule; readonly fill?: FillCode };

/** All that a thread has to know: plain data. */
export interface SimulationPlan {
  readonly engine: EngineCode;
  readonly input: InputStage;
  readonly unit: EventUnit;
  /** Ids of the values that are written, in order: the outputs, or all named values. */
  readonly values: readonly string[];
  /** Fraction bits of each column. */
  readonly fractions: readonly number[];
  /** Real values instead of raw integers. */
  readonly asReal: boolean;
  readonly format: ResultFormat;
  /** For messages. */
  readonly output: string;
}

export interface SimulatedBlock extends EncodedRows {
  /** Real values that were rounded to the grid of the inputs, or clamped. */
  readonly roundedCount: number;
}

/** @param firstRow number of the block's first event in the whole file */
export type BlockSimulator = (events: Events, firstRow: number) => SimulatedBlock;

/** @throws AxocError (user), from what it gives, for events that do not fit the network and results that do not fit the file */
export function blockSimulatorOf(plan: SimulationPlan): BlockSimulator {
  const { engine } = plan;
  const run = engine.kind === 'wasm' ? runCompiled(engine, plan) : runInterpreted(engine.program, plan);
  return (events, firstRow) => {
    const { raws, roundedCount } = run(events, firstRow);
    const values = plan.asReal ? realValues(raws, plan.fractions) : raws;
    const block = { values, width: plan.fractions.length, firstRow };
    return { ...encodeRows(block, plan.format, plan.output), roundedCount };
  };
}

interface Results {
  readonly raws: Exclude<ResultValues, Float64Array>;
  readonly roundedCount: number;
}

type Run = (events: Events, firstRow: number) => Results;

function runInterpreted(program: Program, { input, unit, values }: SimulationPlan): Run {
  const interpret = interpreterOf(program);
  return (events, firstRow) => {
    const { vectors, roundedCount } = quantiseEvents(events, input, unit, firstRow);
    const raws = vectors.flatMap((vector) => {
      const trace = interpret(vector);
      return values.flatMap((id) => trace.get(id)!);
    });
    return { raws, roundedCount };
  };
}

type CompiledEngine = Extract<EngineCode, { readonly kind: 'wasm' }>;

/** A module takes fewer events at a time than a block has: its rows stay in the second-level cache. */
function runCompiled({ module, fill: code }: CompiledEngine, plan: SimulationPlan): Run {
  const simulator = new Simulator(module);
  const { blockEvents } = module;
  const fill = fillerOf(simulator, code, plan);
  const runBlock: Run = (events, firstRow) => {
    let roundedCount = 0;
    const parts: Words[] = [];
    for (let row = 0; row < events.count; row += blockEvents) {
      const count = Math.min(blockEvents, events.count - row);
      roundedCount += fill(rowsOf(events, row, count), firstRow + row);
      simulator.run(count);
      parts.push(simulator.outputs.slice(0, count * module.outputs.wordsPerRow));
    }
    return { raws: rawsOf(parts, module), roundedCount };
  };
  return (events, firstRow) => {
    try {
      return runBlock(events, firstRow);
    } catch (error) {
      // The problems of the whole block, not of the part that came first.
      quantiseEvents(events, plan.input, plan.unit, firstRow);
      throw error;
    }
  };
}

type Words = Simulator['outputs'];

/** Writes events into the simulator's input rows; gives how many values were rounded. */
type Fill = (events: Events, firstRow: number) => number;

function fillerOf(simulator: Simulator, fill: FillCode | undefined, { input, unit }: SimulationPlan): Fill {
  const { inputs, module } = simulator;
  if (inputs instanceof BigInt64Array)
    return (events, firstRow) => {
      const { vectors, roundedCount } = quantiseEvents(events, input, unit, firstRow);
      for (const [row, vector] of vectors.entries()) writeRow(inputs, module.inputs, row, vector);
      return roundedCount;
    };
  const quantise = blockQuantiserOf(input, unit);
  const filler = fill === undefined ? undefined : new Filler(simulator, fill.code, fill.bounds);
  return (events, firstRow) => {
    const { values, width } = events;
    const isFilled = filler !== undefined && width === input.width && isFillTable(values) && filler.fill(values);
    return isFilled ? 0 : quantise(events, firstRow, inputs);
  };
}

function isFillTable(values: unknown): values is FillTable {
  return values instanceof Int16Array || values instanceof Int32Array || values instanceof Float32Array;
}

function rowsOf(events: Events, row: number, count: number): Events {
  const { width, values } = events;
  const [from, to] = [row * width, (row + count) * width];
  const part = Array.isArray(values) ? values.slice(from, to) : (values as Float64Array).subarray(from, to);
  return { ...events, count, values: part };
}

/** Rows without the limbs of wide numbers. */
function rawsOf(parts: readonly Words[], { outputs }: CompiledModule): Results['raws'] {
  const columns = outputs.columns.reduce((count, { words }) => count + words.length, 0);
  if (columns === outputs.wordsPerRow) return concatenated(parts);
  return parts.flatMap((words) =>
    Array.from({ length: words.length / outputs.wordsPerRow }, (_, row) => [
      ...readRow(words, outputs, row).values(),
    ]).flat(2),
  );
}

function concatenated(parts: readonly Words[]): Words {
  const [first] = parts as [Words, ...Words[]];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new (first.constructor as new (length: number) => Int32Array)(length);
  let at = 0;
  for (const part of parts) {
    all.set(part as Int32Array, at);
    at += part.length;
  }
  return all;
}

/** Powers of two that a 32-bit integer is multiplied by exactly. */
const exactFraction = 900;

/** Every raw integer as the nearest double of its value. */
function realValues(raws: Results['raws'], fractions: readonly number[]): Float64Array {
  const width = fractions.length;
  const values = new Float64Array(raws.length);
  if (isNarrow(raws) && fractions.every((fraction) => Math.abs(fraction) <= exactFraction)) {
    const scales = Float64Array.from(fractions, (fraction) => 2 ** -fraction);
    for (let index = 0; index < raws.length; index++) values[index] = raws[index]! * scales[index % width]!;
  } else {
    for (let index = 0; index < raws.length; index++)
      values[index] = toDouble(BigInt(raws[index]!), fractions[index % width]!);
  }
  return values;
}

function isNarrow(raws: Results['raws']): raws is Int16Array | Int32Array {
  return raws instanceof Int16Array || raws instanceof Int32Array;
}
