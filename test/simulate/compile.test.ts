/** The compiled simulator is the interpreter, bit for bit: on random programs, random networks, AXOL1TL and edge cases. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { makeFormat } from '../../src/fixed/format.js';
import { inputsOf, type Program } from '../../src/ir/op.js';
import { lower } from '../../src/lower/lower.js';
import { parsePrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { runPasses } from '../../src/passes/passes.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { compileProgram } from '../../src/simulate/wasm/compile.js';
import { Simulator } from '../../src/simulate/wasm/simulator.js';
import { directedVectors } from '../../src/verify/vectors.js';
import { randomProgram } from '../ir/random-program.js';
import { axol1tlVersions, readAxol1tl } from '../support/axol1tl.js';
import { DescriptionGenerator } from '../support/random-description.js';
import { testSeed } from '../support/seed.js';
import { requireSharedData } from '../support/shared-data.js';
import { compareWithInterpreter } from './agreement.js';

/** Not a multiple of a group of eight. */
const vectorCount = 67;

/** Compares programs one by one; the first three differences fail the test, and so does too little to compare. */
function expectAgreement(programs: Iterable<readonly [string, Program]>, atLeast: number): void {
  let values = 0;
  const wrong: string[] = [];
  for (const [name, program] of programs) {
    const vectors = directedVectors(program, vectorCount, Random.seeded(values));
    const agreement = compareWithInterpreter(program, vectors);
    values += agreement.values;
    if (agreement.difference !== undefined) wrong.push(`${name}: ${agreement.difference}`);
    if (wrong.length === 3) break;
  }
  expect(wrong).toEqual([]);
  expect(values).toBeGreaterThanOrEqual(atLeast);
}

describe('equals the interpreter on', () => {
  it('300 random programs, as they are and after all passes', () => {
    const seed = testSeed(1);
    expectAgreement(
      (function* () {
        for (let number = 0; number < 300; number++) {
          const program = randomProgram(Random.seeded(seed * 1000 + number));
          yield [`seed ${seed}, program ${number}`, program] as const;
          yield [`seed ${seed}, program ${number} after the passes`, runPasses(program)] as const;
        }
      })(),
      1_000_000,
    );
  });

  it('100 random networks, as lowered and after all passes', () => {
    const seed = testSeed(1);
    const generator = new DescriptionGenerator(Random.seeded(seed));
    expectAgreement(
      (function* () {
        for (let number = 0; number < 100; number++) {
          const { description, precision } = generator.next();
          const network = readNetwork(JSON.stringify(description), 'net.json', parsePrecision(precision));
          const { program } = lower(network);
          yield [`seed ${seed}, network ${number}`, program] as const;
          yield [`seed ${seed}, network ${number} after the passes`, runPasses(program)] as const;
        }
      })(),
      150_000,
    );
  });
});

describe('AXOL1TL', () => {
  it.for(axol1tlVersions)('%s: all named values, and the official score of every event', (version, ctx) => {
    const { description, events, scores } = readAxol1tl(requireSharedData(ctx), version);
    const { program } = lower(readNetwork(JSON.stringify(description), 'net.json', parsePrecision([])));
    const narrowed = runPasses(program);
    const agreement = compareWithInterpreter(narrowed, [
      ...events.slice(0, 101),
      ...directedVectors(program, 200, Random.seeded(1)),
    ]);
    expect(agreement.difference).toBeUndefined();
    expect(agreement.values).toBeGreaterThan(40_000);
    for (const each of [program, narrowed]) {
      const traces = new Simulator(compileProgram(each)).traces(events);
      expect(traces.map((trace) => trace.get('score'))).toEqual(scores.map((score) => [score]));
      expect([...traces[0]!.keys()]).toEqual(['score']);
    }
    expect(scores).toHaveLength(7128);
  });
});

describe('blocks', () => {
  const program = randomProgram(Random.seeded(11));
  const vectors = directedVectors(program, 41, Random.seeded(1));

  it('of any number of events, none included, give as many results', () => {
    for (let count = 0; count <= vectors.length; count++) {
      const agreement = compareWithInterpreter(program, vectors.slice(0, count), { blockEvents: 16 });
      expect(agreement.difference).toBeUndefined();
      expect(agreement.values > 0).toBe(count > 0);
    }
  });

  it('larger than the memory for them are refused', () => {
    const simulator = new Simulator(compileProgram(program, { blockEvents: 16 }));
    expect(() => simulator.run(17)).toThrow('17 events in a block of 16');
    expect(() => compileProgram(program, { blockEvents: 12 })).toThrow('a block of 12 events');
  });

  it('stream the same numbers as traces, and so does a module sent to another thread', () => {
    const program = narrowProgram();
    const vectors = directedVectors(program, 41, Random.seeded(1));
    const compiled = compileProgram(program, { blockEvents: 8 });
    const simulator = new Simulator(structuredClone(compiled));
    const row = compiled.outputs.wordsPerRow;
    const rows: bigint[] = [];
    const source = inputRows(compiled.inputs.wordsPerRow, vectors, compiled);
    simulator.stream(
      vectors.length,
      (inputs, first, count) => {
        const width = compiled.inputs.wordsPerRow;
        for (let word = 0; word < count * width; word++) inputs[word] = source[first * width + word]!;
      },
      (outputs, _, count) => {
        for (const raw of outputs.subarray(0, count * row)) rows.push(BigInt(raw));
      },
    );
    const interpret = interpreterOf(program);
    const expected = vectors.flatMap((vector) => program.outputs.flatMap((id) => interpret(vector).get(id)!));
    expect(rows).toEqual(expected);
  });
});

/** A random program that takes and gives several numbers, none of more than one word. */
function narrowProgram(): Program {
  for (let seed = 1; ; seed++) {
    const program = randomProgram(Random.seeded(seed));
    const { inputs, outputs } = compileProgram(program);
    const limbs = [...inputs.columns, ...outputs.columns].flatMap((column) => column.limbs);
    if (outputs.wordsPerRow > 4 && limbs.every((count) => count === 1)) return program;
  }
}

/** Rows of a program without wide inputs, word by word. */
function inputRows(
  width: number,
  vectors: readonly (readonly bigint[])[],
  { inputs }: { readonly inputs: { readonly wordBits: number } },
): (number | bigint)[] {
  expect(vectors[0]).toHaveLength(width);
  return vectors.flat().map((raw) => (inputs.wordBits === 64 ? raw : Number(raw)));
}

describe('layouts', () => {
  it('take the smallest word that holds every number, and limbs beyond 64 bits', () => {
    const of = (width: number, signed: boolean) => {
      const format = makeFormat(signed, width, width);
      const program: Program = {
        name: 'p',
        ops: [{ id: 'x', kind: 'input', type: { shape: [2], formats: [format] } }],
        outputs: ['x'],
      };
      const { inputs } = compileProgram(program);
      return [inputs.wordBits, inputs.wordsPerRow];
    };
    expect(inputsOf(randomProgram(Random.seeded(1))).length).toBeGreaterThan(0);
    expect(of(16, true)).toEqual([16, 2]);
    expect(of(16, false)).toEqual([32, 2]);
    expect(of(64, true)).toEqual([64, 2]);
    expect(of(64, false)).toEqual([64, 4]);
    expect(of(1024, true)).toEqual([64, 32]);
  });
});
