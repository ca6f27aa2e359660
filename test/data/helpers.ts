/** What the tests of src/data share: fixtures, the table most of them hold, and the text of an error. */
import { readFileSync } from 'node:fs';
import { AxocError } from '../../src/base/diagnostic.js';
import type { Events } from '../../src/data/events.js';
import { decodeEvents } from '../support/decode-events.js';

/** The table in most files of fixtures/data. */
export const table: readonly (readonly number[])[] = [
  [0, 1, -2],
  [300, -400, 32767],
  [-32768, 5, 6],
  [7, 8, 9],
];

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/data/${name}`, import.meta.url));
}

export function decodeFixture(name: string): Events {
  return decodeEvents(fixture(name), name);
}

export function rowsOf({ count, width, values }: Events): (number | bigint)[][] {
  const list = Array.from(values);
  return Array.from({ length: count }, (_, row) => list.slice(row * width, (row + 1) * width));
}

/** The whole message of the user error that `work` must throw. */
export function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AxocError && error.kind === 'user') return error.message;
    throw error;
  }
  throw new Error('no error was thrown');
}
