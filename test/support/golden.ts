/** Golden texts: what a test compares with a committed file. `npm run goldens` writes them anew; read the diff. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

export function expectGolden(path: string, text: string): void {
  if (process.env.AXOC_UPDATE_GOLDENS) writeFileSync(path, text);
  if (!existsSync(path)) throw new Error(`${path} is missing: npm run goldens writes it`);
  expect(text, `differs from ${path}; if the change is meant, run: npm run goldens`).toBe(readFileSync(path, 'utf8'));
}
