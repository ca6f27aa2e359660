/** What Slurm is given: a script with every job of an array, and the options of sbatch. */
import { shellQuote } from '../../../base/shell-quote.js';
import type { Job, Limits } from '../executor.js';
import { renderTemplate } from '../template.js';

export interface SlurmPlace {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  /** Further options of sbatch, each a word. */
  readonly options: readonly string[];
  /** Tasks of an array at once; all when absent. */
  readonly atOnce?: number;
}

/** The name by which all questions to Slurm ask for the jobs of a batch. */
export const batchName = (batch: string): string => `axoc-${batch}`;

/** @throws RangeError for an argument that no command line can hold */
export function slurmScript(jobs: readonly Job[]): string {
  const quoted = jobs.map(({ index, directory, log, status, argv }) => ({
    index,
    directory: shellQuote(directory),
    log: shellQuote(log),
    status: shellQuote(status),
    argv: argv.map(shellQuote),
  }));
  return renderTemplate('slurm-job.sh', { jobs: quoted });
}

/**
 * Arguments of sbatch for jobs of one batch.
 * @param script path of their script
 * @param output path of what Slurm itself says of a task, without its number
 */
export function sbatchArguments(jobs: readonly Job[], place: SlurmPlace, script: string, output: string): string[] {
  const { batch, limits } = jobs[0]!;
  const atOnce = place.atOnce === undefined ? '' : `%${place.atOnce}`;
  return [
    '--parsable',
    `--job-name=${batchName(batch)}`,
    `--array=${jobs.map(({ index }) => index).join(',')}${atOnce}`,
    // % begins a pattern of Slurm's; nothing is patterned but the number of the task.
    `--output=${output.replaceAll('%', '%%')}.%a.txt`,
    '--open-mode=append',
    // A job is tried again by the pipeline, which knows of it, and never by Slurm behind its back.
    '--no-requeue',
    ...option('partition', place.partition),
    ...option('account', place.account),
    ...option('qos', place.qos),
    ...limitOptions(limits),
    ...place.options,
    script,
  ];
}

function limitOptions({ minutes, cpus, memoryGb }: Limits): string[] {
  return [
    // Slurm counts whole minutes.
    ...option('time', minutes === undefined ? undefined : Math.ceil(minutes)),
    ...option('cpus-per-task', cpus),
    ...option('mem', memoryGb === undefined ? undefined : `${Math.ceil(memoryGb * 1024)}M`),
  ];
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}
