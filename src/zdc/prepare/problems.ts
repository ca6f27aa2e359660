/** What can be wrong with files of showers: the first few problems of a kind are told in full, the others counted. */
import { type Diagnostic, Problems } from '../../base/diagnostic.js';

/** A file that was cut, shuffled or mixed up has a problem in every row: the first ones show which. */
const toldOneByOne = 5;

export class ShowerProblems {
  readonly #told: Diagnostic[] = [];
  readonly #counts = new Map<string, number>();
  readonly #causes = new Set<string>();
  #found = 0;

  /** @param cause problems that have one are told once for each; others of a kind a few times, then counted */
  add(code: string, place: string, message: string, hint: string, cause?: string): void {
    this.#found++;
    if (cause === undefined) {
      const count = (this.#counts.get(code) ?? 0) + 1;
      this.#counts.set(code, count);
      if (count > toldOneByOne) return;
    } else {
      if (this.#causes.has(cause)) return;
      this.#causes.add(cause);
    }
    const isNew = this.#told.every((one) => one.hint !== hint);
    this.#told.push({ code, place, message, ...(isNew ? { hint } : {}) });
  }

  /** Of all, told or not. */
  get count(): number {
    return this.#found;
  }

  /** Throws all that was found, in the order in which it was, as one error. */
  throwIfAny(): void {
    const problems = new Problems();
    for (const { code, place, message, hint } of this.#told) problems.add(code, place, message, hint);
    for (const [code, count] of this.#counts) {
      if (count > toldOneByOne) problems.add(code, 'the files', `and ${count - toldOneByOne} more of this kind`);
    }
    problems.throwIfAny();
  }
}
