/** Ctrl-C ends long work at its next safe place; a second one ends the program. */
import { printNote } from './print.js';

interface Interruption {
  /** What the user is told once it has been asked for. */
  readonly note: string;
  readonly signals: readonly NodeJS.Signals[];
}

const afterTheStep: Interruption = {
  note: 'finishing the step; press Ctrl-C again to stop without saving',
  signals: ['SIGINT'],
};

/** @param work is given a signal that aborts when the user interrupts it */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { note, signals }: Interruption = afterTheStep,
): Promise<T> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    printNote(note);
    interruption.abort();
  };
  for (const name of signals) process.once(name, interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    for (const name of signals) process.removeListener(name, interrupt);
  }
}
