/** Planted bugs: a copy of axoc with one bug in it must be caught, the same copy without it must not. */
import { afterAll, describe, expect, it } from 'vitest';
import { withChangedCopy } from './copy.js';
import { comparison, compiled, oracle, verification } from './judges.js';
import { plants as otherPlants } from './plants.js';
import { exported, onnxPlants } from './plants-onnx.js';
import { expressed, scorePlants } from './plants-score.js';
import { simulatorPlants } from './plants-simulator.js';

const plants = [...otherPlants, ...simulatorPlants, ...onnxPlants, ...scorePlants];
const reports: string[] = [];

describe('a copy without a bug', () => {
  it('passes every judge', async () => {
    const found = await withChangedCopy(undefined, async (modules) => [
      await verification(modules),
      await oracle(modules),
      await comparison(modules),
      await compiled(modules),
      await exported(modules),
      await expressed(modules),
    ]);
    expect(found).toEqual(Array(6).fill(undefined));
  });
});

// A compiler and the next copy keep two cores busy.
describe.concurrent('a planted bug is caught', () => {
  it.each(plants)('$what ($file)', async ({ what, judge, report, ...change }) => {
    const found = await withChangedCopy(change, judge);
    expect(found, 'the judge noticed nothing').toBeDefined();
    expect(found).toMatch(report);
    reports.push(`${change.file}: ${what}\n    ${found!.slice(0, 160)}`);
  });

  afterAll(() => {
    console.log(`${reports.length} of ${plants.length} planted bugs caught\n${reports.join('\n')}`);
  });
});
