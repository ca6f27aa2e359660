/** Jobs as processes of this machine, several at once. */
import { AxocError } from '../../base/diagnostic.js';
import { endMarked, type MarkedEnd, startMarked } from '../../base/marked-process.js';
import { ProgramNotFound } from '../../base/process.js';
import type { Executor, Job, JobEnd } from './executor.js';

/** In ms: a timer that is to be longer ends at once. */
const longestTimer = 2 ** 31 - 1;

/** @param processes jobs at once */
export function localExecutor(processes: number): Executor {
  return {
    mostJobs: async () => Number.POSITIVE_INFINITY,
    async run(jobs, tell, signal) {
      const waiting = [...jobs];
      const stopped = new AbortController();
      const ending = AbortSignal.any([signal, stopped.signal]);
      const work = async (): Promise<void> => {
        for (let job = waiting.shift(); job !== undefined && !ending.aborted; job = waiting.shift()) {
          const end = await runOne(job, ending);
          if (!ending.aborted) tell(job, end);
        }
      };
      // What makes one impossible is thrown once the others have been ended: nothing is left running.
      const workers = Array.from({ length: Math.min(processes, jobs.length) }, () =>
        work().catch((error: unknown) => {
          stopped.abort(stopped.signal.aborted ? stopped.signal.reason : error);
        }),
      );
      await Promise.all(workers);
      if (stopped.signal.aborted) throw stopped.signal.reason;
    },
    async takeOver(job) {
      await endMarked(markOf(job));
      return false;
    },
    abandon: (job) => endMarked(markOf(job)),
  };
}

const markOf = ({ batch, index }: Job): string => `${batch}-${index}`;

async function runOne(job: Job, signal: AbortSignal): Promise<JobEnd> {
  const { argv, directory, log, limits } = job;
  const started = startMarked({ argv, directory, log, mark: markOf(job) });
  let isLate = false;
  const limit =
    limits.minutes === undefined
      ? undefined
      : setTimeout(
          () => {
            isLate = true;
            started.end();
          },
          Math.min(limits.minutes * 60_000, longestTimer),
        );
  signal.addEventListener('abort', started.end);
  try {
    const end = await started.ended;
    return isLate ? { failure: `took longer than ${limits.minutes} minutes and was ended` } : endOf(end);
  } catch (error) {
    if (error instanceof ProgramNotFound) throw missingProgram(error.program, job.title);
    throw error;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', started.end);
  }
}

function endOf({ status, signal }: MarkedEnd): JobEnd {
  if (status === 0) return {};
  if (status === null) return { failure: `was ended by the signal ${signal}` };
  return { failure: `ended with status ${status}`, status };
}

/** A program that could not be started. */
export function missingProgram(program: string, needed: string): AxocError {
  return new AxocError('missingTool', [
    {
      code: 'missing-program',
      place: program,
      message: `the program that is needed (${needed}) was not found`,
      hint: 'install it, load its environment before axoc is started, or name it with its whole path',
    },
  ]);
}
