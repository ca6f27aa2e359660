/** Child processes with a mark: they write to a log, end together with their own children, and can be found again by another axoc. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { userError } from './diagnostic.js';
import { ProgramNotFound } from './process.js';

/** Every process that comes of a marked one carries its mark in this variable. */
const markVariable = 'AXOC_JOB';
/** Between asking processes to end and ending them. */
const graceSeconds = 10;
/** Longest that a process which was killed may still be there. */
const deathSeconds = 30;

export interface MarkedCommand {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Directory in which it starts. */
  readonly directory: string;
  /** File that takes what it prints, behind what is there. */
  readonly log: string;
  /** Unique to it. */
  readonly mark: string;
}

export interface MarkedEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface MarkedProcess {
  /** Rejects with ProgramNotFound when there is no such program. */
  readonly ended: Promise<MarkedEnd>;
  /** Ends it and its children: asked first, then forced. */
  end(): void;
}

/** Starts a process in a group of its own, so that Ctrl-C reaches axoc alone, which then ends it in order. */
export function startMarked({ argv, directory, log, mark }: MarkedCommand): MarkedProcess {
  const [program, ...args] = argv as readonly [string, ...string[]];
  const output = openSync(log, 'a');
  const child = spawn(program, args, {
    cwd: directory,
    shell: false,
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, [markVariable]: mark },
  });
  closeSync(output);
  let forced: NodeJS.Timeout | undefined;
  const ended = new Promise<MarkedEnd>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' || error.code === 'EACCES' ? new ProgramNotFound(program) : error),
    );
    child.on('exit', (status, signal) => {
      clearTimeout(forced);
      // What it started and left behind ends with it.
      signalGroup(child.pid, 'SIGKILL');
      resolve({ status, signal });
    });
  });
  return {
    ended,
    end() {
      signalGroup(child.pid, 'SIGTERM');
      forced ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceSeconds * 1000);
    },
  };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

/**
 * Ends every process of this machine that carries the mark, and waits until none is left: what an axoc that was killed could not end.
 * Where there is no /proc none is found.
 * @throws AxocError (user) when one does not end
 */
export async function endMarked(mark: string): Promise<void> {
  const started = performance.now();
  for (let found = findMarked(mark); found.length > 0; found = findMarked(mark)) {
    for (const pid of found) endOne(pid);
    if (performance.now() - started > deathSeconds * 1000)
      throw userError(
        'process-remains',
        `process ${found.join(', ')}`,
        'is left over from an earlier axoc and does not end',
        'end it, then start again',
      );
    await delay(50);
  }
}

function endOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function findMarked(mark: string): number[] {
  const wanted = `${markVariable}=${mark}`;
  return processIds().filter((pid) => {
    try {
      // The environment of one that has ended and is not yet collected is empty.
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted);
    } catch {
      return false;
    }
  });
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
