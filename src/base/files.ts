/** Files and directories: read with clear errors, written whole or not at all. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { userError } from './diagnostic.js';
import { stagedName } from './staged-name.js';

/** A directory's content: path inside it (with `/`) -> bytes or text. */
export type FileTree = ReadonlyMap<string, string | Uint8Array>;

/** The directory that holds `templates/` and `hls/`, from `src/base` and `dist/base` alike. */
const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Reads a file the user named. Throws a user error that says why it could not be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw userError('unreadable-file', path, reasonOf(error), 'check the path and its permissions');
  }
}

/** The first `length` bytes of a file, or all of a shorter one. */
export function readHead(path: string, length: number): Uint8Array {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw userError('unreadable-file', path, reasonOf(error), 'check the path and its permissions');
  }
  try {
    const head = Buffer.alloc(length);
    return head.subarray(0, readSync(file, head, 0, length, 0));
  } catch (error) {
    throw userError('unreadable-file', path, reasonOf(error), 'check the path and its permissions');
  } finally {
    closeSync(file);
  }
}

export function readText(path: string): string {
  return readBytes(path).toString('utf8');
}

/** Reads a file that axoc itself ships, named from the package's root. */
export function readPackageFile(path: string): string {
  return readFileSync(join(packageRoot, path), 'utf8');
}

/** All files below a directory that axoc ships, as paths from it, sorted. */
export function listPackageFiles(path: string): string[] {
  const root = join(packageRoot, path);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

export function fileExists(path: string): boolean {
  return existsSync(path);
}

/** Names in a directory, sorted; none when it cannot be read. */
export function listDirectory(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/**
 * All files below a directory, as paths that begin with it, sorted.
 * @throws AxocError (user) when it cannot be read
 */
export function listFiles(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    throw userError('unreadable-file', path, reasonOf(error), 'check the path and its permissions');
  }
}

/**
 * Makes a directory and those above it; throws what the file system says. One by one, since Node's own way of making them never
 * ends where something can neither be made nor found in a directory that is there, as in /proc.
 */
export function ensureDirectory(path: string): void {
  const isThere = (): boolean => statsOf(path)?.isDirectory() ?? false;
  if (isThere()) return;
  const parent = dirname(resolve(path));
  if (parent !== resolve(path)) ensureDirectory(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isThere()) throw error;
  }
}

/**
 * The file that a new one takes the place of: what a link leads to, not the link.
 * @throws AxocError (user) for a directory, and for a device or a pipe, such as /dev/stdout: a plain file would stand in its place
 */
export function replacedFile(path: string): string {
  const found = statsOf(path);
  if (found === undefined) return path;
  if (found.isFile()) return realpathSync(path);
  throw found.isDirectory()
    ? userError('unwritable-file', path, 'it is a directory, a file was expected', 'choose a path that can be written')
    : userError('unwritable-file', path, 'it is a device or a pipe, a file was expected', 'name a file');
}

/**
 * @param read files that a command reads, @param written those that it is to write; undefined ones were not given
 * @throws AxocError (user) where one would be written over the other
 */
export function refuseToReplace(
  read: readonly (string | undefined)[],
  ...written: readonly (string | undefined)[]
): void {
  const isSameFile = (a: string, b: string): boolean => {
    const [first, second] = [statsOf(a), statsOf(b)];
    return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
  };
  for (const output of written)
    for (const input of read)
      if (output !== undefined && input !== undefined && isSameFile(input, output))
        throw userError('output-is-input', output, 'this file is read by the same command', 'write to another');
}

/** Undefined for what is not there, or cannot be. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Finds out before long work whether its result can be written to `path`; directories that are missing are made.
 * @throws AxocError (user) where it cannot
 */
export function checkWritable(path: string): void {
  const target = replacedFile(path);
  const probe = stagedName(target);
  try {
    ensureDirectory(dirname(target));
    writeFileSync(probe, '');
  } catch (error) {
    throw userError('unwritable-file', path, reasonOf(error), 'choose a path that can be written');
  } finally {
    discard(probe);
  }
}

/** Replaces `path` in one step: an older file survives until the new one is complete. */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  const target = replacedFile(path);
  const staged = stagedName(target);
  try {
    ensureDirectory(dirname(target));
    writeFileSync(staged, content);
    renameSync(staged, target);
  } catch (error) {
    discard(staged);
    throw userError('unwritable-file', path, reasonOf(error), 'choose a path that can be written');
  }
}

/**
 * Replaces the directory `path` by `tree` in one step: written beside it, then renamed. A directory that stands there is
 * replaced only if it is empty or holds `marker` (a file every tree of this kind has), so nobody's home is ever deleted.
 */
export function writeDirectoryWhole(path: string, tree: FileTree, marker: string): void {
  const target = resolve(path);
  const staged = stagedName(join(dirname(target), `.${basename(target)}`));
  const replaced = `${staged}.old`;
  checkReplaceable(target, path, marker);
  try {
    writeTree(staged, tree);
    if (existsSync(target)) renameSync(target, replaced);
    renameSync(staged, target);
  } catch (error) {
    if (existsSync(replaced) && !existsSync(target)) renameSync(replaced, target);
    throw userError('unwritable-directory', path, reasonOf(error), 'choose a directory that can be written');
  } finally {
    discard(staged);
    discard(replaced);
  }
}

/** Removes what a failed attempt has left; what is not there, or cannot be there, is no matter. */
export function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The path itself was impossible: its reason is already on the way to the user.
  }
}

/** Refuses a target that is not ours to replace; callers with long work ahead ask this first. */
export function checkReplaceable(target: string, place: string, marker: string): void {
  if (!existsSync(target)) return;
  let names: string[];
  try {
    names = readdirSync(target);
  } catch {
    throw userError('not-a-directory', place, 'a file of this name stands in the way', 'choose another directory');
  }
  if (names.length > 0 && !names.includes(marker)) {
    throw userError(
      'foreign-directory',
      place,
      `the directory is not empty and was not written by this command (it has no ${marker})`,
      'choose another directory, or empty this one',
    );
  }
}

/** Writes `tree` below `root`, which is created. */
export function writeTree(root: string, tree: FileTree): void {
  ensureDirectory(root);
  for (const [name, content] of tree) {
    const file = join(root, name);
    ensureDirectory(dirname(file));
    writeFileSync(file, content);
  }
}

/** Gives `work` a fresh directory that is gone afterwards, whatever happens. */
export async function withTemporaryDirectory<T>(work: (path: string) => Promise<T>): Promise<T> {
  const path = mkdtempSync(join(tmpdir(), 'axoc-'));
  try {
    return await work(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Why the file system refused, in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOENT':
      return 'no such file or directory';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a directory, a file was expected';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a part of the path is a file, not a directory';
    case 'ESPIPE':
      return 'it is a pipe, a file was expected';
    case 'ELOOP':
      return 'links lead in a circle';
    case 'ENAMETOOLONG':
      return 'the name is too long';
    case 'ENOSPC':
      return 'no space left on the device';
    default:
      return (error as Error).message;
  }
}
