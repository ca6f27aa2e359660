/** The stream of random networks that the suite and the soak run: lowered descriptions and programs of all operations by turns. */
import { Random } from '../../src/base/random.js';
import { elementCount, formatAt, inputsOf, type Program } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { randomProgram } from '../ir/random-program.js';
import { DescriptionGenerator } from './random-description.js';

export interface RandomNetwork {
  /** Kind, seed and number: enough to make it again. */
  readonly name: string;
  /** Of the vectors. */
  readonly seed: number;
  readonly program: Program;
}

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
    const network = readNetwork(JSON.stringify(description), 'net.json', parsePrecision(precision));
    yield { name: `description-${seed}-${number}`, seed: vectors, program: lower(network).program };
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
