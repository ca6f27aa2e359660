/** Every program that once made two executions disagree runs for ever: all legs, its own vectors and some more. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listDirectory, readText } from '../../src/base/files.js';
import { verifyProgram } from '../../src/compile/verify-model.js';
import { runPasses } from '../../src/passes/passes.js';
import { parseReproducer } from '../../src/verify/reproducer.js';

const directory = fileURLToPath(new URL('../../fixtures/reproducers', import.meta.url));
const names = listDirectory(directory);
const reproducers = names.filter((name) => name.endsWith('.txt'));
const directed = 256;

describe('reproducers', () => {
  it('are all that lies in their directory', () => {
    expect(names.filter((name) => name !== 'README.md')).toEqual(reproducers);
  });

  it.each(reproducers)('%s', async (name) => {
    const { program, vectors } = parseReproducer(readText(join(directory, name)), name);
    const { legs } = await verifyProgram(runPasses(program), program, vectors, { directed, seed: 1, without: [] });
    const count = vectors.length + directed;
    expect(legs.map(({ leg, vectors: compared }) => [leg, compared])).toEqual(legs.map(({ leg }) => [leg, count]));
    expect(legs.map(({ leg }) => leg)).toEqual(expect.arrayContaining(['interpreter', 'wasm', 'hls']));
  });
});
