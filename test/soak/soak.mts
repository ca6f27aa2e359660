/**
 * `npm run soak -- --minutes N [--seed S]`: checks random networks in all legs until the time is over. Failures are
 * shrunk into fixtures/reproducers, where a test runs them for ever. Ends with 1 after a failure, and when it was too short
 * to put every mode pair to the test.
 */

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findVendorHeaders } from '../../src/verify/hls-leg.js';
import type { LegName } from '../support/network-check.js';
import { tools } from '../support/tools.js';
import { runSoak } from './run-soak.js';

const usage = 'npm run soak -- --minutes N [--seed S] [--vectors N]';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, vectors: { type: 'string' } },
});

/** A positive number from the command line. */
function numberOf(text: string, name: string): number {
  const value = Number(text);
  if (value > 0) return value;
  console.error(`--${name} ${text}: a positive number is needed\n${usage}`);
  process.exit(2);
}

if (values.minutes === undefined) {
  console.error(`how long?\n${usage}`);
  process.exit(2);
}
const minutes = numberOf(values.minutes, 'minutes');
// Without a seed, one that no earlier run is likely to have had; printed, so that this run can be repeated.
const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) % 1_000_000_007 : numberOf(values.seed, 'seed');
const vendorInclude = findVendorHeaders(process.env);
const legs: readonly LegName[] = [
  'interpreter',
  'wasm',
  'onnx',
  'hls',
  ...(vendorInclude ? ['hls-vendor' as const] : []),
];

console.log(`seed ${seed}, ${minutes} minutes, legs ${legs.join(', ')}`);
const { exercised, reproducers } = await runSoak(tools, {
  seed,
  seconds: 60 * minutes,
  legs,
  ...(vendorInclude ? { vendorInclude } : {}),
  reproducers: fileURLToPath(new URL('../../fixtures/reproducers', import.meta.url)),
  vectors: numberOf(values.vectors ?? '1024', 'vectors'),
  workers: 2,
  batchSize: 10,
  mostFailures: 20,
  shrinkingTries: 3000,
  log: (line) => console.log(line),
});
console.log(`${exercised.networks} networks\n${exercised.summary}`);
const { seldomPairs } = exercised;
if (seldomPairs.length > 0)
  console.log(`TOO SHORT: casts put these mode pairs to the test too seldom:\n${seldomPairs.join('\n')}`);
const again = `\`npm run soak -- --minutes ${minutes} --seed ${seed}\` runs the same networks`;
console.log(
  reproducers.length === 0
    ? `no leg disagreed with the reference; ${again}`
    : `${reproducers.length} FAILED; ${again}; reproducers:\n${reproducers.join('\n')}`,
);
process.exitCode = reproducers.length === 0 && seldomPairs.length === 0 ? 0 : 1;
