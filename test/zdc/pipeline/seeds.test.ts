/** The seeds of runs, and placeholders. */
import { describe, expect, it } from 'vitest';
import { Problems } from '../../../src/base/diagnostic.js';
import { checkPlaceholders, fill } from '../../../src/zdc/pipeline/placeholders.js';
import { seedOf } from '../../../src/zdc/pipeline/seeds.js';

describe('seeds of runs', () => {
  it('are different, positive, small enough for Pythia, and always the same', () => {
    const seeds = Array.from({ length: 10_000 }, (_, run) => seedOf(1, run));
    expect(new Set(seeds).size).toBe(seeds.length);
    for (const seed of seeds)
      expect(seed).toSatisfy((value: number) => Number.isInteger(value) && value >= 1 && value <= 9e8);
    expect(seeds.slice(0, 3)).toEqual([seedOf(1, 0), seedOf(1, 1), seedOf(1, 2)]);
    expect([seedOf(1, 1), seedOf(2, 1)]).toMatchInlineSnapshot(`
      [
        233819750,
        480072352,
      ]
    `);
  });
});

describe('placeholders', () => {
  it('are filled in inside one argument, and doubled braces are braces', () => {
    expect(fill('a{run}b{{run}}{seed}', { run: '1 2', seed: '{run}' })).toBe('a1 2b{run}{run}');
  });

  it('that are unknown are problems', () => {
    const problems = new Problems();
    checkPlaceholders('{rum} {run} {{x}} {}', ['run'], 'here', problems);
    expect(() => problems.throwIfAny()).toThrowErrorMatchingInlineSnapshot(`
      [AxocError: error[unknown-placeholder]: here: {rum} stands for nothing here
        help: known here: {run}; a brace itself is written twice: {{
      error[unknown-placeholder]: here: {} stands for nothing here
        help: known here: {run}; a brace itself is written twice: {{]
    `);
  });
});
