/** The pipeline with axoc itself, on synthetic showers: from text files to ONNX, and killed while it trains. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readZdcConfig } from '../../../src/zdc/config.js';
import { root, Workplace } from '../../support/command.js';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  const config = parse(readFileSync(`${root}fixtures/zdc/synthetic.yaml`, 'utf8'));
  // As in the fixture, but smaller; many short steps to be killed between.
  config.runs = 2;
  config.extract.command = config.extract.command.map((word: string) => (word === '1500' ? '400' : word));
  config.train = { ...config.train, epochs: 8, batch_size: 16, validation_showers: 16 };
  writeFileSync(place.path('zdc.json'), JSON.stringify(config));
});
afterAll(() => place.remove());

/** Kills the pipeline as soon as a job has begun: training once it has a checkpoint. */
async function runAndKill(job: string): Promise<void> {
  const begun = job === 'train' ? 'work/train/1/out/work/checkpoint-odd.axoc' : `logs/${job}/1.log`;
  const child = place.start(['zdc', 'pipeline', 'zdc.json', '--out', 'killed']);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  while (child.exitCode === null && !existsSync(place.path(`killed/${begun}`))) await setTimeout(5);
  child.kill('SIGKILL');
  await gone;
  expect(existsSync(place.path(`killed/${job}`)), job).toBe(false);
}

describe('on synthetic showers', () => {
  it('it ends with a checked generator, killed or not with the same bytes', async () => {
    const whole = place.axoc(['zdc', 'pipeline', 'zdc.json', '--out', 'whole']);
    expect(whole.status, whole.stderr).toBe(0);
    expect(whole.stdout).toBe(
      `${place.path('whole/export/generator.onnx')}\n${place.path('whole/train/scales.txt')}\n`,
    );
    expect(readFileSync(place.path('whole/logs/export/1.log'), 'utf8')).toMatch(/largest difference/);

    for (const stage of ['extract/run-2', 'prepare', 'train', 'export']) await runAndKill(stage);
    expect(existsSync(place.path('killed/export'))).toBe(false);
    const resumed = place.axoc(['zdc', 'pipeline', 'zdc.json', '--out', 'killed']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain('train: done before');

    for (const name of [
      'extract/run-2/proton_image_run2.txt',
      'prepare/Showers.h5',
      'train/generator.h5',
      'train/scales.txt',
      'train/history.csv',
      'export/generator.onnx',
    ])
      expect(place.read(`killed/${name}`).equals(place.read(`whole/${name}`)), name).toBe(true);
  });

  it('an error of a stage is an error of the pipeline', () => {
    writeFileSync(place.path('whole/extract/run-2/proton_image_run2.txt'), '1 2 3\n');
    writeFileSync(place.path('texts.json'), JSON.stringify({ calorimeter: 'ZP', texts: 'whole/extract' }));
    const { status, stderr } = place.axoc(['zdc', 'pipeline', 'texts.json', '--out', 'texts']);
    expect(status).toBe(2);
    expect(stderr).toContain('error[job-failed]: prepare: ended with status 2; the end of logs/prepare/1.log:');
    expect(stderr).toContain('proton_image_run2.txt');
  });
});

it.each(['synthetic', 'o2-slurm', 'o2-grid'])('fixtures/zdc/%s.yaml is a configuration', (name) => {
  expect(readZdcConfig(`${root}fixtures/zdc/${name}.yaml`).config.runs).toBeGreaterThan(1);
});
