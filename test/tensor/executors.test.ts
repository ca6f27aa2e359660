/** Every operation on every executor against the reference; and what executors refuse. */
import { describe, expect, it } from 'vitest';
import type { Executor, Values } from '../../src/tensor/executor.js';
import { chooseExecutor } from '../../src/tensor/executors/choose.js';
import { onnxRuntimeNode, onnxRuntimeWeb } from '../../src/tensor/executors/onnxruntime.js';
import { tensorFlowPlain, tensorFlowWasm } from '../../src/tensor/executors/tensorflow.js';
import { binaryKinds, type DType, unaryKinds } from '../../src/tensor/graph.js';
import * as op from '../../src/tensor/ops.js';
import { testSeed } from '../support/seed.js';
import { builders, feedsInDType, makeCase } from './cases.js';
import { referenceValues } from './reference.js';

const executors: Readonly<Record<string, () => Promise<Executor | undefined>>> = {
  'onnxruntime-node': onnxRuntimeNode,
  'onnxruntime-web': onnxRuntimeWeb,
  'tensorflow wasm': tensorFlowWasm,
  'tensorflow cpu': tensorFlowPlain,
};

/** Operations without a float64 kernel in ONNX Runtime. */
const float32Only = new Set(['sinh', 'cosh', 'erf', 'conv2d', 'conv2d_input_gradient', 'conv2d_kernel_gradient']);

const isExact = new Set([
  ...['negate', 'abs', 'sign', 'floor', 'round', 'sqrt', 'select', 'max', 'reshape', 'broadcast', 'transpose'],
  ...['concat', 'slice', 'pad', 'upsample', 'depth_to_space', 'space_to_depth', 'convert', 'surrogate', ...binaryKinds],
]);

it('the cases cover every operation', () => {
  const others = ['select', 'matmul', 'sum', 'max', 'reshape', 'broadcast', 'transpose', 'concat', 'slice', 'pad'];
  const rest = [
    'conv2d',
    'conv2d_input_gradient',
    'conv2d_kernel_gradient',
    'upsample',
    'depth_to_space',
    'space_to_depth',
    'convert',
    'surrogate',
  ];
  expect(Object.keys(builders).sort()).toEqual([...unaryKinds, ...binaryKinds, ...others, ...rest].sort());
});

async function compare(executor: Executor, kind: string, seed: number, dtype: DType): Promise<void> {
  const made = makeCase(kind, seed, dtype);
  const graph = { inputs: made.inputs, outputs: new Map([['y', made.node]]) };
  const executable = await executor.compile(graph);
  const found = (await executable.run(feedsInDType(made))).get('y')!;
  await executable.dispose();
  const wanted = referenceValues([made.node], made.feeds).get(made.node)!;
  expect(found.length).toBe(wanted.length);
  expect(found).toBeInstanceOf(dtype === 'float32' ? Float32Array : Float64Array);
  const tolerance = isExact.has(kind) ? 0 : dtype === 'float32' ? 3e-6 : 1e-14;
  wanted.forEach((value, index) => {
    const difference = Math.abs(found[index]! - value);
    if (!(difference <= tolerance * Math.max(1, Math.abs(value))))
      throw new Error(
        `${made.name} of ${made.inputs.map(({ shape }) => `[${shape}]`)}: ${found[index]} is not ${value}`,
      );
  });
}

describe.each(Object.keys(executors))('%s', (name) => {
  it.each(Object.keys(builders))('%s in float32', async (kind) => {
    const executor = (await executors[name]!())!;
    const dtypes: DType[] = name.startsWith('onnx') && !float32Only.has(kind) ? ['float32', 'float64'] : ['float32'];
    // The conversion case goes through float64, which TensorFlow.js does not have.
    if (kind === 'convert' && name.startsWith('tensorflow')) return;
    for (const dtype of dtypes)
      for (let seed = 1; seed <= 12; seed++) await compare(executor, kind, testSeed(0) + seed, dtype);
  });

  it('says what it is', async () => {
    expect((await executors[name]!())!.name).toMatch(
      /^(onnxruntime-(node|web) 1\.30|@tensorflow\/tfjs 4\.22\.0 \((wasm|cpu)\))/,
    );
  });

  it('refuses feeds that do not fit', async () => {
    const x = op.input('x', [2, 3]);
    const executor = (await executors[name]!())!;
    const executable = await executor.compile({ inputs: [x], outputs: new Map([['y', op.negate(x)]]) });
    const feed = (values: Values, key = 'x') => executable.run(new Map([[key, values]]));
    await expect(feed(new Float32Array(5))).rejects.toThrow('input x of a tensor graph: 5 values for shape [2,3]');
    await expect(feed(new Float64Array(6))).rejects.toThrow('input x of a tensor graph: Float64Array for float32');
    await expect(feed(new Float32Array(6), 'z')).rejects.toThrow(
      'input x of a tensor graph: nothing is fed; there are feeds for z',
    );
    await expect(
      executable.run(
        new Map([
          ['x', new Float32Array(6)],
          ['z', new Float32Array(1)],
        ]),
      ),
    ).rejects.toThrow('z is fed, but is not an input');
    expect((await feed(new Float32Array(6).fill(2))).get('y')).toEqual(new Float32Array(6).fill(-2));
    await executable.dispose();
  });

  it('refuses graphs that do not hold together', async () => {
    const [x, again, y] = [op.input('x', [2]), op.input('x', [2]), op.input('y', [2])];
    const executor = (await executors[name]!())!;
    const compile = (inputs: (typeof x)[], outputs: [string, typeof x][]) =>
      executor.compile({ inputs, outputs: new Map(outputs) });
    await expect(compile([x, again], [['z', x]])).rejects.toThrow('two inputs or outputs are called x');
    await expect(compile([x], [['x', x]])).rejects.toThrow('two inputs or outputs are called x');
    await expect(compile([x], [])).rejects.toThrow('it has no outputs');
    await expect(compile([x], [['z', y]])).rejects.toThrow("input y is used but not among the graph's inputs");
  });

  it('gives inputs, constants and one node under several names', async () => {
    const [x, unused] = [op.input('x', [2]), op.input('unused', [])];
    const y = op.stopGradient(op.negate(x));
    const graph = {
      inputs: [x, unused],
      outputs: new Map([
        ['same', x],
        ['five', op.constant(5, [2])],
        ['y', y],
        ['z', y],
        ['v0', op.add(y, 1)],
      ]),
    };
    const executor = (await executors[name]!())!;
    const executable = await executor.compile(graph);
    const fed = Float32Array.of(1, 2);
    const found = await executable.run(
      new Map([
        ['x', fed],
        ['unused', Float32Array.of(1)],
      ]),
    );
    expect([...found].map(([key, values]) => [key, ...values])).toEqual([
      ['same', 1, 2],
      ['five', 5, 5],
      ['y', -1, -2],
      ['z', -1, -2],
      ['v0', 0, -1],
    ]);
    found.get('same')![0] = 7;
    expect(fed[0]).toBe(1);
    await executable.dispose();
  });

  it('reads views, of shared memory too', async () => {
    const x = op.input('x', [2]);
    const executable = await (await executors[name]!())!.compile({
      inputs: [x],
      outputs: new Map([['y', op.negate(x)]]),
    });
    for (const buffer of [new ArrayBuffer(16), new SharedArrayBuffer(16)]) {
      new Float32Array(buffer).set([1, 2, 3, 4]);
      const found = await executable.run(new Map([['x', new Float32Array(buffer, 4, 2)]]));
      expect([...found.get('y')!]).toEqual([-2, -3]);
    }
    await executable.dispose();
  });
});

it('TensorFlow.js refuses float64 and leaks no tensor', async () => {
  const executor = await chooseExecutor('tensorflow');
  const x = op.input('x', [2], 'float64');
  const error = await executor
    .compile({ inputs: [x], outputs: new Map([['y', op.negate(x)]]) })
    .catch((caught) => caught);
  expect(error.message).toBe(
    'error[no-float64]: executor tensorflow: TensorFlow.js computes in float32 only, and this graph has a input in float64\n' +
      '  help: use the executor onnxruntime',
  );
  const { default: tf } = (await import('@tensorflow/tfjs-core')) as unknown as {
    default: { memory(): { numTensors: number } };
  };
  const before = tf.memory().numTensors;
  const made = makeCase('conv2d_kernel_gradient', 3);
  const executable = await executor.compile({ inputs: made.inputs, outputs: new Map([['y', op.add(made.node, 2)]]) });
  for (let step = 0; step < 5; step++) await executable.run(feedsInDType(made));
  await executable.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it('ONNX Runtime names the operation that has no float64 kernel', async () => {
  const executor = await chooseExecutor('onnxruntime');
  for (const kind of float32Only) {
    const made = makeCase(kind, 1, 'float64');
    const error = await executor
      .compile({ inputs: made.inputs, outputs: new Map([['y', made.node]]) })
      .catch((caught) => caught);
    expect(error.message).toContain(`ONNX Runtime cannot compute ${kind} in float64`);
  }
});
