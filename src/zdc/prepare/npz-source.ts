/** Showers from a pair of npz files, as other tools keep them: particles (N, 9) and responses (N, x, y). */
import { userError } from '../../base/diagnostic.js';
import { openEvents } from '../../data/event-stream.js';
import type { Events } from '../../data/events.js';
import { type Calorimeter, conditions } from '../calorimeter.js';
import { ShowerProblems } from './problems.js';
import type { Shower, ShowerSource } from './shower-source.js';

export interface NpzPair {
  readonly particles: string;
  readonly responses: string;
}

/** Both files are read in blocks of as many rows. */
const rowsAtOnce = 256;

/**
 * Reads both files once, to count and check them, and once more by `showers`.
 * @throws AxocError (user) when one of them cannot be read, is of another shape, or has other rows than its partner
 */
export async function openNpzShowers(
  pair: NpzPair,
  calorimeter: Calorimeter,
  minimumPhotons: number,
): Promise<ShowerSource> {
  const problems = new ShowerProblems();
  let found = 0;
  let count = 0;
  for await (const { image } of rowsOf(pair, calorimeter)) {
    const sum = photonsOf(image, pair.responses, found++, problems);
    if (sum >= minimumPhotons) count++;
  }
  problems.throwIfAny();
  return {
    found,
    count,
    async *showers() {
      for await (const shower of rowsOf(pair, calorimeter)) {
        if (shower.image.reduce((sum, value) => sum + value, 0) >= minimumPhotons) yield shower;
      }
    },
  };
}

function photonsOf(image: Float32Array, source: string, row: number, problems: ShowerProblems): number {
  let sum = 0;
  for (const value of image) {
    if (value < 0 || !Number.isInteger(value)) {
      const message = `found ${value} where a number of photons belongs`;
      problems.add(
        'bad-value',
        `${source}: row ${row}`,
        message,
        'give photons, not their logarithm or a scaled image',
      );
      return 0;
    }
    sum += value;
  }
  return sum;
}

async function* rowsOf(pair: NpzPair, { name, shape }: Calorimeter): AsyncGenerator<Shower> {
  const [first, second] = [await openEvents(pair.particles), await openEvents(pair.responses)];
  const particles = first.blocks(rowsAtOnce)[Symbol.asyncIterator]();
  const responses = second.blocks(rowsAtOnce)[Symbol.asyncIterator]();
  try {
    let rows = 0;
    while (true) {
      const [left, right] = [await particles.next(), await responses.next()];
      if (!left.done) checkWidth(left.value, conditions.length, 'particles have', 'columns');
      if (!right.done) checkWidth(right.value, shape[0] * shape[1], `images of ${name} have`, 'pixels');
      const counts = [left, right].map((block) => (block.done ? 0 : block.value.count));
      if (counts[0] !== counts[1]) throw otherCount(pair, rows + counts[0]!, rows + counts[1]!);
      if (left.done || right.done) return;
      rows += left.value.count;
      yield* showersOf(left.value, right.value);
    }
  } finally {
    await particles.return?.();
    await responses.return?.();
    first.close();
    second.close();
  }
}

function* showersOf(particles: Events, responses: Events): Generator<Shower> {
  const rows = Float64Array.from(particles.values, Number);
  const images = Float32Array.from(responses.values, Number);
  for (let row = 0; row < particles.count; row++) {
    yield {
      conditions: rows.subarray(row * particles.width, (row + 1) * particles.width),
      image: images.subarray(row * responses.width, (row + 1) * responses.width),
    };
  }
}

function checkWidth({ source, width }: Events, expected: number, whose: string, what: string): void {
  if (width === expected) return;
  const message = `has ${width} values a row where ${whose} ${expected} ${what}`;
  throw userError('wrong-width', source, message, 'give the files of this calorimeter, particles and responses');
}

/** The counts are of rows up to the first block that differs. */
function otherCount({ particles, responses }: NpzPair, left: number, right: number): Error {
  const [shorter, longer] = left < right ? [particles, responses] : [responses, particles];
  const message = `ends after ${Math.min(left, right)} rows, before ${longer} does`;
  return userError('truncated-file', shorter, message, 'give the two files that belong together');
}
