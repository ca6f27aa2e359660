/** docs/zdc-pipeline.md names every key of the pipeline's configuration, and its defaults. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type KeySchema, listKeys } from '../../../src/base/config-keys.js';
import { pipelineKeys } from '../../../src/zdc/pipeline/options.js';
import { root } from '../../support/command.js';

const page = readFileSync(`${root}docs/zdc-pipeline.md`, 'utf8');
const keys = listKeys(z.toJSONSchema(z.strictObject(pipelineKeys), { io: 'input' }) as KeySchema);

it('names every key', () => {
  expect(keys.length).toBeGreaterThan(40);
  const missing = keys.map(({ path }) => path).filter((path) => !page.includes(`\`${path.split('.').at(-1)}\``));
  expect(missing).toEqual([]);
});

it('gives every default that is a number', () => {
  const wrong = keys.filter(({ path, schema }) => {
    const line = page
      .split('\n')
      .find((text) => text.startsWith('|') && text.includes(`\`${path.split('.').at(-1)}\``));
    return typeof schema.default === 'number' && !new RegExp(`\\b${schema.default}\\b`).test(line ?? '');
  });
  expect(wrong.map(({ path }) => path)).toEqual([]);
});
