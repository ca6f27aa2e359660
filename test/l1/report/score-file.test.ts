/** `axoc score` as a function: the integers of the interpreter for any number of events, and the problems of a whole block together. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { loadModel, type Model } from '../../../src/compile/model.js';
import { simulateModel } from '../../../src/compile/simulate-model.js';
import { scoreFile } from '../../../src/l1/report/score-file.js';
import { defaultPrecision } from '../../../src/network/precision.js';

const directory = mkdtempSync(path.join(tmpdir(), 'axoc-score-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string): string => path.join(directory, name);

/** So wide that a simulator takes fewer events at a time than there are. */
const width = 64;
const description = {
  name: 'wide',
  inputs: width,
  input_format: 'ap_fixed<16,12>',
  layers: [{ kind: 'dense', name: 'd', weights: Array.from({ length: width }, (_, row) => [(row % 7) - 3, 1]) }],
  score: { kind: 'sum-of-squares', of: 'd' },
};

async function load(): Promise<Model> {
  writeFileSync(at('net.json'), JSON.stringify(description));
  return loadModel(at('net.json'), { precision: defaultPrecision, checkEachPass: false });
}

/** Not a multiple of the events of a simulator's block. */
const count = 5003;

async function interpreted(model: Model, input: string, unit: 'hardware' | 'real'): Promise<readonly number[]> {
  const options = { engine: 'interpret', threads: 1, output: at('raw.json'), values: false, trace: false } as const;
  await simulateModel(model, { path: input, unit }, options);
  return JSON.parse(readFileSync(at('raw.json'), 'utf8')) as number[];
}

describe('scores', () => {
  it.each(['hardware', 'real'] as const)('of %s events: integer, value and decisions', async (unit) => {
    const model = await load();
    const random = Random.seeded(8);
    const value = (): number => (unit === 'real' ? random.integer(-64, 64) / 8 : random.integer(0, 255));
    const rows = Array.from({ length: count }, () => Array.from({ length: width }, value));
    writeFileSync(at('events.json'), JSON.stringify(rows));
    const raws = await interpreted(model, at('events.json'), unit);
    const middle = raws.toSorted((a, b) => a - b)[count >> 1]!;
    const thresholds = [{ key: 3, kind: 'raw', value: 0, integer: BigInt(middle) }] as const;
    const scored = await scoreFile(model.network, 'net.json', {
      input: at('events.json'),
      unit,
      output: at('scores.csv'),
      thresholds,
    });
    const [, ...lines] = readFileSync(at('scores.csv'), 'utf8').trimEnd().split('\n');
    const found = lines.map((line) => line.split(',').map(Number));
    const decisions = raws.map((raw) => (raw >= middle ? 1 : 0));
    expect(found.map(([integer]) => integer)).toEqual(raws);
    expect(found.map(([, , decision]) => decision)).toEqual(decisions);
    const step = found.find(([integer]) => integer !== 0)!;
    expect(found.map(([, score]) => score)).toEqual(raws.map((raw) => raw * (step[1]! / step[0]!)));
    expect(scored.events).toBe(count);
    expect(scored.passed).toEqual([decisions.filter(Boolean).length]);
    expect(scored.scores).toMatchObject({ least: Math.min(...found.map(([, score]) => score!)) });
  });

  it('tells all that is wrong with the events of a block, not the first of it', async () => {
    const { network } = await load();
    const rows = Array.from({ length: count }, (_, row) =>
      Array.from({ length: width }, (_, column) => (column === 0 && (row === 100 || row === 5000) ? 1e9 : 1)),
    );
    writeFileSync(at('wrong.json'), JSON.stringify(rows));
    const wrong = scoreFile(network, 'net.json', { input: at('wrong.json'), unit: 'hardware', thresholds: [] });
    const message = await wrong.then(String, (error: Error) => error.message);
    expect(message).toContain('row 100');
    expect(message).toContain('row 5000');
  });
});
