/** What runs jobs: processes of this machine, or a batch system. The pipeline knows no more of it than this. */

/** What a job may use; what is absent is not limited, or is as the batch system has it. */
export interface Limits {
  readonly minutes?: number;
  readonly cpus?: number;
  readonly memoryGb?: number;
}

/** One attempt at one piece of work. */
export interface Job {
  /** For messages: `simulate, run 3`. */
  readonly title: string;
  /** Program and arguments: never read by a shell. */
  readonly argv: readonly string[];
  /** Absolute path of the directory in which it starts, and which it fills. */
  readonly directory: string;
  /** Absolute path of the file that takes what it prints. */
  readonly log: string;
  /** Absolute path of the file in which a batch job leaves its exit status. */
  readonly status: string;
  /** The jobs that were started together: a unique name of letters, digits and dashes, and the place among them, from 0. */
  readonly batch: string;
  readonly index: number;
  readonly limits: Limits;
  /** Whether an earlier axoc has started it: it is waited for only. */
  readonly isStarted: boolean;
}

/** How a job ended: without a reason it succeeded. */
export interface JobEnd {
  /** `ended with status 3`: the rest of a sentence. */
  readonly failure?: string;
  /** Where it ended by itself. */
  readonly status?: number;
}

export interface Executor {
  /**
   * Jobs that may be handed to `run` at once.
   * @throws AxocError when it takes none
   */
  mostJobs(): Promise<number>;
  /**
   * Runs all jobs to their end and tells each end as it comes; a job that fails does not disturb the others. When the signal aborts, what
   * runs is ended, and the rest is neither started nor told.
   * @throws AxocError when jobs cannot be run at all: a program is missing, the batch system does not answer
   */
  run(jobs: readonly Job[], tell: (job: Job, end: JobEnd) => void, signal: AbortSignal): Promise<void>;
  /**
   * What an axoc that was killed has left: true when the job runs or has ended and its end can still be learnt, so that it is to be
   * waited for; false when nothing of it is left, and it may be started anew.
   */
  takeOver(job: Job): Promise<boolean>;
  /** Ends what an axoc that was killed has left running of a job. */
  abandon(job: Job): Promise<void>;
}
