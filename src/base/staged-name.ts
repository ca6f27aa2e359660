/** Names of files and directories that are being written, which take their real name when they are complete. */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Of this machine, in eight digits: nothing is known of processes elsewhere. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

const ending = /^\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.partial$/;

/**
 * A new name beside `path`. What an axoc of this machine that was killed has left behind for the same `path` is removed: it can be as large as
 * the output itself.
 */
export function stagedName(path: string): string {
  for (const name of leftovers(path)) removeIfAllowed(join(dirname(path), name));
  return `${path}.${host}-${process.pid}-${randomUUID().slice(0, 8)}.partial`;
}

function leftovers(path: string): readonly string[] {
  const own = basename(path);
  return namesIn(dirname(path)).filter((name) => {
    const [, writerHost, pid] = (name.startsWith(own) && ending.exec(name.slice(own.length))) || [];
    return writerHost === host && hasEnded(Number(pid));
  });
}

function removeIfAllowed(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It is in nobody's way.
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // It is made with the first file.
    return [];
  }
}

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
