/** The exact ONNX model: in ONNX Runtime it is the interpreter, bit for bit. */
import { describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { type ExactOptions, exactModel } from '../../src/emit/onnx/exact-model.js';
import { makeFormat, overflows, parseFormat, roundings, whyUnsupported } from '../../src/fixed/format.js';
import { ProgramBuilder } from '../../src/ir/builder.js';
import { opKinds, type Program, sizeOf } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { readOnnx } from '../../src/onnx/read.js';
import { loadRuntime, loadWebRuntime } from '../../src/onnx/runtime.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { runPasses } from '../../src/passes/passes.js';
import { type OnnxLegOptions, onnxLeg, openExact } from '../../src/verify/onnx-leg.js';
import { directedVectors, type Vector } from '../../src/verify/vectors.js';
import { referenceOf, verify } from '../../src/verify/verify.js';
import { axol1tlVersions, readAxol1tl } from '../support/axol1tl.js';
import { Exercised } from '../support/exercised.js';
import { randomNetworks } from '../support/random-networks.js';
import { testSeed } from '../support/seed.js';
import { requireSharedData } from '../support/shared-data.js';

const plain: ExactOptions = { opset: 13, trace: false, name: 'a model', version: '0.0.0', facts: { more: 'told' } };

/** What disagrees, in words; undefined when nothing does. */
async function difference(program: Program, vectors: readonly Vector[], options: OnnxLegOptions = {}) {
  const leg = await onnxLeg(program, options);
  const { mismatch, legs } = await verify(referenceOf(program, vectors), [leg]);
  if (mismatch === undefined) return { values: legs[0]!.values };
  const { value, element, found, expected, vector } = mismatch;
  return { values: 0, wrong: `${value}[${element}] is ${found}, not ${expected}, for [${vector.join(', ')}]` };
}

/** Whether int64 is wide enough for a program. */
function fits(program: Program): boolean {
  try {
    exactModel(program, plain);
    return true;
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return false;
    throw error;
  }
}

function programOf(build: (builder: ProgramBuilder) => string): Program {
  const builder = new ProgramBuilder();
  return builder.build('small', [build(builder)]);
}

const type = (text: string) => [parseFormat(text, text)];

describe('random networks', () => {
  it('agree as lowered and after all passes: every operation, every pair of modes', async () => {
    const seed = testSeed(1);
    const exercised = new Exercised();
    const kinds = new Set<string>();
    const wrong: string[] = [];
    let [ran, values] = [0, 0];
    for (const { name, seed: ownSeed, program } of randomNetworks(seed)) {
      if (ran >= 300) break;
      for (const version of [program, runPasses(program)]) {
        if (!fits(version)) continue;
        const vectors = directedVectors(program, 64, Random.seeded(ownSeed));
        const found = await difference(version, vectors);
        if (found.wrong !== undefined) wrong.push(`${name}: ${found.wrong}`);
        exercised.addTraces(version, referenceOf(version, vectors).traces);
        for (const { kind } of version.ops) kinds.add(kind);
        values += found.values;
        ran++;
      }
    }
    expect(wrong).toEqual([]);
    expect(values).toBeGreaterThan(500_000);
    expect([...kinds].sort()).toEqual([...opKinds].sort());
    expect(exercised.seldomPairs).toEqual([]);
  }, 300_000);

  it('agree in the WebAssembly runtime, and in the newest operator set', async () => {
    const runtime = await loadWebRuntime();
    let ran = 0;
    for (const { seed, program } of randomNetworks(testSeed(1) + 500)) {
      if (ran === 40) break;
      if (!fits(program)) continue;
      const vectors = directedVectors(program, 16, Random.seeded(seed));
      expect(await difference(program, vectors, { runtime })).not.toHaveProperty('wrong');
      expect(await difference(program, vectors, { opset: 18 })).not.toHaveProperty('wrong');
      ran++;
    }
  }, 300_000);
});

/**
 * Casts of x * 2^scale + offset to formats of 1 to 4 bits whose unit is 2^(scale + extra), in all 28 pairs of modes: x runs through all ties and all
 * overflows. One cast for each format, and all of them together as elements of one.
 */
function castsOf(scale: number, offset: bigint, extra: number): Program {
  const builder = new ProgramBuilder();
  const formats = roundings.flatMap((rounding) =>
    overflows.flatMap((overflow) =>
      [true, false].flatMap((signed) =>
        [1, 2, 4].map((bits) => makeFormat(signed, bits, bits + scale + extra, rounding, overflow)),
      ),
    ),
  );
  const legal = formats.filter((format) => whyUnsupported(format) === undefined);
  builder.input('x', [1], [makeFormat(true, 6, 6)]);
  builder.exact({ id: 'x.shifted', kind: 'shift', operand: 'x', by: [-scale] });
  const format = makeFormat(true, scale + 8, scale + 8);
  builder.constant('c', { shape: [legal.length], format, raws: legal.map(() => offset) });
  builder.exact({ id: 'many', kind: 'add', left: 'x.shifted', right: 'c' });
  builder.exact({ id: 'one', kind: 'slice', operand: 'many', from: [0], to: [1] });
  const outputs = [builder.cast('together', 'many', legal)];
  for (const [number, each] of legal.entries()) outputs.push(builder.cast(`y${number}`, 'one', [each]));
  return builder.build('casts', outputs);
}

describe('every pair of modes, exhaustively', () => {
  it.each([
    ['in float64', 0],
    ['where float64 ends', 46],
    ['in int64', 51],
  ])(
    '%s',
    async (_, scale) => {
      const everyCode = Array.from({ length: 64 }, (_, code) => [BigInt(code - 32)]);
      const unit = 1n << BigInt(scale);
      let values = 0;
      // The last two make numbers that are never, and always, negative.
      for (const offset of [0n, 1n, unit / 2n, 32n * unit, -33n * unit]) {
        for (const extra of [0, 1, 2, 5, 7]) {
          const found = await difference(castsOf(scale, offset, extra), everyCode);
          expect(found).not.toHaveProperty('wrong');
          values += found.values;
        }
      }
      expect(values).toBeGreaterThan(5 * 5 * 64 * 2 * 160);
    },
    120_000,
  );
});

describe('AXOL1TL', () => {
  for (const version of axol1tlVersions) {
    it(`${version}: the official score of every event in operator set 13`, async (ctx) => {
      const { description, events, scores } = readAxol1tl(requireSharedData(ctx), version);
      const network = readNetwork(JSON.stringify(description), version, parsePrecision([]));
      const program = runPasses(lower(network).program);
      const exact = exactModel(program, plain);
      const bytes = writeOnnx(exact.model);
      expect(readOnnx(bytes, version)).toMatchObject({ irVersion: 8, opsets: { '': 13 } });
      const session = await openExact(program, exact, bytes, await loadRuntime());
      const found = (await session.traces(events)).map((trace) => trace.get(program.outputs[0]!)![0]!);
      expect(found).toEqual(scores);
      expect(found).toHaveLength(7128);
    });
  }
});

describe('the narrowest carrier that holds everything', () => {
  const matrixOf = (program: Program): string | undefined => {
    const { graph } = exactModel(program, plain).model;
    const node = graph.nodes.find(({ operator }) => operator === 'MatMul')!;
    return graph.initializers.find(({ name }) => name === node.inputs[1])?.type;
  };
  /** A sum of two terms of at most 2^bits each, which cancel when both are at their ends. */
  const sumOf = (bits: number): Program =>
    programOf((builder) => {
      builder.input('x', [2], type(`ap_ufixed<${bits - 1},${bits - 1}>`));
      const weights = { shape: [2, 1], format: makeFormat(true, 4, 4), raws: [2n, -2n] };
      return builder.exact({ id: 'y', kind: 'dense', operand: 'x', weights });
    });

  it('is float64 up to 53 bits, partial sums included, and int64 beyond', async () => {
    expect(matrixOf(sumOf(53))).toBe('float64');
    expect(matrixOf(sumOf(54))).toBe('int64');
    for (const bits of [53, 54, 62]) {
      const high = (1n << BigInt(bits - 1)) - 1n;
      const ends = [0n, 1n, high - 1n, high];
      const vectors = ends.flatMap((a) => ends.map((b) => [a, b]));
      expect(await difference(sumOf(bits), vectors)).toEqual({ values: 3 * vectors.length });
    }
  });

  it.each([
    ['of a list', [5], 0],
    ['of columns', [3, 4], 0],
    ['of rows', [3, 4], 1],
    ['of a single column', [4, 1], 1],
    ['along the first of three axes', [2, 3, 4], 0],
    ['along the second', [2, 3, 4], 1],
    ['along the third', [2, 3, 4], 2],
  ] as const)('adds up to the last of 60 bits: sums %s', async (_, shape, axis) => {
    const program = programOf((builder) => {
      builder.input('x', shape, type('ap_fixed<58,30>'));
      return builder.exact({ id: 'y', kind: 'sum', operand: 'x', axis });
    });
    const random = Random.seeded(21);
    const count = sizeOf(shape);
    const vectors = Array.from({ length: 20 }, () =>
      Array.from({ length: count }, () =>
        BigInt.asIntN(58, (BigInt(random.integer(0, 2 ** 30)) << 29n) | BigInt(random.integer(0, 2 ** 29 - 1))),
      ),
    );
    expect(await difference(program, vectors)).toEqual({ values: vectors.length * (count + count / shape[axis]!) });
  });

  it('compares, limits and chooses numbers whose low 32 bits tell otherwise', async () => {
    const program = programOf((builder) => {
      builder.input('x', [2], type('ap_fixed<60,60>'));
      builder.exact({
        id: 'flipped',
        kind: 'concat',
        operands: ['x.high', 'x.low'].map((id, index) => slice(id, index)),
        axis: 0,
      });
      builder.exact({ id: 'max', kind: 'max', left: 'x', right: 'flipped' });
      builder.exact({ id: 'relu', kind: 'relu', operand: 'x' });
      builder.cast('limited', 'x', type('ap_fixed<40,40,AP_TRN,AP_SAT>'));
      return builder.exact({ id: 'less', kind: 'compare', relation: 'less', left: 'x', right: 'flipped' });

      function slice(id: string, index: number): string {
        return builder.exact({ id, kind: 'slice', operand: 'x', from: [1 - index], to: [2 - index] });
      }
    });
    const numbers = [0n, 1n, 1n << 31n, 1n << 32n, (1n << 32n) + 1n, 3n << 31n, (1n << 58n) + 1n].flatMap((n) => [
      n,
      -n,
    ]);
    const vectors = numbers.flatMap((a) => numbers.map((b) => [a, b]));
    expect(await difference(program, vectors)).toEqual({ values: vectors.length * 12 });
  });
});

describe('the model', () => {
  const example = programOf((builder) => {
    builder.input('x', [3], type('ap_fixed<8,6,AP_RND,AP_SAT>'));
    const weights = { shape: [3, 2], format: makeFormat(true, 4, 2), raws: [1n, -3n, 2n, 0n, 5n, 7n] };
    builder.exact({ id: 'layer.product', kind: 'dense', operand: 'x', weights });
    return builder.cast('layer', 'layer.product', type('ap_fixed<6,4,AP_RND,AP_SAT>'));
  });

  it('tells what its inputs and outputs are', () => {
    const { model } = exactModel(example, plain);
    expect({ ...model, graph: undefined }).toEqual({
      irVersion: 8,
      opsets: { '': 13 },
      producer: { name: 'axoc', version: '0.0.0' },
      description: 'a model: exact fixed point on raw integers; the value of one is raw * 2^-(W - I) of its type',
      metadata: {
        'axoc.profile': 'exact',
        'axoc.model': 'a model',
        'axoc.inputs': '[{"name":"x","shape":[3],"type":"ap_fixed<8,6,AP_RND,AP_SAT>"}]',
        'axoc.outputs': '[{"name":"layer","shape":[2],"type":"ap_fixed<6,4,AP_RND,AP_SAT>"}]',
        more: 'told',
      },
      graph: undefined,
    });
    expect(model.graph.inputs).toEqual([
      { name: 'x', type: 'int64', shape: ['batch', 3], description: 'raw integers of ap_fixed<8,6,AP_RND,AP_SAT>' },
    ]);
    expect(model.graph.outputs).toEqual([
      { name: 'layer', type: 'int64', shape: ['batch', 2], description: 'raw integers of ap_fixed<6,4,AP_RND,AP_SAT>' },
    ]);
  });

  it('holds no more nodes than the arithmetic needs', () => {
    const { graph } = exactModel(example, plain).model;
    expect(graph.nodes.map(({ name, operator }) => `${operator} ${name}`)).toEqual([
      'Cast x/Cast',
      'MatMul layer.product/MatMul',
      'Add layer/Add',
      'Mul layer/Mul',
      'Floor layer/Floor',
      'Max layer/Max',
      'Min layer/Min',
      'Cast layer',
    ]);
  });

  it('has the same bytes every time', () => {
    const { program } = randomNetworks(7).next().value;
    const bytes = () => writeOnnx(exactModel(program, { ...plain, trace: true }).model);
    expect(Buffer.compare(bytes(), bytes())).toBe(0);
  });

  it('gives what is the same for all events once for each, and inputs that are outputs', async () => {
    const builder = new ProgramBuilder();
    builder.input('x', [2], type('ap_fixed<4,4>'));
    builder.constant('c', { shape: [2], format: makeFormat(false, 3, 3), raws: [5n, 7n] });
    builder.exact({ id: 'both', kind: 'concat', operands: ['c', 'x'], axis: 0 });
    const program = builder.build('same', ['c', 'x', 'both']);
    const { outputs, model } = exactModel(program, plain);
    expect(outputs).toEqual([
      { id: 'c', name: 'c' },
      { id: 'x', name: 'x/output' },
      { id: 'both', name: 'both' },
    ]);
    const session = await openExact(program, { outputs, model }, writeOnnx(model), await loadRuntime());
    expect(
      (
        await session.traces([
          [1n, -2n],
          [3n, 4n],
          [-8n, 7n],
        ])
      ).map((trace) => trace.get('both')),
    ).toEqual([
      [5n, 7n, 1n, -2n],
      [5n, 7n, 3n, 4n],
      [5n, 7n, -8n, 7n],
    ]);
    expect(await difference(program, [[1n, 2n]])).toEqual({ values: 8 });
  });
});

describe('what int64 does not hold', () => {
  it('is refused by name, all of it at once, and not what is made of it', () => {
    const program = programOf((builder) => {
      builder.input('narrow', [1], type('ap_fixed<40,10>'));
      builder.input('wide', [1], type('ap_ufixed<64,1>'));
      builder.exact({ id: 'product', kind: 'multiply', left: 'narrow', right: 'narrow' });
      builder.exact({ id: 'further', kind: 'relu', operand: 'product' });
      return builder.cast('y', 'wide', type('ap_fixed<4,1>'));
    });
    const hint = '\n  help: narrow the types it is made from; C++ and axoc simulate take any width';
    const message = (value: string, bits: number) =>
      `error[onnx-too-wide]: ${value}: computing it exactly takes integers of ${bits} bits and a sign; ONNX has int64: 63 bits and a sign${hint}`;
    expect(() => exactModel(program, plain)).toThrow(`${message('wide', 64)}\n${message('product', 79)}`);
    expect(
      fits(
        programOf((builder) =>
          builder.cast('y', builder.input('x', [1], type('ap_ufixed<63,1>')), type('ap_fixed<4,1>')),
        ),
      ),
    ).toBe(true);
  });
});
