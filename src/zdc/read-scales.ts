/** The scales file that stands beside a generator: one mean and one scale for each condition, as O2 reads it. */
import { userError } from '../base/diagnostic.js';
import type { Scaler } from './train/scaler.js';

/**
 * Lines of numbers, the means first, an empty line, then the scales; lines that begin with `#` are titles.
 * @param place the file, for messages
 * @throws AxocError (user) when it is no such text
 */
export function readScales(text: string, place: string): Scaler {
  const blocks: number[][] = [[]];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line.startsWith('#')) continue;
    if (line !== '') blocks.at(-1)!.push(numberIn(line, `${place}:${index + 1}`));
    else if (blocks.at(-1)!.length > 0) blocks.push([]);
  }
  const [means, scales, ...more] = blocks.filter(({ length }) => length > 0);
  if (means === undefined || scales === undefined || more.length > 0)
    throw bad(place, `${blocks.filter(({ length }) => length > 0).length} blocks of numbers, where two are expected`);
  if (means.length !== scales.length) throw bad(place, `${means.length} means and ${scales.length} scales`);
  if (scales.includes(0)) throw bad(place, `scale ${scales.indexOf(0) + 1} is 0, and conditions are divided by it`);
  return { means, scales };
}

function numberIn(line: string, place: string): number {
  const value = Number(line);
  if (!Number.isFinite(value)) throw bad(place, `"${line}" is not a number`);
  return value;
}

function bad(place: string, message: string): Error {
  return userError(
    'bad-scales',
    place,
    message,
    'write #means, one number a line, an empty line, #scales, as many numbers',
  );
}
