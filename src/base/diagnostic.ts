/** Diagnostics: every problem axoc reports is one of these records, collected per stage and shown together. */

/** What a shell or a script learns from axoc's exit. */
export const exitCode = {
  success: 0,
  /** A defect of axoc itself. */
  internal: 1,
  /** The user's input, options or files are wrong; or the work is not finished, and goes on when it is asked again. */
  user: 2,
  /** Two executions of the same program disagree. */
  mismatch: 3,
  /** A program that axoc needs (g++) is missing. */
  missingTool: 4,
} as const;

export type ErrorKind = Exclude<keyof typeof exitCode, 'success'>;

export interface Diagnostic {
  /** Stable, kebab-case; documented in docs/diagnostics.md and safe to match on. */
  readonly code: string;
  /** File and key, dataset or layer: where the user has to look. */
  readonly place: string;
  /** What is wrong and why. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** One or more diagnostics, thrown together at the end of the stage that found them. */
export class AxocError extends Error {
  readonly kind: ErrorKind;
  readonly diagnostics: readonly Diagnostic[];

  constructor(kind: ErrorKind, diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => formatDiagnostic('error', diagnostic)).join('\n'));
    this.name = 'AxocError';
    this.kind = kind;
    this.diagnostics = diagnostics;
  }
}

/** The usual case: a single mistake in what the user gave. */
export function userError(code: string, place: string, message: string, hint?: string): AxocError {
  return new AxocError('user', [{ code, place, message, ...(hint === undefined ? {} : { hint }) }]);
}

/** A state that no input should be able to reach. */
export function internalError(place: string, message: string): AxocError {
  return new AxocError('internal', [
    {
      code: 'internal',
      place,
      message,
      hint: 'this is a defect of axoc: please report it with the command and its input',
    },
  ]);
}

/**
 * Collects the problems of a stage.
 * @example
 * const problems = new Problems();
 * problems.add('weight-off-grid', 'net.json: layers[0].weights[3][1]', '0.1 is not a multiple of 2^-3');
 * problems.throwIfAny();
 */
export class Problems {
  readonly #found: Diagnostic[] = [];

  add(code: string, place: string, message: string, hint?: string): void {
    this.#found.push({ code, place, message, ...(hint === undefined ? {} : { hint }) });
  }

  /** Runs a step; a user error in it joins the collection and the step gives undefined. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof AxocError) || error.kind !== 'user') throw error;
      this.#found.push(...error.diagnostics);
      return undefined;
    }
  }

  get count(): number {
    return this.#found.length;
  }

  throwIfAny(): void {
    if (this.#found.length > 0) throw new AxocError('user', this.#found);
  }
}

/** Three lines at most: what and where, then the remedy. */
export function formatDiagnostic(severity: 'error' | 'warning', diagnostic: Diagnostic): string {
  const head = `${severity}[${diagnostic.code}]: ${diagnostic.place}: ${diagnostic.message}`;
  return diagnostic.hint === undefined ? head : `${head}\n  help: ${diagnostic.hint}`;
}
