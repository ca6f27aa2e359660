/** A file that says that one axoc works in a directory, so that no second one does. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { userError } from './diagnostic.js';
import { discard, reasonOf } from './files.js';

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Its command line, by which it is told from a later process of the same number; empty where there is no /proc. */
  readonly command: string;
}

/**
 * Takes the lock, also one that a process of this machine has left behind by being killed.
 * @returns what gives it back
 * @throws AxocError (user) when another process holds it
 */
export function takeLock(path: string): () => void {
  const holder: Holder = { host: hostname(), pid: process.pid, command: commandOf(process.pid) ?? '' };
  if (create(path, holder)) return () => discard(path);
  const other = read(path);
  if (other !== undefined && isThere(other)) {
    const place = `process ${other.pid} on ${other.host}`;
    throw userError(
      'directory-in-use',
      path,
      `${place} works in this directory`,
      `wait for it or end it; if it has ended already, remove ${path}`,
    );
  }
  discard(path);
  if (create(path, holder)) return () => discard(path);
  throw userError('directory-in-use', path, 'another axoc has just begun to work in this directory', 'wait for it');
}

function create(path: string, holder: Holder): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw userError('unwritable-file', path, reasonOf(error), 'choose a directory that can be written');
  }
  writeSync(file, `${JSON.stringify(holder)}\n`);
  closeSync(file);
  return true;
}

/** Undefined when it is not whole: its writer was killed at that moment. */
function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isThere({ host, pid, command }: Holder): boolean {
  // Nothing is known of processes elsewhere.
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const found = commandOf(pid);
  return found === undefined || found === command;
}

function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}
