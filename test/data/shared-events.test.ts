import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEvents } from '../support/decode-events.js';
import { requireSharedData } from '../support/shared-data.js';

it('reads the Level-1 events of the shared data', (context) => {
  const events = readEvents(join(requireSharedData(context), 'axol1tl', 'events.json.gz'));
  expect([events.count, events.width, events.values.length]).toEqual([7128, 57, 7128 * 57]);
  expect(events.values).toBeInstanceOf(Float64Array);
  expect(Array.from(events.values).every(Number.isInteger)).toBe(true);
});
