/** The built command line, as users run it, in a directory of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const command = path.join(root, 'dist/cli/main.js');

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A fresh directory in which commands run; removed by `remove`. */
export class Workplace {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'axoc-command-'));

  axoc(args: readonly string[], env: NodeJS.ProcessEnv = {}): Result {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
      cwd: this.directory,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', ...env },
      maxBuffer: 2 ** 28,
    });
    return { status, stdout, stderr };
  }

  /** Starts the command and goes on. */
  start(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [command, ...args], {
      cwd: this.directory,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  path(name: string): string {
    return path.join(this.directory, name);
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
