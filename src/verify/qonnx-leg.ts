/** The QONNX file as it was written, evaluated operator by operator, as a leg. */
import { internalError } from '../base/diagnostic.js';
import { elementCount, inputsOf, namedOps, type Program } from '../ir/op.js';
import { readOnnx } from '../onnx/read.js';
import type { Trace } from '../simulate/interpret.js';
import { fractionsOf, type Leg } from './leg.js';
import { type Doubles, evaluateQonnx } from './qonnx-evaluator.js';

/** @param bytes the file of `program` */
export function qonnxLeg(program: Program, bytes: Uint8Array): Leg {
  const model = readOnnx(bytes, 'the QONNX model');
  const fractions = fractionsOf(program);
  return {
    name: 'qonnx',
    summary: 'the QONNX model, operator by operator in doubles',
    fractions,
    run: async (vectors) => {
      const inputs = new Map<string, Doubles>();
      let start = 0;
      for (const { id, type } of inputsOf(program)) {
        const width = elementCount(type);
        const from = start;
        const units = fractions.get(id)!.map((fraction) => 2 ** -fraction);
        const values = vectors.flatMap((vector) =>
          vector.slice(from, from + width).map((raw, index) => Number(raw) * units[index]!),
        );
        inputs.set(id, { shape: [vectors.length, ...type.shape], data: Float64Array.from(values) });
        start += width;
      }
      const values = evaluateQonnx(model, inputs);
      return vectors.map((_, event) => traceOf(program, values, fractions, event, vectors.length));
    },
  };
}

function traceOf(
  program: Program,
  values: ReadonlyMap<string, Doubles>,
  fractions: ReadonlyMap<string, readonly number[]>,
  event: number,
  events: number,
): Trace {
  return new Map(
    namedOps(program).map(({ id, type }) => {
      const found = values.get(id);
      const width = elementCount(type);
      if (found === undefined) throw internalError('qonnx', `the model has no value ${id}`);
      // What is the same for all events stands there once.
      const start = found.data.length === width ? 0 : event * width;
      if (found.data.length !== width && found.data.length !== events * width)
        throw internalError('qonnx', `${id} has ${found.data.length} values for ${events} events of ${width}`);
      return [
        id,
        fractions.get(id)!.map((fraction, index) => {
          const raw = found.data[start + index]! * 2 ** fraction;
          if (!Number.isInteger(raw)) throw internalError('qonnx', `${id} is off the grid of its type`);
          return BigInt(raw);
        }),
      ];
    }),
  );
}
