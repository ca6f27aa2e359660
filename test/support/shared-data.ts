/** Where the shared reference data lies, and what a test does without it: skip, saying so, but fail on CI. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = path.resolve(fileURLToPath(import.meta.url), '../../../../shared/data');

/** Path of `../shared/data` beside this checkout; undefined where it is absent. */
export const sharedData: string | undefined = existsSync(directory) ? directory : undefined;

/** Gives the path of the shared data, or skips the running test with the reason; on CI its absence is an error. */
export function requireSharedData(ctx: { skip(note?: string): never }): string {
  if (sharedData !== undefined) return sharedData;
  const reason = 'no ../shared/data beside this checkout (reference data, not part of the repository)';
  if (process.env.CI) throw new Error(reason);
  return ctx.skip(reason);
}
