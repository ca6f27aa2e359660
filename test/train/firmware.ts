/** Training against firmware: the forward pass of a model, and the lowered description that it exports, interpreted. */
import { castRaw } from '../../src/fixed/cast.js';
import { fromDouble, toDouble } from '../../src/fixed/dyadic.js';
import { fractionAt, opsById } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { defaultPrecision } from '../../src/network/precision.js';
import { inputFormatOf } from '../../src/network/quantise-events.js';
import { readNetwork } from '../../src/network/read-network.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import type { Executor, Values } from '../../src/tensor/executor.js';
import { describeTrained } from '../../src/train/export.js';
import type { TrainedScaling } from '../../src/train/export-scaling.js';
import { eventsInput, type Model, traceGraph, weightsGraph } from '../../src/train/model/model.js';
import { runGraph } from './executors.js';

/** What was compared, and where training and firmware differ. */
export interface Comparison {
  readonly values: number;
  readonly differences: readonly string[];
}

/**
 * Every named value of the training's forward pass against the program of the exported description.
 * @param scaling with it, events are hardware integers; otherwise normalised numbers
 */
export async function compareWithFirmware(
  model: Model,
  executor: Executor,
  parameters: ReadonlyMap<string, Values>,
  events: readonly (readonly number[])[],
  scaling?: TrainedScaling,
): Promise<Comparison> {
  const weights = await runGraph(executor, weightsGraph(model), parameters);
  const trained = {
    name: 'random',
    architecture: model.architecture,
    weights,
    ...(scaling === undefined ? {} : { scaling }),
  };
  const network = readNetwork(JSON.stringify(describeTrained(trained)), 'random.json', defaultPrecision);
  const { program, names } = lower(network);
  const ops = opsById(program);
  const run = interpreterOf(program);
  const format = inputFormatOf(network.input);

  const normalised = events.map((event) =>
    event.map((value, index) =>
      scaling === undefined ? value : (value - scaling.bias[index]!) / scaling.scale[index]!,
    ),
  );
  const feeds = new Map<string, Values>([...parameters, [eventsInput, Float32Array.from(normalised.flat())]]);
  const traced = await runGraph(executor, traceGraph(model, events.length), feeds);

  const differences: string[] = [];
  let values = 0;
  for (const [row, event] of events.entries()) {
    const trace = run(
      event.map((value, index) => {
        const { mantissa, fraction } = fromDouble(
          scaling === undefined ? value : value * lsbOf(network.input.scaling!.lsbs[index]!),
        );
        return castRaw(mantissa, fraction, format);
      }),
    );
    for (const [id, name] of names) {
      const tensor = traced.get(name);
      if (tensor === undefined) {
        if (id !== 'hardware') differences.push(`${name} is not traced`);
        continue;
      }
      const raws = trace.get(id)!;
      const { type } = ops.get(id)!;
      for (const [index, raw] of raws.entries()) {
        const exact = toDouble(raw, fractionAt(type, index));
        const found = tensor[row * raws.length + index];
        values++;
        if (found !== exact)
          differences.push(`${executor.name}, ${name}[${index}], event ${row}: ${found}, firmware ${exact}`);
      }
    }
  }
  return { values, differences };
}

const lsbOf = ({ mantissa, fraction }: { readonly mantissa: bigint; readonly fraction: number }): number =>
  toDouble(mantissa, fraction);
