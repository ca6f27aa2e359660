/** The text files of one run, as extraction from a simulation writes them, and one more that says they are synthetic. */
import { join } from 'node:path';
import { type StagedFile, stageFile } from '../../base/file-streams.js';
import { IntegerText } from '../../data/integer-text.js';
import { type Calorimeter, calorimeters } from '../calorimeter.js';
import { exampleColumns } from '../prepare/examples-file.js';
import { runFileNames } from '../prepare/run-files.js';
import type { Primary } from './primaries.js';

/** Bytes that come together before they are written. */
const bytesAtOnce = 1 << 20;

/** All files take their names at `commit`; instead of it, or after an error, call `discard`. */
export class RunWriter {
  readonly #examples: TextFile;
  readonly #neutron: TextFile;
  readonly #proton: TextFile;
  readonly #label: TextFile;

  /**
   * @param label what made the run; its first line goes along wherever the showers go
   * @throws AxocError (user) when the files cannot be written, as the other methods but `discard` do
   */
  constructor(directory: string, run: number, label: string) {
    const names = runFileNames(run);
    const open = (name: string): TextFile => new TextFile(join(directory, name));
    this.#label = open(names.synthetic);
    this.#neutron = open(names.neutron);
    this.#proton = open(names.proton);
    this.#examples = open(names.examples);
    this.#label.add(Buffer.from(`${label}\n`));
    this.#examples.add(Buffer.from(`${exampleColumns.join(',')}\n`));
  }

  /** @param sums photons in the neutron and in the proton calorimeter */
  add(
    primary: Primary,
    sums: readonly [neutron: number, proton: number],
    neutron: Uint16Array,
    proton: Uint16Array,
  ): void {
    const { code, energy, vertex, momentum } = primary;
    const kinematics = [energy, ...vertex, ...momentum].map(sixDigits).join(',');
    this.#examples.add(Buffer.from(`N,${code},${kinematics},${sums[0]}\nP,${code},${kinematics},${sums[1]}\n`));
    this.#neutron.add(imageText(neutron, calorimeters.ZN));
    this.#proton.add(imageText(proton, calorimeters.ZP));
  }

  /** The table takes its name last: where it stands, the images do. */
  commit(): void {
    for (const file of this.#all) file.finish();
    for (const file of this.#all) file.commit();
  }

  discard(): void {
    for (const file of this.#all) file.discard();
  }

  get #all(): readonly TextFile[] {
    return [this.#label, this.#neutron, this.#proton, this.#examples];
  }
}

/** As a stream of C++ prints a double. */
function sixDigits(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A pixel takes at most five digits and a blank. */
function imageText(image: Uint16Array, { shape: [nx, ny] }: Calorimeter): Uint8Array {
  const text = new IntegerText(6 * image.length);
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      text.addInteger(image[x * ny + y]!);
      text.addText(y === ny - 1 ? '\n' : ' ');
    }
  }
  return text.finish();
}

class TextFile {
  readonly #file: StagedFile;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(path: string) {
    this.#file = stageFile(path);
  }

  add(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= bytesAtOnce) this.finish();
  }

  /** Nothing waits any more. */
  finish(): void {
    this.#file.append(Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#length = 0;
  }

  commit(): void {
    this.#file.commit();
  }

  discard(): void {
    this.#file.discard();
  }
}
