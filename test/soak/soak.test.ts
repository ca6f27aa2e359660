// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of templates as they stand in the files
/** The soak finds a planted bug, shrinks what shows it to a few lines, and writes them as a reproducer that replays. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTemporaryDirectory } from '../../src/base/files.js';
import { parseReproducer } from '../../src/verify/reproducer.js';
import { type Change, withChangedCopy } from '../planted/copy.js';
import { checkNetwork, type LegName } from '../support/network-check.js';
import { tools } from '../support/tools.js';
import { runSoak, type SoakOptions } from './run-soak.js';

interface Bug extends Change {
  readonly what: string;
  readonly legs: readonly LegName[];
  /** What is left of the program. */
  readonly left: RegExp;
  /** Most operations, inputs and constants included. */
  readonly most: number;
  readonly shrinkingTries?: number;
}

const bugs: readonly Bug[] = [
  {
    what: 'of the compiled simulator: ties go away from zero',
    file: 'src/simulate/wasm/cast.ts',
    find: 'on.subtract(plus(a, half - 1n), sign())',
    replace: 'on.add(plus(a, half - 1n), sign())',
    legs: ['interpreter', 'wasm'],
    left: /^v1 = cast v0 : \[1\] ap_u?fixed<\d+,\d+,AP_RND_ZERO>$/m,
    most: 2,
  },
  {
    what: 'of the compiled simulator: an operand that comes twice counts once',
    file: 'src/simulate/wasm/linear.ts',
    find: '(weights.get(a) ?? 0n) + weight',
    replace: 'weight',
    legs: ['interpreter', 'wasm'],
    left: /dense|sum|conv/,
    most: 4,
  },
  {
    what: 'of a pass: narrowing forgets to saturate',
    file: 'src/passes/narrow-formats.ts',
    find: 'return { ...to, rounding };',
    replace: 'return makeFormat(to.signed, to.width, to.integer, rounding);',
    legs: ['interpreter', 'wasm'],
    left: /cast .*AP_SAT/,
    most: 3,
  },
  {
    what: 'of the emitter: max is min',
    file: 'src/emit/hls/statements.ts',
    find: '${a} > ${b} ?',
    replace: '${a} < ${b} ?',
    legs: ['interpreter', 'wasm', 'hls'],
    // Every try costs a compilation.
    left: /= max /,
    most: 6,
    shrinkingTries: 45,
  },
];

const soak: Omit<SoakOptions, 'legs' | 'reproducers' | 'shrinkingTries'> = {
  seed: 1,
  seconds: 900,
  vectors: 64,
  workers: 1,
  batchSize: 4,
  mostFailures: 1,
  log: () => {},
};

/** Milliseconds: a busy machine compiles slowly. */
const patience = 1_800_000;

describe('a planted bug', { timeout: patience }, () => {
  it.each(bugs)('$what', async ({ legs, left, most, shrinkingTries = 3000, ...change }) => {
    await withTemporaryDirectory(async (directory) => {
      const { reproducers } = await withChangedCopy(change, (modules) =>
        runSoak(modules, { ...soak, shrinkingTries, legs, reproducers: directory }),
      );
      expect(reproducers, 'the soak found nothing').toHaveLength(1);
      const text = readFileSync(reproducers[0]!, 'utf8');
      const { program, vectors } = parseReproducer(text, path.basename(reproducers[0]!));
      console.log(text);
      expect(text).toMatch(left);
      expect(program.ops.length).toBeLessThanOrEqual(most);
      expect(vectors).toHaveLength(1);
      const { failure } = await checkNetwork(tools, program, vectors, { legs, directory });
      expect(failure, 'the reproducer must pass without the bug').toBeUndefined();
    });
  });

  it('is not found where there is none', async () => {
    await withTemporaryDirectory(async (directory) => {
      const legs = ['interpreter', 'wasm'] as const;
      const { exercised, reproducers } = await runSoak(tools, {
        ...soak,
        seconds: 3,
        shrinkingTries: 1,
        legs,
        reproducers: directory,
      });
      expect(reproducers).toEqual([]);
      expect(exercised.networks).toBeGreaterThan(0);
      for (const leg of legs) expect(exercised.legs.get(leg)!.networks).toBe(exercised.networks);
    });
  });
});
