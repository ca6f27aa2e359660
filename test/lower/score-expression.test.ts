/** Score expressions, lowered: by hand, and against the second evaluator. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { printFormat } from '../../src/fixed/format.js';
import { opsById } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { directedVectors } from '../../src/verify/vectors.js';
import type { ScoredByExpression } from '../support/description-oracle.js';
import { checkAgainstOracle } from '../support/oracle-check.js';
import { DescriptionGenerator } from '../support/random-description.js';
import { vectorsOf } from '../support/random-networks.js';
import { RandomScores, scoreOperations } from '../support/random-score.js';
import { testSeed } from '../support/seed.js';

const modules = { parsePrecision, readNetwork, lower, interpreterOf };

/** Inputs in quarters, -8 to 7.75; `mu` and `nu` are the inputs and their doubles; `one` has a single value. */
function network(score: ScoredByExpression['score']): ScoredByExpression {
  const wide = { result_format: 'ap_fixed<8,6>' };
  return {
    name: 'net',
    inputs: 3,
    input_format: 'ap_fixed<6,4>',
    layers: [
      { kind: 'cast', name: 'mu', ...wide },
      {
        kind: 'dense',
        name: 'nu 2',
        weights: [
          [2, 0, 0],
          [0, 2, 0],
          [0, 0, 2],
        ],
        ...wide,
      },
      { kind: 'dense', name: 'one', input: 'input', weights: [[1], [1], [1]], ...wide },
    ],
    score,
  };
}

function scored(score: ScoredByExpression['score'], event: readonly number[], precision: readonly string[] = []) {
  const { program } = lower(readNetwork(JSON.stringify(network(score)), 'net.json', parsePrecision(precision)));
  const [format] = opsById(program).get('score')!.type.formats;
  const [raw] = interpreterOf(program)(event.map((value) => BigInt(4 * value))).get('score')!;
  return { value: Number(raw) * 2 ** (format!.integer - format!.width), type: printFormat(format!) };
}

describe('a score worked out by hand', () => {
  it.each([
    ['sum(mu^2)', [1.5, -2, 0.25], 6.3125],
    ['sum(abs(mu))', [1.5, -2, 0.25], 3.75],
    ['max(mu^2)', [1.5, -2, 0.25], 4],
    ['min(mu)', [1.5, -2, 0.25], -2],
    ['max(mu)', [-3, -2, -5], -2],
    ['sum(mu)', [1, 2, -3.5], -0.5],
    ['sum(mu^3)', [1.5, -2, 0.5], -4.5],
    ['sum(mu^5)', [2, -1, 0], 31],
    ['0.5*sum(mu^2)', [1, 1, 2], 3],
    ['sum(mu^2) / 4', [1, 1, 2], 1.5],
    ['sum(mu) / 0.5', [1, 1, 2], 8],
    ['mu[0] - mu[2]', [1, 5, 2.25], -1.25],
    ['mu[1]', [1, 5, 2], 5],
    ['sum(("nu 2" - input)^2)', [1, -2, 3], 14],
    ['-mu[0]^2', [3, 0, 0], -9],
    ['(-mu[0])^2', [3, 0, 0], 9],
    ['2 - 3 - mu[0]', [1, 0, 0], -2],
    ['sum(max(mu, 0))', [1, -2, 3], 4],
    ['sum(min(mu, 1.5, "nu 2"))', [1, -2, 3], -1.5],
    ['max(sum(mu), one[0], 7)', [1, -2, 3], 7],
    ['sum(one)', [1, -2, 3], 2],
    ['sum(mu .* input) + sum(mu ./ 2) - sum(mu .^ 2)', [1, 2, 5], 4],
    ['(sum(mu) + 1) * (sum(mu) - 1)', [1, 2, 0.5], 11.25],
  ])('%s', (score, event, expected) => {
    expect(scored(score, event).value).toBe(expected);
  });

  it.each([
    ['sum(mu^2)', 'ap_ufixed<12,8>'],
    ['sum(abs(mu))', 'ap_ufixed<7,5>'],
    ['max(abs(mu))', 'ap_ufixed<6,4>'],
    ['sum(mu)', 'ap_fixed<8,6>'],
    ['0.5*sum(mu)', 'ap_fixed<8,5>'],
  ])('%s is as wide as its exact result, %s', (score, type) => {
    // The layer holds numbers of 6 bits, -32 to 31 quarters: its own 8 are not filled.
    expect(scored(score, [1, 1, 1]).type).toBe(type);
  });

  it('gets the type that the description names, or --precision', () => {
    const rounded = {
      kind: 'expression',
      expression: 'sum(mu^2)',
      result_format: 'ap_ufixed<4,3,AP_RND,AP_SAT>',
    } as const;
    expect(scored(rounded, [1.25, 0.5, 0])).toEqual({ value: 2, type: 'ap_ufixed<4,3,AP_RND,AP_SAT>' });
    expect(scored(rounded, [3, 0, 0]).value).toBe(7.5);
    expect(scored(rounded, [1.25, 0.5, 0], ['score=ap_ufixed<8,4>'])).toEqual({
      value: 1.8125,
      type: 'ap_ufixed<8,4>',
    });
    // The default type is for results that have none, and an exact score has one.
    expect(scored('sum(mu^2)', [1.25, 0.5, 0], ['ap_fixed<4,2>']).type).toBe('ap_ufixed<12,8>');
  });
});

const networkCount = 300;

it(`${networkCount} random networks with random expressions are what the oracle reads in them`, () => {
  const seed = testSeed(1);
  const random = Random.seeded(seed);
  const generator = new DescriptionGenerator(random);
  const found = new Map<string, number>();
  const wrong: string[] = [];
  let values = 0;
  for (let number = 0; number < networkCount; number++) {
    const { description, precision } = generator.next();
    const scores = new RandomScores(random, vectorsOf(description, precision));
    const expression = scores.next();
    const type = random.chance(0.3) ? { result_format: 'ap_fixed<12,7,AP_RND_CONV,AP_SAT>' } : {};
    const score = random.chance(0.5) ? expression : ({ kind: 'expression', expression, ...type } as const);
    const { difference, ...compared } = checkAgainstOracle(modules, { ...description, score }, precision, (program) =>
      directedVectors(program, 24, Random.seeded(seed + number)),
    );
    for (const operation of scoreOperations)
      if (expression.includes(operation)) found.set(operation, (found.get(operation) ?? 0) + 1);
    values += compared.values;
    if (difference !== undefined) wrong.push(`seed ${seed}, network ${number}, ${difference}`);
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(values).toBeGreaterThan(networkCount * 24);
  for (const operation of scoreOperations) expect(found.get(operation), operation).toBeGreaterThan(10);
});
