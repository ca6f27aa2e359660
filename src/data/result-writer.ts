/** Writes results block by block, one row per event, in the format that the file's name asks for: whole or not at all. */
import { createGzip, type Gzip } from 'node:zlib';
import { type StagedFile, stageFile } from '../base/file-streams.js';
import { type EncodedRows, type ResultFormat, resultFormatOf } from './encode-rows.js';
import { joined, type NpyElements, npyHeader, npyHeaderLength } from './npy/results.js';

export interface ResultWriterOptions {
  /** Columns of every row. */
  readonly width: number;
  /**
   * Their names go along: text starts with a header row, JSON is an object with `columns` and `events` (which `openEvents`
   * reads), npy has no place for them.
   */
  readonly columns?: readonly string[];
}

/**
 * The same rows give the same bytes, however they are cut into blocks (`.json.gz`: with the same version of Node). An older
 * file stands until `finish`; after an error, or instead of `finish`, call `discard`.
 * @throws AxocError (user) from all methods but `discard`, when the path cannot be written
 */
export class ResultWriter {
  readonly format: ResultFormat;
  readonly #options: ResultWriterOptions;
  readonly #file: StagedFile;
  readonly #gzip: GzipFile | undefined;
  #rows = 0;
  #npy: NpyElements = { isReal: true, hasNegative: false };

  constructor(path: string, options: ResultWriterOptions) {
    this.format = resultFormatOf(path);
    this.#options = options;
    this.#file = stageFile(path);
    this.#gzip = this.format === 'json.gz' ? new GzipFile(this.#file) : undefined;
  }

  /** @param rows the next ones, encoded for this format */
  async append(rows: EncodedRows): Promise<void> {
    if (rows.rows === 0) return;
    if (this.#rows === 0) await this.#write(this.#opening());
    if (this.format === 'json' || this.format === 'json.gz') await this.#write(this.#rows === 0 ? '\n' : ',\n');
    await this.#write(rows.bytes);
    if (rows.npy !== undefined) this.#npy = this.#rows === 0 ? rows.npy : joined(this.#npy, rows.npy);
    this.#rows += rows.rows;
  }

  /** Puts the file in its place. */
  async finish(): Promise<void> {
    if (this.#rows === 0) await this.#write(this.#opening());
    await this.#write(this.#closing());
    await this.#gzip?.finish();
    if (this.format === 'npy') this.#file.overwrite(0, npyHeader(this.#npy, this.#rows, this.#options.width));
    this.#file.commit();
  }

  /** Leaves nothing behind. */
  discard(): void {
    this.#gzip?.discard();
    this.#file.discard();
  }

  #opening(): string | Uint8Array {
    const { columns } = this.#options;
    switch (this.format) {
      case 'npy':
        return new Uint8Array(npyHeaderLength);
      case 'json':
      case 'json.gz':
        return `${columns === undefined ? '' : `{"columns":${JSON.stringify(columns)},\n"events":`}[`;
      case 'text':
        return columns === undefined ? '' : `${columns.map(quoted).join(',')}\n`;
    }
  }

  #closing(): string {
    if (this.format === 'npy' || this.format === 'text') return '';
    return `${this.#rows === 0 ? '' : '\n'}]${this.#options.columns === undefined ? '' : '}'}\n`;
  }

  async #write(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (this.#gzip === undefined) this.#file.append(bytes);
    else await this.#gzip.write(bytes);
  }
}

/** Compresses on the way to a file. */
class GzipFile {
  readonly #gzip: Gzip = createGzip({ level: 9 });
  readonly #file: StagedFile;
  #isStarted = false;
  #error: unknown;

  constructor(file: StagedFile) {
    this.#file = file;
    this.#gzip.on('data', (bytes: Buffer) => this.#append(bytes));
    // What fails is the file: `write` and `finish` throw its error.
    this.#gzip.on('error', () => {});
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => void this.#gzip.write(bytes, () => resolve()));
    this.#throwIfFailed();
  }

  async finish(): Promise<void> {
    await new Promise<void>((resolve) => this.#gzip.once('close', resolve).end());
    this.#throwIfFailed();
  }

  discard(): void {
    this.#gzip.destroy();
  }

  /** The header's time (bytes 4 to 7) is 0 and its system (byte 9) "unknown", whoever writes. */
  #append(bytes: Buffer): void {
    if (this.#error !== undefined) return;
    if (!this.#isStarted) {
      bytes.fill(0, 4, 8);
      bytes[9] = 255;
      this.#isStarted = true;
    }
    try {
      this.#file.append(bytes);
    } catch (error) {
      this.#error = error;
      this.#gzip.destroy();
    }
  }

  #throwIfFailed(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
