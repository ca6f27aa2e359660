/** The ONNX format: written and read back, the same bytes every time, as others write it, damaged. */
import fc from 'fast-check';
import * as runtime from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { float, int, ints, modelOf, nodeOf, type OnnxModel } from '../../src/onnx/model.js';
import { readOnnx } from '../../src/onnx/read.js';
import { modelProto } from '../../src/onnx/schema.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { messageOf } from '../base/thrown.js';
import { testSeed } from '../support/seed.js';

const everything: OnnxModel = {
  irVersion: 8,
  opsets: { '': 13, 'qonnx.custom_op.general': 1 },
  producer: { name: 'axoc', version: '1.2.3' },
  description: 'all there is',
  metadata: { inputs: 'pt [GeV], η', empty: '' },
  graph: {
    name: 'everything',
    nodes: [
      nodeOf('Gemm', ['x', 'w', ''], ['y'], { transB: int(1), alpha: float(0.5) }),
      {
        operator: 'Quant',
        domain: 'qonnx.custom_op.general',
        name: 'quant',
        inputs: ['y'],
        outputs: ['z', 'unused'],
        attributes: {
          rounding_mode: { kind: 'string', value: 'ROUND' },
          axes: ints([-1, 0, 2 ** 40]),
          scales: { kind: 'floats', value: [0.25, -3] },
          names: { kind: 'strings', value: ['a', 'ß'] },
          value: { kind: 'tensor', value: { name: 'v', type: 'bool', shape: [2], data: Uint8Array.of(0, 1) } },
          zero: int(0),
        },
      },
    ],
    initializers: [
      { name: 'w', type: 'float32', shape: [1, 2], data: Float32Array.of(0.1, -0) },
      { name: 'd', type: 'float64', shape: [2], data: Float64Array.of(Math.PI, Number.NaN) },
      { name: 'l', type: 'int64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n) },
      { name: 'i', type: 'int32', shape: [], data: Int32Array.of(-7) },
    ],
    inputs: [{ name: 'x', type: 'float32', shape: ['batch', 2], description: 'momenta in 2^-3 GeV' }],
    outputs: [{ name: 'z', type: 'int64', shape: ['batch', 1] }],
    values: [{ name: 'y', type: 'float64', shape: [] }],
  },
};

it('reads what it wrote', () => {
  expect(readOnnx(writeOnnx(everything), 'm.onnx')).toEqual(everything);
});

it('writes the same bytes for the same model', () => {
  expect(writeOnnx(structuredClone(everything))).toEqual(writeOnnx(everything));
});

it('has version 8 and opset 13 unless told otherwise', () => {
  const graph = { name: 'g', nodes: [], initializers: [], inputs: [], outputs: [], values: [] };
  expect(modelOf(graph)).toMatchObject({ irVersion: 8, opsets: { '': 13 }, producer: { name: 'axoc' } });
  expect(modelOf(graph, { opset: 17, metadata: { a: 'b' } })).toMatchObject({
    opsets: { '': 17 },
    metadata: { a: 'b' },
  });
});

it('reads tensors written as lists, and dimensions without length or name', () => {
  const tensor = (name: string, dataType: number, list: object): object => ({ name, dataType, dims: [2], ...list });
  const bytes = modelProto
    .encode(
      modelProto.fromObject({
        irVersion: 7,
        opsetImport: [{ version: 11 }],
        graph: {
          name: 'lists',
          initializer: [
            tensor('f', 1, { floatData: [0.5, -1] }),
            tensor('d', 11, { doubleData: [0.1, 2] }),
            tensor('l', 7, { int64Data: ['-9223372036854775808', 3] }),
            tensor('i', 6, { int32Data: [-1, 2] }),
            tensor('b', 9, { int32Data: [1, 0] }),
          ],
          input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim: [{}, { dimValue: 0 }] } } } }],
        },
      }),
    )
    .finish();
  const { graph, opsets } = readOnnx(bytes, 'm.onnx');
  expect(opsets).toEqual({ '': 11 });
  expect(graph.initializers.map(({ data }) => data)).toEqual([
    Float32Array.of(0.5, -1),
    Float64Array.of(0.1, 2),
    BigInt64Array.of(-(2n ** 63n), 3n),
    Int32Array.of(-1, 2),
    Uint8Array.of(1, 0),
  ]);
  expect(graph.inputs[0]!.shape).toEqual(['', 0]);
});

it('a runtime reads it: symbolic lengths, integers, doubles', async () => {
  const model = modelOf({
    name: 'sums',
    nodes: [nodeOf('ReduceSum', ['x', 'axes'], ['s'], { keepdims: int(0) }), nodeOf('Mod', ['n', 'm'], ['r'])],
    initializers: [
      { name: 'axes', type: 'int64', shape: [1], data: BigInt64Array.of(1n) },
      { name: 'm', type: 'int64', shape: [], data: BigInt64Array.of(8n) },
    ],
    inputs: [
      { name: 'x', type: 'float64', shape: ['batch', 2] },
      { name: 'n', type: 'int64', shape: ['batch'] },
    ],
    outputs: [
      { name: 's', type: 'float64', shape: ['batch'] },
      { name: 'r', type: 'int64', shape: ['batch'] },
    ],
    values: [],
  });
  runtime.env.wasm.numThreads = 1;
  const session = await runtime.InferenceSession.create(writeOnnx(model));
  const found = await session.run({
    x: new runtime.Tensor('float64', Float64Array.of(1, 2 ** -50, 3, 4), [2, 2]),
    n: new runtime.Tensor('int64', BigInt64Array.of(-1n, 2n ** 60n + 5n), [2]),
  });
  expect(found.s!.data).toEqual(Float64Array.of(1 + 2 ** -50, 7));
  expect(found.r!.data).toEqual(BigInt64Array.of(7n, 5n));
  await session.release();
});

describe('what it refuses', () => {
  const read = (bytes: Uint8Array) => messageOf(() => readOnnx(bytes, 'm.onnx'));
  const withTensor = (tensor: object): Uint8Array =>
    modelProto.encode(modelProto.fromObject({ graph: { initializer: [{ name: 't', ...tensor }] } })).finish();

  it('files that are none', () => {
    expect(read(new Uint8Array())).toBe(
      'error[damaged-onnx]: m.onnx: not a whole ONNX model: it has no graph\n  help: export or copy the file again',
    );
    expect(read(new TextEncoder().encode('{"layers": []}'))).toContain(
      'error[damaged-onnx]: m.onnx: not a whole ONNX model',
    );
  });

  it('tensors it has no type for, or with data elsewhere, or too little of it', () => {
    expect(read(withTensor({ dataType: 10, dims: [1] }))).toBe(
      'error[unsupported-onnx]: m.onnx: tensor t: axoc does not read tensors of element type 10\n' +
        '  help: it reads tensors of float32, int32, int64, bool, float64 held in the file itself',
    );
    expect(read(withTensor({ dataType: 1, externalData: [{ key: 'location', value: 'w.bin' }] }))).toContain(
      'm.onnx: tensor t: axoc does not read data in another file',
    );
    expect(read(withTensor({ dataType: 1, dims: [3], floatData: [1, 2] }))).toContain(
      'tensor t: not a whole ONNX model: 2 values for shape [3]',
    );
    expect(read(withTensor({ dataType: 1, dims: [1], rawData: Buffer.from('abc') }))).toContain('3 bytes of float32');
  });

  it('any damage ends in one of its own errors', () => {
    const whole = writeOnnx(everything);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const damaged = isCut ? whole.slice(0, at) : whole.with(at, byte);
        try {
          readOnnx(damaged, 'm.onnx');
        } catch (error) {
          expect((error as Error).message).toMatch(/^error\[(damaged|unsupported)-onnx\]/);
        }
      }),
      { seed: testSeed(7), numRuns: 3000 },
    );
  });
});

it('the writer refuses data that does not fit its shape or type', () => {
  const write = (tensor: object): string =>
    messageOf(
      () =>
        writeOnnx({
          ...everything,
          graph: { ...everything.graph, initializers: [{ ...everything.graph.initializers[0]!, ...tensor }] },
        }),
      'internal',
    );
  expect(write({ shape: [3] })).toContain('ONNX tensor w: 2 elements for [3] of float32');
  expect(write({ type: 'float64' })).toContain('ONNX tensor w: 2 elements for [1,2] of float64');
});
