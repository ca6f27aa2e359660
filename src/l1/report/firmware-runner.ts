/** Runs a network as firmware does on prepared events: scores of all, every named value of a few. */
import { userError } from '../../base/diagnostic.js';
import type { Events } from '../../data/events.js';
import { toDouble } from '../../fixed/dyadic.js';
import { maxRaw } from '../../fixed/format.js';
import { elementCount, formatAt, fractionAt, namedOps, opsById } from '../../ir/op.js';
import { type Lowered, lower } from '../../lower/lower.js';
import type { Network } from '../../network/network.js';
import { blockQuantiserOf } from '../../network/quantise-block.js';
import { type EventUnit, quantiseEvents } from '../../network/quantise-events.js';
import { type Simulator, writeRow } from '../../simulate/wasm/simulator.js';
import type { PreparedSet } from '../data/prepared.js';

export interface FirmwareRunner {
  readonly lowered: Lowered;
  /** Fraction bits of the score: it is raw integer / 2^fraction. */
  readonly scoreFraction: number;
  /** Largest raw integer that the score's type holds. */
  readonly scoreMost: bigint;
  /** Bits of the score's raw integer. */
  readonly scoreBits: number;
  /** Raw integers of the scores of a table, as doubles. @throws AxocError (user) naming row and column of what does not fit */
  scoreBlock(events: Events, unit: EventUnit, firstRow: number): Float64Array;
  /** One score for each event, as the nearest double of the exact one. */
  score(set: PreparedSet, afterBlock?: (events: number) => void): Float64Array;
  /** Every named value of the first `count` events: id -> numbers, event by event. */
  trace(set: PreparedSet, count: number): ReadonlyMap<string, Float64Array>;
}

/** @throws AxocError (user) when the network gives no score, or more than one number */
export async function firmwareRunnerOf(network: Network, source: string): Promise<FirmwareRunner> {
  const { compileProgram } = await import('../../simulate/wasm/compile.js');
  const { Simulator, readRow } = await import('../../simulate/wasm/simulator.js');
  const lowered = lower(network);
  const { program } = lowered;
  const ops = opsById(program);
  const score = ops.get(program.outputs[0]!)!;
  if (network.score === undefined || elementCount(score.type) !== 1) {
    throw userError(
      'no-score',
      source,
      'the network gives no score: thresholds and reports need one number for each event',
      'describe its score',
    );
  }
  const scoreFraction = fractionAt(score.type, 0);
  const unitOfSets: EventUnit = network.input.scaling === undefined ? 'real' : 'hardware';
  const forEachEvent = (
    set: PreparedSet,
    simulator: Simulator,
    count: number,
    visit: (event: number, row: number) => void,
    afterBlock: (events: number) => void = () => {},
  ): void => {
    const fill = fillerOf(network.input, simulator, unitOfSets);
    for (let first = 0; first < count; first += simulator.module.blockEvents) {
      const rows = Math.min(simulator.module.blockEvents, count - first);
      fill(eventsOf(set, unitOfSets, first, rows), first);
      simulator.run(rows);
      for (let row = 0; row < rows; row++) visit(first + row, row);
      afterBlock(rows);
    }
  };
  /** Raw integer of the score in a row that has been simulated, as a double. */
  const rawReader = ({ outputs, module }: Simulator): ((row: number) => number) => {
    const { wordsPerRow } = module.outputs;
    return outputs instanceof BigInt64Array
      ? (row) => Number(readRow(outputs, module.outputs, row).get(score.id)![0]!)
      : (row) => outputs[row * wordsPerRow]!;
  };
  const blockScorers = new Map<EventUnit, (events: Events, firstRow: number) => Float64Array>();
  const blockScorerOf = (unit: EventUnit): ((events: Events, firstRow: number) => Float64Array) => {
    const simulator = new Simulator(compileProgram(program));
    const { blockEvents } = simulator.module;
    const fill = fillerOf(network.input, simulator, unit);
    const rawAt = rawReader(simulator);
    return (events, firstRow) => {
      const raws = new Float64Array(events.count);
      for (let first = 0; first < events.count; first += blockEvents) {
        const rows = Math.min(blockEvents, events.count - first);
        fill(rowsOf(events, first, rows), firstRow + first);
        simulator.run(rows);
        for (let row = 0; row < rows; row++) raws[first + row] = rawAt(row);
      }
      return raws;
    };
  };
  return {
    lowered,
    scoreFraction,
    scoreMost: maxRaw(formatAt(score.type, 0)),
    scoreBits: formatAt(score.type, 0).width,
    scoreBlock(events, unit, firstRow) {
      const scoreBlock = blockScorers.get(unit) ?? blockScorerOf(unit);
      blockScorers.set(unit, scoreBlock);
      try {
        return scoreBlock(events, firstRow);
      } catch (error) {
        // The problems of the whole block, not of the part that came first.
        quantiseEvents(events, network.input, unit, firstRow);
        throw error;
      }
    },
    score(set, afterBlock) {
      const simulator = new Simulator(compileProgram(program));
      const scores = new Float64Array(set.count);
      const { outputs, module } = simulator;
      const rawAt = rawReader(simulator);
      const visit =
        outputs instanceof BigInt64Array
          ? (event: number, row: number) => {
              scores[event] = toDouble(readRow(outputs, module.outputs, row).get(score.id)![0]!, scoreFraction);
            }
          : (event: number, row: number) => {
              scores[event] = rawAt(row) * 2 ** -scoreFraction;
            };
      forEachEvent(set, simulator, set.count, visit, afterBlock);
      return scores;
    },
    trace(set, count) {
      const simulator = new Simulator(compileProgram(program, { trace: true }));
      const { outputs, module } = simulator;
      const events = Math.min(count, set.count);
      const named = namedOps(program);
      const values = new Map(named.map(({ id, type }) => [id, new Float64Array(events * elementCount(type))] as const));
      forEachEvent(set, simulator, events, (event, row) => {
        const trace = readRow(outputs, module.outputs, row);
        for (const { id, type } of named) {
          const raws = trace.get(id)!;
          const target = values.get(id)!;
          for (const [index, raw] of raws.entries())
            target[event * raws.length + index] = toDouble(raw, fractionAt(type, index));
        }
      });
      return values;
    },
  };
}

/** Events `first` to `first + count` of the set: hardware integers where the network scales them itself. */
function eventsOf(set: PreparedSet, unit: EventUnit, first: number, count: number): Events {
  const values = unit === 'real' ? set.readInputs(first, first + count) : set.readHardware(first, first + count);
  return { source: set.rows.path, count, width: count === 0 ? 0 : values.length / count, values };
}

function rowsOf(events: Events, first: number, count: number): Events {
  const { width, values } = events;
  const [from, to] = [first * width, (first + count) * width];
  const part = Array.isArray(values) ? values.slice(from, to) : (values as Float64Array).subarray(from, to);
  return { ...events, count, values: part };
}

/** Writes events into the simulator's rows. */
function fillerOf(
  input: Network['input'],
  { inputs, module }: Simulator,
  unit: EventUnit,
): (events: Events, firstRow: number) => void {
  if (inputs instanceof BigInt64Array)
    return (events, firstRow) => {
      const { vectors } = quantiseEvents(events, input, unit, firstRow);
      for (const [row, vector] of vectors.entries()) writeRow(inputs, module.inputs, row, vector);
    };
  const quantise = blockQuantiserOf(input, unit);
  return (events, firstRow) => void quantise(events, firstRow, inputs);
}
