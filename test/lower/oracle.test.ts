/** Lowered networks, interpreted, against a second evaluation written from the words of the description's format. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { directedVectors } from '../../src/verify/vectors.js';
import { axol1tlVersions, readAxol1tl } from '../support/axol1tl.js';
import {
  type DescribedNetwork,
  descriptionOracle,
  type OracleResult,
  oraclePrecision,
  readFormat,
} from '../support/description-oracle.js';
import { modePairs } from '../support/mode-pairs.js';
import { checkAgainstOracle } from '../support/oracle-check.js';
import { DescriptionGenerator } from '../support/random-description.js';
import { testSeed } from '../support/seed.js';
import { requireSharedData } from '../support/shared-data.js';

const modules = { parsePrecision, readNetwork, lower, interpreterOf };
const networkCount = 700;
const vectorCount = 64;

it(`lowers ${networkCount} random descriptions to what they say, in ${vectorCount} vectors each`, () => {
  const seed = testSeed(1);
  const generator = new DescriptionGenerator(Random.seeded(seed));
  const roles = new Map<string, Set<string>>();
  const wrong: string[] = [];
  let values = 0;
  let steps = 0;
  const convs = { whole: 0, productByProduct: 0 };
  for (let number = 0; number < networkCount; number++) {
    const { description, precision } = generator.next();
    const { difference, ...compared } = checkAgainstOracle(modules, description, precision, (program) => {
      const made = (part: string): number => program.ops.filter(({ id }) => id.endsWith(part)).length;
      steps += made('.step_0.accumulator');
      convs.productByProduct += made('.met');
      convs.whole += program.ops.filter(({ id, kind }) => kind === 'conv' && id.endsWith('.product')).length;
      return directedVectors(program, vectorCount, Random.seeded(seed + number));
    });
    values += compared.values;
    if (difference !== undefined) wrong.push(`seed ${seed}, network ${number}, ${difference}`);
    noteModes(description, roles);
  }
  console.log(
    `${networkCount} random descriptions (seed ${seed}), ${networkCount * vectorCount} vectors, ${values} values compared ` +
      `with the oracle; ${steps} accumulators step by step; ${convs.whole} convolutions as one operation, ` +
      `${convs.productByProduct} product by product`,
  );
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(
    Math.min(steps, convs.whole, convs.productByProduct),
    'ways to lower a sum that were seldom taken',
  ).toBeGreaterThan(60);
  expect(Object.fromEntries([...roles].map(([role, pairs]) => [role, pairs.size]))).toEqual(
    Object.fromEntries(rolesOfTypes.map((role) => [role, modePairs.length])),
  );
});

/** Every key of a description that holds the type of a result; those of dense layers and of the score by themselves. */
const rolesOfTypes = [
  'hardware_format',
  'offset_format',
  'scaled_format',
  'input_format',
  'dense accum_format',
  'dense result_format',
  'conv2d accum_format',
  'conv2d result_format',
  'relu result_format',
  'leaky_relu result_format',
  'cast result_format',
  'score difference_format',
  'score product_format',
  'score accum_format',
  'score result_format',
  'score then',
] as const;

/** Notes which mode pairs the types of a description have: role -> pairs. */
function noteModes(description: DescribedNetwork, roles: Map<string, Set<string>>): void {
  const parts: readonly (readonly [string, object])[] = [
    ['', description],
    ...description.layers.map((layer) => [`${layer.kind} `, layer] as const),
    ['score ', description.score ?? {}],
  ];
  for (const [prefix, part] of parts) {
    for (const [key, value] of Object.entries(part)) {
      const role = rolesOfTypes.find((known) => known === `${prefix}${key}`);
      if (role === undefined) continue;
      const { rounding, overflow } = readFormat(value as string);
      roles.set(role, (roles.get(role) ?? new Set()).add(`${rounding},${overflow}`));
    }
  }
}

describe('an accumulator worked out by hand', () => {
  /** One neuron with equal weights, inputs of ap_fixed<6,4>, its result as wide as its accumulator. */
  const neuron = (accumulator: string, weight: number, bias: number): DescribedNetwork => ({
    name: 'neuron',
    inputs: 3,
    input_format: 'ap_fixed<6,4>',
    layers: [
      {
        kind: 'dense',
        name: 'y',
        weights: [[weight], [weight], [weight]],
        bias: [bias],
        accum_format: accumulator,
        result_format: 'ap_fixed<12,8>',
      },
    ],
  });

  it.each([
    // 0.75 three times, and each product becomes 0.5.
    ['truncates every product', 'ap_fixed<8,7>', 1, 0, [0.75, 0.75, 0.75], 1.5],
    ['truncates the bias', 'ap_fixed<8,7>', 1, 0.75, [0, 0, 0], 0.5],
    // -0.75 becomes -1 each time, not -2.25 in all.
    ['truncates toward minus infinity', 'ap_fixed<8,8>', 1, 0, [-0.75, -0.75, -0.75], -3],
    // 0.25 is a tie and goes to the even 0; 0.75 to 1.
    ['rounds every product to even', 'ap_fixed<8,7,AP_RND_CONV>', 1, 0, [0.25, 0.75, 0.25], 1],
    ['saturates on the way', 'ap_fixed<4,3,AP_TRN,AP_SAT>', 1, 0, [3, 3, -3], 0.5],
    ['saturates by the order of the inputs', 'ap_fixed<4,3,AP_TRN,AP_SAT>', 1, 0, [-3, 3, 3], 3],
    ['saturates a product before it is added', 'ap_fixed<4,3,AP_TRN,AP_SAT>', 2, -4, [3, 0, 0], -0.5],
    ['becomes zero out of range', 'ap_fixed<4,3,AP_TRN,AP_SAT_ZERO>', 1, 0, [3, 3, 1], 1],
    ['wraps around without a sign', 'ap_ufixed<4,2>', 1, 0, [3, 3, -0.5], 1.5],
    ['wraps around and comes back', 'ap_fixed<5,3>', 1, 0, [3, 3, -3], 3],
  ] as const)('%s', (_, accumulator, weight, bias, event, expected) => {
    const network = neuron(accumulator, weight, bias);
    const { program } = lower(readNetwork(JSON.stringify(network), 'neuron', parsePrecision([])));
    const raws = event.map((value) => BigInt(4 * value));
    expect(descriptionOracle(network, oraclePrecision([]))(raws).layers[0]!.raws).toEqual([BigInt(16 * expected)]);
    expect(interpreterOf(program)(raws).get('y')).toEqual([BigInt(16 * expected)]);
  });
});

describe.each(axol1tlVersions)('AXOL1TL %s', (version) => {
  it('is the oracle in every layer and the score', (ctx) => {
    const { description, events } = readAxol1tl(requireSharedData(ctx), version);
    const { values, difference } = checkAgainstOracle(modules, description, [], () => events.slice(0, 300));
    console.log(`AXOL1TL ${version}: 300 events, ${values} values compared with the oracle`);
    const widths = { v4: 57 + 28 + 28 + 15 + 15 + 8 + 8 + 1, v6: 57 + 2 * (29 + 10 + 9 + 6 + 6 + 9) + 4 + 10 + 1 };
    expect({ values, difference }).toEqual({ values: 300 * widths[version], difference: undefined });
  });

  it('gives the official score of every event', (ctx) => {
    const { description, events, scores } = readAxol1tl(requireSharedData(ctx), version);
    const { program } = lower(readNetwork(JSON.stringify(description), version, parsePrecision([])));
    const simulate = interpreterOf(program);
    const equal = events.filter((event, index) => simulate(event).get('score')![0] === scores[index]).length;
    console.log(`AXOL1TL ${version}: ${equal} of ${scores.length} official scores`);
    expect([equal, events.length, scores.length]).toEqual([7128, 7128, 7128]);
  });

  it('is the oracle with accumulators that lose bits at every step', (ctx) => {
    const { description, events } = readAxol1tl(requireSharedData(ctx), version);
    const few = events.slice(0, 40);
    const usual = few.map(descriptionOracle(description, oraclePrecision([])));
    for (const type of lossyAccumulators) {
      const changed = withAccumulators(description, type);
      const { difference } = checkAgainstOracle(modules, changed, [], () => few);
      expect(difference, type).toBeUndefined();
      const other = few.map(descriptionOracle(changed, oraclePrecision([])));
      const isFelt = other.some((result, index) => scoreOf(result) !== scoreOf(usual[index]!));
      expect(isFelt, `${type} changes a score`).toBe(true);
    }
  });
});

/** Products of these networks have 5 to 11 fraction bits; their sums reach beyond 32. */
const lossyAccumulators = [
  'ap_fixed<16,12>',
  'ap_fixed<16,12,AP_TRN_ZERO>',
  'ap_fixed<16,12,AP_RND>',
  'ap_fixed<16,12,AP_RND_ZERO>',
  'ap_fixed<16,12,AP_RND_MIN_INF>',
  'ap_fixed<16,12,AP_RND_INF>',
  'ap_fixed<16,12,AP_RND_CONV>',
  'ap_fixed<16,5,AP_TRN,AP_SAT>',
  'ap_fixed<16,5,AP_TRN,AP_SAT_ZERO>',
  'ap_fixed<16,5,AP_TRN,AP_SAT_SYM>',
  'ap_fixed<9,5,AP_RND_CONV,AP_SAT>',
  'ap_ufixed<16,5>',
  'ap_ufixed<9,6,AP_RND_MIN_INF>',
  'ap_ufixed<10,5,AP_RND_INF,AP_SAT_ZERO>',
];

function withAccumulators(description: DescribedNetwork, type: string): DescribedNetwork {
  return {
    ...description,
    layers: description.layers.map((layer) => (layer.kind === 'dense' ? { ...layer, accum_format: type } : layer)),
    score: { ...description.score!, accum_format: type },
  };
}

function scoreOf({ score }: OracleResult): bigint {
  return score!.raws[0]!;
}
