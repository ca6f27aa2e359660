/** What a test looks at when something must fail. */
import { AxocError, type ErrorKind } from '../../src/base/diagnostic.js';

/** The whole text of the AxocError of this kind that `work` must throw. */
export function messageOf(work: () => unknown, kind: ErrorKind = 'user'): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AxocError && error.kind === kind) return error.message;
    throw error;
  }
  throw new Error('no error was thrown');
}
