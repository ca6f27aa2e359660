/** The images of a run: as many lines as an image has pixels in x, each with as many integers as it has in y, image after image. */
import type { RandomAccess } from '../../base/file-streams.js';
import { LineReader } from '../../data/line-reader.js';
import type { Calorimeter } from '../calorimeter.js';
import type { ShowerProblems } from './problems.js';

const [space, tab, zero] = [0x20, 9, 0x30];
/** Float32 holds every integer up to here. */
const mostPhotons = 2 ** 24;
const again = 'extract the run again';

export class ImageReader {
  /** Photons of the image that `next` has read, y fastest. */
  readonly pixels: Float32Array;
  /** Their sum; undefined when a line of the image was wrong, which was told. */
  sum: number | undefined;
  #isCutOff = false;
  readonly #lines: LineReader;
  readonly #shape: readonly [x: number, y: number];

  /** @param source the file's name, for messages */
  constructor(
    file: RandomAccess,
    private readonly source: string,
    { shape }: Calorimeter,
    private readonly problems: ShowerProblems,
  ) {
    this.#lines = new LineReader(file, source);
    this.#shape = shape;
    this.pixels = new Float32Array(shape[0] * shape[1]);
  }

  /** Lines read so far. */
  get line(): number {
    return this.#lines.line;
  }

  /** Whether the file ends within a line. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  /** Reads the next image; false where the file ends before it does. */
  next(): boolean {
    this.sum = 0;
    for (let x = 0; x < this.#shape[0]; x++) {
      if (!this.#lines.next()) return false;
      const sum = this.#readLine(x * this.#shape[1]);
      if (this.#isCutOff) return false;
      this.sum = sum === undefined || this.sum === undefined ? undefined : this.sum + sum;
    }
    return true;
  }

  /** Tells what stands behind the last image. */
  checkEnd(rows: number, examples: string): void {
    const { line } = this.#lines;
    if (this.#lines.restIsBlank()) return;
    const message = `goes on behind line ${line}, where the ${rows} rows of ${examples} end`;
    this.problems.add(
      'trailing-data',
      this.source,
      message,
      'the table was cut off, or belongs to another run: extract the run again',
    );
  }

  /** Puts a line's numbers to `offset` and gives their sum; undefined, and told, when they are not what they should be. */
  #readLine(offset: number): number | undefined {
    const { bytes, end } = this.#lines;
    const width = this.#shape[1];
    let found = 0;
    let sum = 0;
    for (let at = this.#lines.start; ; ) {
      while (at < end && isBlank(bytes[at]!)) at++;
      if (at === end) break;
      const start = at;
      let value = 0;
      for (let digit = bytes[at]! - zero; at < end && digit >= 0 && digit <= 9; digit = bytes[++at]! - zero)
        value = value * 10 + digit;
      if (at === start || value > mostPhotons || (at < end && !isBlank(bytes[at]!))) return this.#badCell(start);
      if (found < width) this.pixels[offset + found] = value;
      found++;
      sum += value;
    }
    if (found === width) return sum;
    if (found < width && this.#lines.isUnended) {
      this.#isCutOff = true;
      return undefined;
    }
    this.problems.add(
      'ragged-row',
      `${this.source}: line ${this.line}`,
      `has ${found} pixels where an image of this calorimeter has ${width}`,
      again,
    );
    return undefined;
  }

  #badCell(start: number): undefined {
    const { bytes, end } = this.#lines;
    let stop = start;
    while (stop < Math.min(end, start + 40) && !isBlank(bytes[stop]!)) stop++;
    const cell = Buffer.from(bytes.subarray(start, stop)).toString('latin1');
    this.problems.add(
      'not-a-number',
      `${this.source}: line ${this.line}`,
      `found "${cell}" where a number of photons belongs`,
      again,
    );
    return undefined;
  }
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab;
}
