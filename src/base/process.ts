/** Child processes: argument vectors only, never a shell string. */
import { spawn } from 'node:child_process';

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Thrown when the program itself could not be started. */
export class ProgramNotFound extends Error {
  constructor(readonly program: string) {
    super(`${program}: program not found`);
    this.name = 'ProgramNotFound';
  }
}

/**
 * Runs `program` with `args` to its end and gives all it printed. Rejects with ProgramNotFound when there is no such program.
 * @param seconds after which it is killed; none: as long as it takes
 */
export function run(program: string, args: readonly string[], seconds?: number): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const limit = seconds === undefined ? {} : ({ timeout: seconds * 1000, killSignal: 'SIGKILL' } as const);
    const child = spawn(program, args, { shell: false, stdio: ['ignore', 'pipe', 'pipe'], ...limit });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' || error.code === 'EACCES' ? new ProgramNotFound(program) : error),
    );
    child.on('close', (status, signal) =>
      resolve({
        status,
        signal,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    );
  });
}
