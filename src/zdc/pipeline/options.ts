/** What the configuration says of the pipeline itself: its runs, the commands that simulate, and where each stage is computed. */
import { z } from 'zod';

const count = z.int().min(1);
const text = z.string().min(1, { error: 'a text that is not empty expected' });

export const stageNames = ['simulate', 'extract', 'prepare', 'train', 'export'] as const;
export type StageName = (typeof stageNames)[number];

const executorKinds = ['local', 'slurm', 'grid'] as const;

/** A program of the user's, run once for each run. */
const commandSchema = z.strictObject({
  command: z
    .array(z.string())
    .min(1)
    .describe(
      'Program and arguments, one entry each; {run}, {seed}, {out}, {from}, {config}, {macro} and {axoc} stand for values.',
    ),
  outputs: z
    .array(text)
    .min(1)
    .describe('Files that it leaves in its directory {out}; without them, or with an empty one, it has failed.'),
  inputs: z
    .array(text)
    .default([])
    .describe(
      'Files beside the configuration that the command reads, {config}/NAME: when one changes, the stage is redone.',
    ),
});
export type CommandStage = z.output<typeof commandSchema>;

const jobSchema = z.strictObject({
  executor: z
    .enum(executorKinds)
    .optional()
    .describe('Where this stage is computed, if elsewhere than `executor` says.'),
  attempts: count.default(3).describe('How often a job is tried before the stage fails.'),
  minutes: z
    .number()
    .positive()
    .optional()
    .describe('Longest time of a job; none: as long as it takes (local), or the default of the partition.'),
  cpus: count.optional().describe('Processors of a job, asked of Slurm.'),
  memory_gb: z.number().positive().optional().describe('Memory of a job in GiB, asked of Slurm.'),
});
export type JobOptions = z.output<typeof jobSchema>;

/** Section `export`. */
const exportKeys = z.strictObject({
  opset: z.int().min(13).max(18).default(13).describe('Operator set of the ONNX model.'),
  output: z
    .enum(['image', 'channels'])
    .default('image')
    .describe('`image`: log(photons + 1) of every pixel, as O2 reads it; `channels`: five photon sums.'),
  scaler: z
    .enum(['none', 'embedded'])
    .default('none')
    .describe('`embedded`: the model takes conditions in their units.'),
});

export const pipelineKeys = {
  calorimeter: z.enum(['ZN', 'ZP']).optional().describe('Whose showers are learned: ZN, neutrons, or ZP, protons.'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('The seed of every run follows from it.'),
  first_run: z.int().min(0).default(1).describe('Number of the first run.'),
  runs: count.default(1).describe('How many runs are simulated, each a job of its own.'),
  simulate: commandSchema.optional().describe('The command that simulates one run.'),
  extract: commandSchema
    .optional()
    .describe('The command that writes the text files of one run; without `simulate`, it makes them by itself.'),
  texts: text
    .optional()
    .describe('Directory of text files that are there already, in place of `simulate` and `extract`.'),
  executor: z
    .enum(executorKinds)
    .default('local')
    .describe('Where jobs run: processes of this machine, Slurm, or the ALICE GRID.'),
  local: z
    .strictObject({ processes: count.default(1).describe('Jobs at once.') })
    .prefault({})
    .describe('Processes of this machine.'),
  slurm: z
    .strictObject({
      partition: text.optional(),
      account: text.optional(),
      qos: text.optional(),
      options: z.array(text).default([]).describe('Further options of sbatch, one entry each.'),
      at_once: count.optional().describe('Jobs of an array at once; none: as many as Slurm gives.'),
      start_minutes: z
        .number()
        .positive()
        .default(1440)
        .describe('A job that has not started by then is cancelled and has failed.'),
      silence_minutes: z
        .number()
        .positive()
        .default(30)
        .describe('How long Slurm may give no answer before the pipeline gives up.'),
      settle_seconds: z
        .number()
        .min(0)
        .default(60)
        .describe('How long a job that Slurm no longer lists may leave no result, for slow shared file systems.'),
      poll_seconds: z.number().positive().default(15).describe('Between two questions to Slurm.'),
    })
    .prefault({})
    .describe('Slurm: partition, account and quality of service as sbatch takes them.'),
  grid: z
    .strictObject({
      directory: text.default('').describe('Directory of the user in the GRID catalogue, /alice/cern.ch/user/...'),
      packages: z.array(text).default([]).describe('Software, such as VO_ALICE@O2sim::v20241014-1.'),
      partition: text.default('multicore_8').describe('GRID partition.'),
      results: text.optional().describe('Directory that the results were copied to, with one directory for each run.'),
    })
    .prefault({})
    .describe('The ALICE GRID: a submission is written; its results are read once they are there.'),
  export: exportKeys.prefault({}).describe('The generator as ONNX.'),
  jobs: z
    .strictObject(
      Object.fromEntries(stageNames.map((name) => [name, jobSchema.prefault({})])) as Record<
        StageName,
        z.ZodPrefault<typeof jobSchema>
      >,
    )
    .prefault({})
    .describe('For each stage: attempts, time and resources of its jobs.'),
};
