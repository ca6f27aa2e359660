/** What can be wrong with the rows of a table, whatever its format: the first few problems of a kind are told in full. */
import { type Diagnostic, Problems } from '../base/diagnostic.js';

/** As many problems of a kind are reported one by one; the others are counted. */
const toldOneByOne = 5;

/** Where in the table: events and columns count from 0, lines of a text from 1. */
export interface Place {
  readonly row: number;
  readonly column?: number;
  readonly line?: number;
}

interface Kind {
  readonly told: Diagnostic[];
  untold: number;
}

export class TableProblems {
  readonly #source: string;
  readonly #kinds = new Map<string, Kind>();

  constructor(source: string) {
    this.#source = source;
  }

  /** NaN or an infinity. */
  addNotFinite(place: Place, found: number | string): void {
    this.#add('not-finite', place, () => `${found} is not a finite number`, 'correct or remove such events');
  }

  /** Every NaN and infinity among `values`, rows of `width` from number `firstRow` on. */
  addAllNotFinite(values: Float32Array | Float64Array, width: number, firstRow: number): void {
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      if (!Number.isFinite(value))
        this.addNotFinite({ row: firstRow + Math.floor(index / width), column: index % width }, value);
    }
  }

  /** Something else in a number's place. */
  addNotANumber(place: Place, found: string, hint: string): void {
    this.#add('not-a-number', place, () => `found ${found} where a number belongs`, hint);
  }

  /** A row, or an array inside it, of another length than in row 0; `what` it holds, in the singular. */
  addRagged(place: Place, length: number, expected: number, what: 'value' | 'array'): void {
    const message = (): string => `has ${length} ${length === 1 ? what : `${what}s`} where row 0 has ${expected}`;
    this.#add('ragged-row', place, message, 'give every event the same number of values');
  }

  /** Something else where an array of values belongs. */
  addNotAnArray(place: Place, found: string): void {
    const message = (): string => `found ${found} where an array of values belongs`;
    this.#add('not-an-array', place, message, 'write every event as an array of numbers, all nested alike');
  }

  /** A JSON number whose last digits JSON readers lose. */
  addInexactInteger(place: Place, rounded: number): void {
    const message = (): string =>
      `a JSON number beyond 2^53 - 1 loses its last digits (this one would be read as ${rounded})`;
    this.#add('inexact-integer', place, message, 'write the integer as a string, such as "9007199254740993"');
  }

  get any(): boolean {
    return this.#kinds.size > 0;
  }

  /** Throws all that was found, kind by kind, as one error. */
  throwIfAny(): void {
    const problems = new Problems();
    for (const [code, kind] of this.#kinds) {
      for (const { place, message, hint } of kind.told) problems.add(code, place, message, hint);
      if (kind.untold > 0) problems.add(code, this.#source, `and ${kind.untold} more`);
    }
    problems.throwIfAny();
  }

  /** The message is made only when it is told: a file may hold millions of problems. A hint is given once. */
  #add(code: string, place: Place, message: () => string, hint: string): void {
    const kind = this.#kinds.get(code) ?? { told: [], untold: 0 };
    this.#kinds.set(code, kind);
    if (kind.told.length < toldOneByOne) {
      const isNew = kind.told.every((diagnostic) => diagnostic.hint !== hint);
      const where = `${this.#source}: ${placeText(place)}`;
      kind.told.push({ code, place: where, message: message(), ...(isNew ? { hint } : {}) });
    } else {
      kind.untold++;
    }
  }
}

function placeText({ row, column, line }: Place): string {
  const cell = column === undefined ? `row ${row}` : `row ${row}, column ${column}`;
  return line === undefined ? cell : `${cell} (line ${line})`;
}
