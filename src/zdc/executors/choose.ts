/** The executor of a kind, as the configuration has it. */
import { join } from 'node:path';
import type { ZdcConfig } from '../config.js';
import type { Executor } from './executor.js';
import { localExecutor } from './local.js';
import { slurmExecutor } from './slurm/executor.js';

/** Executors that run jobs by themselves; the GRID is handed a submission. */
export type RunningKind = 'local' | 'slurm';

/** @param directory of the pipeline, absolute */
export function chooseExecutor(kind: RunningKind, { local, slurm }: ZdcConfig, directory: string): Executor {
  switch (kind) {
    case 'local':
      return localExecutor(local.processes);
    case 'slurm': {
      const { partition, account, qos, options, at_once } = slurm;
      return slurmExecutor({
        ...(partition === undefined ? {} : { partition }),
        ...(account === undefined ? {} : { account }),
        ...(qos === undefined ? {} : { qos }),
        ...(at_once === undefined ? {} : { atOnce: at_once }),
        options,
        patience: {
          start: slurm.start_minutes * 60,
          silence: slurm.silence_minutes * 60,
          settle: slurm.settle_seconds,
          poll: slurm.poll_seconds,
        },
        directory: join(directory, 'slurm'),
      });
    }
  }
}
