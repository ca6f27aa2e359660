/** Convolutions: values worked out by hand, every shape of padding and stride in all legs, the program that is chosen. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withTemporaryDirectory } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { emitModel } from '../../src/compile/emit-model.js';
import { inspectModel } from '../../src/compile/inspect-model.js';
import { loadModel } from '../../src/compile/model.js';
import { defaultHlsOptions } from '../../src/emit/hls/project.js';
import { elementCount, type Program } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { defaultPrecision, parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { directedVectors } from '../../src/verify/vectors.js';
import type {
  DescribedConv2d,
  DescribedLayer,
  DescribedNetwork,
  DescribedNumber,
} from '../support/description-oracle.js';
import { checkNetwork } from '../support/network-check.js';
import { checkAgainstOracle } from '../support/oracle-check.js';
import { tools } from '../support/tools.js';

const modules = { parsePrecision, readNetwork, lower, interpreterOf };
const example = fileURLToPath(new URL('../../fixtures/networks/calorimeter-trigger.json', import.meta.url));

function lowered(network: DescribedNetwork): Program {
  return lower(readNetwork(JSON.stringify(network), 'conv.json', parsePrecision([]))).program;
}

/** A network of whole numbers that reads `inputs` of them. */
function network(inputs: number, ...layers: DescribedLayer[]): DescribedNetwork {
  return { name: 'conv', inputs, input_format: 'ap_fixed<5,5>', layers };
}

/** weights[row][column][channel][filter] from a number for each. */
function kernel(
  [rows, columns, channels, filters]: readonly [number, number, number, number],
  weight: (row: number, column: number, channel: number, filter: number) => DescribedNumber,
): DescribedNumber[][][][] {
  const list = <T>(length: number, make: (index: number) => T): T[] =>
    Array.from({ length }, (_, index) => make(index));
  return list(rows, (r) =>
    list(columns, (column) => list(channels, (c) => list(filters, (f) => weight(r, column, c, f)))),
  );
}

describe('by hand', () => {
  const result_format = 'ap_fixed<12,12>';
  const event = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(BigInt);
  const valuesOf = (layer: Partial<DescribedConv2d> & Pick<DescribedConv2d, 'weights'>): number[] => {
    const described: DescribedConv2d = { kind: 'conv2d', name: 'y', input_shape: [3, 3, 1], result_format, ...layer };
    return interpreterOf(lowered(network(9, described)))(event)
      .get('y')!
      .map(Number);
  };
  /** 1 2 / 3 4: correlated with 1..9 in rows of three. */
  const weights = kernel([2, 2, 1, 1], (row, column) => 1 + 2 * row + column);

  it.each([
    // 1*1 + 2*2 + 3*4 + 4*5 = 37 and so on: the kernel is not turned.
    ['valid by default', {}, [37, 47, 67, 77]],
    ['a bias for each filter', { bias: [100] }, [137, 147, 167, 177]],
    ['two steps down, one across', { strides: [2, 1] }, [37, 47]],
    // One column to the right and one row below, as the zeros are odd.
    ['same', { padding: 'same' }, [37, 47, 21, 67, 77, 33, 23, 26, 9]],
    // ceil(3/2) = 2 positions, one zero below and to the right.
    ['same in steps of two', { padding: 'same', strides: [2, 2] }, [37, 21, 23, 9]],
    ['zeros above and to the left', { padding: [1, 0, 1, 0] }, [4, 11, 18, 18, 37, 47, 36, 67, 77]],
    ['nothing but zeros under the kernel', { padding: [4, 0, 0, 0], strides: [7, 1], bias: [5] }, [5, 5]],
    ['each product truncated', { accum_format: 'ap_fixed<12,13>' }, [36, 46, 66, 76]],
    ['a sum that clamps on its way', { bias: [-20], accum_format: 'ap_fixed<6,6,AP_TRN,AP_SAT>' }, [17, 27, 31, 31]],
  ] as const)('%s', (_, keys, expected) => {
    const { padding, strides, bias, ...rest } = keys as Partial<DescribedConv2d>;
    const given = { ...(padding && { padding }), ...(strides && { strides }), ...(bias && { bias }) };
    expect(valuesOf({ weights, ...given, ...rest })).toEqual(expected);
  });

  it('channels lie together, filters too; what follows reads row by row', () => {
    const twoChannels: DescribedConv2d = {
      kind: 'conv2d',
      name: 'y',
      input_shape: [1, 2, 2],
      weights: kernel([1, 1, 2, 3], (_row, _column, channel, filter) => (channel + 1) * 10 ** filter),
      result_format: 'ap_fixed<16,16>',
    };
    const picked: DescribedLayer = {
      kind: 'dense',
      name: 'z',
      weights: [[1], [2], [3], [0], [0], [1]],
      result_format: 'ap_fixed<16,16>',
    };
    const trace = interpreterOf(lowered(network(4, twoChannels, picked)))([1n, 2n, 3n, 4n]);
    expect(trace.get('y')).toEqual([5n, 50n, 500n, 11n, 110n, 1100n]);
    expect(trace.get('z')).toEqual([5n + 2n * 50n + 3n * 500n + 1100n]);
  });
});

describe('the program that is chosen', () => {
  const opsWith = (accumulator: DescribedConv2d['accum_format']): string[] => {
    const layer: DescribedConv2d = {
      kind: 'conv2d',
      name: 'y',
      input_shape: [3, 3, 1],
      weights: kernel([2, 2, 1, 2], (row, column) => 0.5 + row - column),
      strides: [2, 1],
      padding: 'same',
      result_format: 'ap_fixed<12,8>',
      ...(accumulator === undefined ? {} : { accum_format: accumulator }),
    };
    return lowered(network(9, layer)).ops.map(({ kind }) => kind);
  };

  it.each([
    ['no accumulator', undefined],
    ['one that wraps', 'ap_fixed<4,3>'],
    ['one that clamps and is wide enough', 'ap_fixed<12,10,AP_RND,AP_SAT>'],
  ])('one convolution: %s', (_, accumulator) => {
    expect(opsWith(accumulator).filter((kind) => kind === 'conv' || kind === 'multiply')).toEqual(['conv']);
  });

  it('products one by one, summed at once, where the accumulator truncates', () => {
    const kinds = opsWith('ap_fixed<12,12>');
    expect(kinds.filter((kind) => ['multiply', 'sum', 'add'].includes(kind))).toEqual(['multiply', 'sum', 'add']);
  });

  it('step by step where it clamps', () => {
    const kinds = opsWith('ap_fixed<6,5,AP_TRN,AP_SAT>');
    expect(kinds.filter((kind) => ['multiply', 'sum', 'add'].includes(kind))).toEqual([
      'multiply',
      'add',
      'add',
      'add',
      'add',
    ]);
  });

  it('a stride that is never made costs nothing', () => {
    const layer: DescribedConv2d = {
      kind: 'conv2d',
      name: 'y',
      input_shape: [3, 3, 1],
      weights: kernel([3, 3, 1, 1], () => 0.5),
      strides: [65536, 65536],
      accum_format: 'ap_fixed<6,6>',
    };
    expect(Math.max(...lowered(network(9, layer)).ops.map(({ type }) => elementCount(type)))).toBe(9);
  });

  it('refuses more products than a program can hold, and says why', () => {
    const layer: DescribedConv2d = {
      kind: 'conv2d',
      name: 'wide',
      input_shape: [64, 64, 1],
      weights: kernel([8, 8, 1, 8], () => 1),
      padding: 'same',
      accum_format: 'ap_fixed<8,8,AP_TRN,AP_SAT>',
    };
    expect(() => lowered(network(64 * 64, layer))).toThrow(
      'error[too-large]: layers[0].accum_format: "wide" needs 2097152 products one by one, since its accumulator rounds or ' +
        'clamps them; axoc handles 1048576',
    );
  });
});

/** Accumulators: none, one that wraps, one that truncates, one that rounds and clamps step by step. */
const accumulators = [undefined, 'ap_fixed<9,6>', 'ap_fixed<8,7>', 'ap_fixed<8,6,AP_RND_CONV,AP_SAT>'];

/** Convolutions of a 5 x 4 x 2 image, one reading flat inputs each, and of single pixels. */
function everyGeometry(accumulator: string | undefined): DescribedNetwork {
  const random = Random.seeded(11);
  const weight = (): number => random.integer(-7, 7) / 4;
  const conv = (name: string, size: readonly [number, number, number, number], keys: object): DescribedConv2d => ({
    kind: 'conv2d',
    name,
    weights: kernel(size, weight),
    bias: Array.from({ length: size[3] }, weight),
    ...(accumulator === undefined ? {} : { accum_format: accumulator }),
    result_format: 'ap_fixed<9,6,AP_RND,AP_SAT>',
    ...keys,
  });
  const image = { input: 'input', input_shape: [5, 4, 2] };
  const pixel = { input: 'small', input_shape: [1, 1, 2] };
  const layers: DescribedLayer[] = [
    conv('valid', [3, 2, 2, 2], image),
    conv('same', [3, 3, 2, 2], { ...image, padding: 'same' }),
    conv('same two', [3, 3, 2, 2], { ...image, padding: 'same', strides: [2, 2] }),
    conv('even same', [2, 4, 2, 1], { ...image, padding: 'same', strides: [1, 2] }),
    conv('thinned', [1, 1, 2, 2], { ...image, strides: [3, 2] }),
    conv('lopsided', [2, 3, 2, 1], { ...image, padding: [0, 3, 2, 0], strides: [3, 2] }),
    conv('whole', [5, 4, 2, 3], image),
    conv('by channel', [1, 1, 3, 2], { input: 'whole' }),
    {
      kind: 'dense',
      name: 'small',
      input: 'same two',
      weights: Array.from({ length: 12 }, () => [weight(), weight()]),
    },
    conv('pixel', [1, 1, 2, 2], pixel),
    conv('pixel same', [3, 3, 2, 1], { ...pixel, padding: 'same', strides: [2, 2] }),
    { kind: 'leaky_relu', name: 'leaky', input: 'same', slope: 0.125, result_format: 'ap_fixed<8,6,AP_TRN_ZERO>' },
    conv('chained', [2, 2, 2, 1], { input: 'leaky', strides: [2, 1] }),
  ];
  return {
    name: 'geometry',
    inputs: 40,
    input_format: 'ap_fixed<4,3>',
    layers,
    score: { kind: 'sum-of-squared-difference', of: 'chained', minus: 'lopsided', result_format: 'ap_ufixed<16,12>' },
  };
}

describe.each(accumulators)('every geometry, accumulator %s', (accumulator) => {
  it('is the oracle, in all legs', async () => {
    const described = everyGeometry(accumulator);
    const program = lowered(described);
    const vectors = directedVectors(program, 96, Random.seeded(5));
    expect(checkAgainstOracle(modules, described, [], () => vectors).difference).toBeUndefined();
    await withTemporaryDirectory(async (directory) => {
      const legs = ['interpreter', 'wasm', 'hls'] as const;
      const { compared, failure } = await checkNetwork(tools, program, vectors, { legs, directory });
      expect(failure).toBeUndefined();
      expect([...compared.values()].map((count) => count.vectors)).toEqual([96, 96, 96]);
    });
  });
});

describe('the calorimeter example', () => {
  it('is the oracle', () => {
    const described = JSON.parse(readFileSync(example, 'utf8')) as DescribedNetwork;
    const { values, difference } = checkAgainstOracle(modules, described, [], (program) =>
      directedVectors(program, 128, Random.seeded(3)),
    );
    expect(difference).toBeUndefined();
    expect(values).toBe(128 * (64 + 48 + 48 + 16 + 16 + 3 + 1));
  });

  it('counts products with weights as such, formed at once or one by one', async () => {
    const summary = inspectModel(await loadModel(example, { precision: defaultPrecision, checkEachPass: false }));
    const { layers } = JSON.parse(readFileSync(example, 'utf8')) as { layers: { weights: number[][][][] }[] };
    const isProduct = (weight: number): boolean => weight !== 0 && !Number.isInteger(Math.log2(Math.abs(weight)));
    // Without padding every weight of the second convolution meets something at each of its four positions.
    const clusters = layers[2]!.weights.flat(3).filter(isProduct).length;
    expect(summary.find(({ name }) => name === 'clusters')).toMatchObject({
      constantProducts: 4 * clusters,
      products: 0,
    });
    expect(summary.find(({ name }) => name === 'score')).toMatchObject({ constantProducts: 0, products: 3 });
  });

  it('becomes a verified HLS project', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'axoc-conv-'));
    try {
      const out = path.join(directory, 'project');
      const model = await loadModel(example, { precision: defaultPrecision, checkEachPass: true });
      expect(model.warnings).toEqual([]);
      const options = { directed: 64, seed: 1, without: ['hls-vendor'], hls: defaultHlsOptions, out } as const;
      const { legs } = await emitModel(model, [], options);
      expect(legs.filter(({ vectors }) => vectors === 64).map(({ leg }) => leg)).toEqual([
        'interpreter',
        'wasm',
        'onnx',
        'hls',
      ]);
      expect(readFileSync(path.join(out, 'firmware/calorimeter_trigger.cpp'), 'utf8')).toContain('towers');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
