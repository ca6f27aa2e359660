/** The stream of random networks that the suite and the soak run: lowered descriptions and programs of all operations by turns. */
import { Random } from '../../src/base/random.js';
import { elementCount, formatAt, inputsOf, opsById, type Program } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { randomProgram } from '../ir/random-program.js';
import type { ScoredByExpression } from './description-oracle.js';
import { DescriptionGenerator } from './random-description.js';
import { RandomScores } from './random-score.js';

export interface RandomNetwork {
  /** Kind, seed and number: enough to make it again. */
  readonly name: string;
  /** Of the vectors. */
  readonly seed: number;
  readonly program: Program;
}

/** Of so many networks one has a random expression as its score. */
const expressedEvery = 6;
/** The first networks are plain: a failure shrinks further. */
const expressedFrom = 4;

/** Networks without end; the same seed gives the same ones. */
export function* randomNetworks(seed: number): Generator<RandomNetwork, never> {
  const descriptions = new DescriptionGenerator(Random.seeded(seed));
  for (let number = 0; ; number++) {
    const vectors = seed + number;
    if (number % 2 === 1) {
      const program = randomProgram(Random.seeded(seed * 1000 + number));
      yield { name: `program-${seed}-${number}`, seed: vectors, program };
      continue;
    }
    const { description, precision } = descriptions.next();
    const isExpressed = number % expressedEvery === expressedFrom;
    const scored = isExpressed
      ? { ...description, score: new RandomScores(Random.seeded(vectors), vectorsOf(description, precision)).next() }
      : description;
    const network = readNetwork(JSON.stringify(scored), 'net.json', parsePrecision(precision));
    const kind = isExpressed ? 'expression' : 'description';
    yield { name: `${kind}-${seed}-${number}`, seed: vectors, program: lower(network).program };
  }
}

/** Bits of all inputs together. */
export function inputBits(program: Program): number {
  let bits = 0;
  for (const { type } of inputsOf(program)) {
    for (let index = 0; index < elementCount(type); index++) bits += formatAt(type, index).width;
  }
  return bits;
}

/** Every event that a program can have, in order of its bits. */
export function everyVector(program: Program): readonly (readonly bigint[])[] {
  const formats = inputsOf(program).flatMap(({ type }) =>
    Array.from({ length: elementCount(type) }, (_, index) => formatAt(type, index)),
  );
  return Array.from({ length: 2 ** inputBits(program) }, (_, code) => {
    let rest = BigInt(code);
    return formats.map(({ signed, width }) => {
      const raw = signed ? BigInt.asIntN(width, rest) : BigInt.asUintN(width, rest);
      rest >>= BigInt(width);
      return raw;
    });
  });
}

/** The layers of a description as an expression names them. */
export function vectorsOf(description: Omit<ScoredByExpression, 'score'>, precision: readonly string[]) {
  const { score: _, ...unscored } = description as ScoredByExpression;
  const others = precision.filter((option) => !option.startsWith('score='));
  const { program, names, places } = lower(readNetwork(JSON.stringify(unscored), 'net.json', parsePrecision(others)));
  const ops = opsById(program);
  // The hardware's integers are no values of the network.
  const readable = [...names].filter(([id, name]) => places.get(id) !== '' || name === 'input');
  return readable.map(([id, name]) => ({ name: JSON.stringify(name), length: elementCount(ops.get(id)!.type) }));
}
