/** Bugs to plant in score expressions: in their lowering, and in the graph that training scores with; and the judges of both. */

import { Random } from '../../src/base/random.js';
import { parseFormat } from '../../src/fixed/format.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import type { Input } from '../../src/tensor/graph.js';
import { input } from '../../src/tensor/ops.js';
import { rangeOfFormat } from '../../src/train/model/exact-range.js';
import { directedVectors } from '../../src/verify/vectors.js';
import type { ScoredByExpression } from '../support/description-oracle.js';
import { checkAgainstOracle } from '../support/oracle-check.js';
import { scoreOracle } from '../support/score-oracle.js';
import { referenceValues } from '../tensor/reference.js';
import { type Judge, reported } from './judges.js';
import type { Plant } from './plants.js';

const length = 5;

/** Together they have every operation; an odd number of values, so that halves overlap. */
const expressions = [
  'sum(a^2) - 0.5 * max(abs(input - a))',
  'max(input * a) + min(-a, input)[3] / 4',
  'max(sum(input), a[1]) + abs(a[4]) * 3',
];

const inputFormat = 'ap_fixed<5,3>';

function scored(score: string): ScoredByExpression {
  const layers = [{ kind: 'cast' as const, name: 'a', result_format: 'ap_fixed<3,3>' }];
  return { name: 'expressed', inputs: length, input_format: inputFormat, layers, score };
}

const lowered: Judge = async (modules) => {
  for (const expression of expressions) {
    const found = await reported(modules, async () => {
      const check = checkAgainstOracle(modules, scored(expression), [], (program) =>
        directedVectors(program, 128, Random.seeded(1)),
      );
      return check.difference?.split('\n')[0];
    });
    if (found !== undefined) return `${expression}: ${found}`;
  }
  return undefined;
};

const events = 64;

/** The copy's graph of a score, on numbers of which the oracle knows the score. */
const trained: Judge = async (modules) => {
  const format = parseFormat(inputFormat, inputFormat);
  const random = Random.seeded(2);
  const raws = (): number[] => Array.from({ length: events * length }, () => random.integer(-16, 15));
  const feeds = { input: raws(), a: raws() };
  const nodes: Readonly<Record<string, Input>> = {
    input: input('input', [events, length]),
    a: input('a', [events, length]),
  };
  for (const expression of expressions) {
    const { score } = readNetwork(JSON.stringify(scored(expression)), 'net.json', parsePrecision([]));
    if (score?.kind !== 'expression') throw new Error(`${expression} is no expression`);
    const signal = (layer: string) => ({ node: nodes[layer]!, range: rangeOfFormat(format) });
    const { node } = modules.scoreSignal(score.expression, signal, 53);
    const values = new Map(Object.entries(feeds).map(([name, of]) => [name, of.map((raw) => raw / 4)]));
    const found = referenceValues([node], values).get(node)!;
    for (let event = 0; event < events; event++) {
      const wanted = scoreOracle(expression, (name) =>
        feeds[name as keyof typeof feeds]
          .slice(event * length, (event + 1) * length)
          .map((raw) => ({ raw: BigInt(raw), fraction: 2 })),
      );
      const expected = Number(wanted.raw) * 2 ** -wanted.fraction;
      if (found[event] !== expected) return `${expression}: event ${event} scores ${found[event]}, not ${expected}`;
    }
  }
  return undefined;
};

/** Both find nothing wrong with a copy that has no bug. */
export const expressed: Judge = async (modules) => (await lowered(modules)) ?? (await trained(modules));

const inLowering: readonly Omit<Plant, 'judge'>[] = [
  {
    what: 'a negated value stays as it is',
    file: 'src/lower/score-expression.ts',
    find: "kind: 'subtract', left, right: x });",
    replace: "kind: 'add', left, right: x });",
    report: /score\[0\]/,
  },
  {
    what: 'the largest of an odd number leaves out the last',
    file: 'src/lower/score-expression.ts',
    find: 'right: part(length - half) });',
    replace: 'right: part(length - half - (length % 2)) });',
    report: /max\(.*score\[0\]/,
  },
  {
    what: 'an element is the one before it',
    file: 'src/lower/score-expression.ts',
    find: 'from: [part.index],\n          to: [part.index + 1],',
    replace: 'from: [Math.max(0, part.index - 1)],\n          to: [Math.max(1, part.index)],',
    report: /\[3\] \/ 4.*score\[0\]/,
  },
  {
    what: 'an absolute value is not taken',
    file: 'src/lower/score-expression.ts',
    find: 'return magnitude(builder, x, next);',
    replace: 'return x;',
    report: /abs\(.*score/,
  },
];

const inTraining: readonly Omit<Plant, 'judge'>[] = [
  {
    what: 'the larger of two is their sum',
    file: 'src/train/model/score-graph.ts',
    find: 'return maximum(x, y);',
    replace: 'return add(x, y);',
    report: /event \d+ scores/,
  },
  {
    what: 'an element is the one after it',
    file: 'src/train/model/score-graph.ts',
    find: 'return slice(x, [0, part.index], [x.shape[0]!, part.index + 1]);',
    replace: 'return slice(x, [0, (part.index + 1) % 5], [x.shape[0]!, ((part.index + 1) % 5) + 1]);',
    report: /event \d+ scores/,
  },
  {
    what: 'a square is a value',
    file: 'src/train/model/score-graph.ts',
    find: 'return square(x);',
    replace: 'return x;',
    report: /sum\(a\^2\).*event \d+ scores/,
  },
];

export const scorePlants: readonly Plant[] = [
  ...inLowering.map((plant) => ({ ...plant, judge: lowered })),
  ...inTraining.map((plant) => ({ ...plant, judge: trained })),
];
