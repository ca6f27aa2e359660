/** Questions and orders to Slurm: squeue, sacct, scancel, sbatch. */
import { userError } from '../../../base/diagnostic.js';
import { type Finished, ProgramNotFound, run } from '../../../base/process.js';
import { missingProgram } from '../local.js';
import { batchName } from './submission.js';

/** Longest time that one question may take. */
const answerSeconds = 60;

/** What Slurm says of a task of an array. */
export interface TaskState {
  /** Number in the array. */
  readonly index: number;
  /** As Slurm names it: `12_3`. */
  readonly id: string;
  /** `PENDING`, `RUNNING`, `TIMEOUT`, ... */
  readonly state: string;
  readonly reason: string;
}

/** Tasks of a batch that the controller knows, ended ones for some minutes; undefined when it gives no answer. */
export async function askTasks(batch: string): Promise<readonly TaskState[] | undefined> {
  const { status, stdout } = await slurm('squeue', [
    '--noheader',
    '--array',
    '--states=all',
    `--name=${batchName(batch)}`,
    '--format=%i|%T|%r',
  ]);
  return status === 0 ? stdout.split('\n').flatMap(parseTask) : undefined;
}

/** `12_3|RUNNING|None` */
function parseTask(line: string): TaskState[] {
  const [id = '', state = '', reason = ''] = line.trim().split('|');
  const index = /^\d+_(\d+)$/.exec(id)?.[1];
  return index === undefined ? [] : [{ index: Number(index), id, state, reason }];
}

/** How a task ended that the controller has forgotten, as accounting has it; undefined where there is none. */
export async function askAccounting(batch: string, index: number): Promise<string | undefined> {
  const { status, stdout } = await slurm('sacct', [
    '--noheader',
    '--parsable2',
    '--allocations',
    '--starttime=now-30days',
    `--name=${batchName(batch)}`,
    '--format=JobID,State',
  ]);
  const line = status === 0 ? stdout.split('\n').find((text) => text.split('|')[0]!.endsWith(`_${index}`)) : undefined;
  return line?.split('|')[1];
}

/** As Slurm is installed where nobody has changed it. */
const usualArraySize = 1001;

/**
 * Tasks that an array may have: their numbers, from 0, are below `MaxArraySize`.
 * @throws AxocError (user) where Slurm is set up without arrays
 */
export async function askArraySize(): Promise<number> {
  const { status, stdout } = await slurm('scontrol', ['show', 'config']);
  const found = status === 0 ? /^MaxArraySize\s*=\s*(\d+)$/m.exec(stdout)?.[1] : undefined;
  const size = found === undefined ? usualArraySize : Number(found);
  if (size > 0) return size;
  throw userError(
    'slurm-refused',
    'MaxArraySize',
    'this Slurm takes no arrays of jobs, and jobs are submitted as arrays',
    'ask for a MaxArraySize above 0 in slurm.conf, or choose another executor',
  );
}

/** @param ids as Slurm names tasks; at least one */
export async function cancel(ids: readonly string[]): Promise<void> {
  await slurm('scancel', ids);
}

/** @throws AxocError (user) with Slurm's own words when it refuses the jobs */
export async function submit(args: readonly string[]): Promise<void> {
  const { status, stderr } = await slurm('sbatch', args);
  if (status === 0) return;
  throw userError(
    'slurm-refused',
    'sbatch',
    `Slurm does not take the jobs: ${stderr.trim().replaceAll(/\s+/g, ' ') || 'no reason given'}`,
    'correct the section slurm of the configuration, or the resources of the stage in jobs',
  );
}

async function slurm(program: string, args: readonly string[]): Promise<Finished> {
  try {
    return await run(program, args, answerSeconds);
  } catch (error) {
    if (error instanceof ProgramNotFound) throw missingProgram(program, 'executor: slurm');
    throw error;
  }
}
