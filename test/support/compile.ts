/** Compiles C++ text with g++ into a temporary directory, for tests. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface CompileOptions {
  /** Directories for `-I`. */
  readonly include?: readonly string[];
  /** Further arguments; the default is `-O1`. */
  readonly flags?: readonly string[];
}

/** The compiler refused; the message is what it printed. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
}

export interface Program {
  /** Path of the executable. */
  readonly binary: string;
  /** Runs it to its end and gives its standard output; throws when its exit code is not 0. */
  run(args?: readonly string[], input?: string): string;
  /** Removes the temporary directory. */
  remove(): void;
}

/** Compiles `source` as C++17. Call `remove` on the result when done. */
export function compileCpp(source: string, options: CompileOptions = {}): Program {
  const directory = mkdtempSync(path.join(tmpdir(), 'axoc-cpp-'));
  const file = path.join(directory, 'main.cpp');
  const binary = path.join(directory, 'main');
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  writeFileSync(file, source);
  try {
    const includes = (options.include ?? []).flatMap((folder) => ['-I', folder]);
    const args = ['-std=c++17', ...(options.flags ?? ['-O1']), ...includes, file, '-o', binary];
    execFileSync('g++', args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', maxBuffer: 1 << 28 });
  } catch (error) {
    remove();
    const { stderr } = error as { stderr?: string };
    throw stderr ? new CompileError(stderr) : error;
  }
  const run = (args: readonly string[] = [], input = ''): string =>
    execFileSync(binary, args, { input, stdio: ['pipe', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 28 });
  return { binary, run, remove };
}

/** Compiles `source`, runs it once and gives its standard output. */
export function runCpp(source: string, options: CompileOptions = {}): string {
  const program = compileCpp(source, options);
  try {
    return program.run();
  } finally {
    program.remove();
  }
}
