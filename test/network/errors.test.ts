/** Malformed descriptions: one clear error each, its whole text compared with a golden. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { loadModel } from '../../src/compile/model.js';
import { parsePrecision } from '../../src/network/precision.js';
import { expectGolden } from '../support/golden.js';

const directory = fileURLToPath(new URL('../../fixtures/errors/', import.meta.url));
const names = readdirSync(directory).filter((name) => name.endsWith('.json'));

async function errorOf(file: string, precision: readonly string[] = []): Promise<AxocError> {
  try {
    await loadModel(file, { precision: parsePrecision(precision), checkEachPass: false });
  } catch (error) {
    if (error instanceof AxocError) return error;
    throw error;
  }
  throw new Error(`${file} was accepted`);
}

it('has fixtures', () => {
  expect(names.length).toBeGreaterThan(20);
});

it.each(names)('%s', async (name) => {
  const error = await errorOf(path.join(directory, name));
  expect(error.kind).toBe('user');
  for (const diagnostic of error.diagnostics) expect(diagnostic.place).toContain(name);
  expectGolden(path.join(directory, name.replace(/json$/, 'txt')), `${error.message}\n`);
});

it('names the nearest layer for an unknown --precision', async () => {
  const file = fileURLToPath(new URL('../../fixtures/networks/dimuon-trigger.json', import.meta.url));
  expect((await errorOf(file, ['hiden=16,6'])).message).toBe(
    'error[unknown-layer]: --precision hiden=...: dimuon-trigger.json has no layer "hiden"\n  help: did you mean "hidden"?',
  );
  expect(() => parsePrecision(['16;6'])).toThrow('error[bad-type]: --precision 16;6: "16;6" is not a fixed-point type');
});
