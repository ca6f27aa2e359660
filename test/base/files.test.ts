import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stageFile } from '../../src/base/file-streams.js';
import {
  checkReplaceable,
  checkWritable,
  fileExists,
  listDirectory,
  listPackageFiles,
  readBytes,
  readPackageFile,
  readText,
  refuseToReplace,
  replacedFile,
  withTemporaryDirectory,
  writeDirectoryWhole,
  writeFileWhole,
} from '../../src/base/files.js';
import { messageOf } from './thrown.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'axoc-files-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const at = (...names: string[]) => path.join(directory, ...names);

/** Everything below a directory: relative path -> text. */
function contents(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(root, file), readFileSync(file, 'utf8')];
    }),
  );
}

describe('reading', () => {
  it('gives bytes and text', () => {
    writeFileSync(at('a'), Buffer.from([0xc3, 0xa4]));
    expect(readText(at('a'))).toBe('ä');
    expect([...readBytes(at('a'))]).toEqual([0xc3, 0xa4]);
    expect([fileExists(at('a')), fileExists(at('b'))]).toEqual([true, false]);
  });

  it('says why a file cannot be read', () => {
    writeFileSync(at('file'), '');
    const help = '\n  help: check the path and its permissions';
    expect(messageOf(() => readText(at('none')))).toBe(
      `error[unreadable-file]: ${at('none')}: no such file or directory${help}`,
    );
    expect(messageOf(() => readText(directory))).toBe(
      `error[unreadable-file]: ${directory}: it is a directory, a file was expected${help}`,
    );
    expect(messageOf(() => readText(at('file', 'inside')))).toBe(
      `error[unreadable-file]: ${at('file', 'inside')}: a part of the path is a file, not a directory${help}`,
    );
  });

  it('finds the files that axoc ships', () => {
    expect(JSON.parse(readPackageFile('package.json'))).toMatchObject({ name: 'axoc' });
    const files = listPackageFiles('hls');
    expect(files.length).toBeGreaterThan(0);
    expect(files).toEqual([...files].sort());
    expect(files.every((file) => readPackageFile(`hls/${file}`).length > 0)).toBe(true);
  });

  it('lists a directory in order, and nothing where there is none', () => {
    for (const name of ['b', 'a', 'c']) writeFileSync(at(name), '');
    expect(listDirectory(directory)).toEqual(['a', 'b', 'c']);
    expect(listDirectory(at('none'))).toEqual([]);
  });
});

describe('writeFileWhole', () => {
  it('gives up where directories can neither be made nor found', () => {
    expect(messageOf(() => writeFileWhole('/proc/axoc/deep/a', 'text'))).toMatch(
      /^error\[unwritable-file\]: \/proc\/axoc/,
    );
  });

  it('writes text and bytes, making directories on the way', () => {
    writeFileWhole(at('new', 'deep', 'a'), 'text');
    writeFileWhole(at('b'), Uint8Array.of(1, 2));
    expect(contents(directory)).toEqual({ [path.join('new', 'deep', 'a')]: 'text', b: '\u0001\u0002' });
  });

  it('replaces a file and leaves nothing beside it', () => {
    writeFileWhole(at('a'), 'old');
    writeFileWhole(at('a'), 'new');
    expect(contents(directory)).toEqual({ a: 'new' });
  });

  it('keeps the old file when the new one cannot be written', () => {
    // The name of the staged file is longer, and too long for a file system.
    const name = 'n'.repeat(250);
    writeFileSync(at(name), 'old');
    expect(messageOf(() => writeFileWhole(at(name), 'new'))).toMatch(
      /^error\[unwritable-file\]: .*: the name is too long/,
    );
    expect(contents(directory)).toEqual({ [name]: 'old' });
  });

  it('keeps a directory that stands in its place, and says so', () => {
    mkdirSync(at('a'));
    writeFileSync(at('a', 'b'), 'kept');
    expect(messageOf(() => writeFileWhole(at('a'), 'new'))).toBe(
      `error[unwritable-file]: ${at('a')}: it is a directory, a file was expected\n` +
        '  help: choose a path that can be written',
    );
    expect(contents(directory)).toEqual({ [path.join('a', 'b')]: 'kept' });
  });

  it('says when a part of the path is a file, which stays', () => {
    writeFileSync(at('file'), 'kept');
    expect(messageOf(() => writeFileWhole(at('file', 'deep', 'a'), 'new'))).toBe(
      `error[unwritable-file]: ${at('file', 'deep', 'a')}: a part of the path is a file, not a directory\n` +
        '  help: choose a path that can be written',
    );
    expect(contents(directory)).toEqual({ file: 'kept' });
  });
});

describe('a file that another one takes the place of', () => {
  it('is what a link leads to; the link stays', () => {
    mkdirSync(at('far'));
    writeFileSync(at('far', 'a'), 'old');
    symlinkSync(at('far', 'a'), at('link'));
    writeFileWhole(at('link'), 'new');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('far', 'a'), 'utf8')).toBe('new');
    expect(readdirSync(at('far'))).toEqual(['a']);
  });

  it('is no device and no pipe', () => {
    for (const write of [replacedFile, (path: string) => writeFileWhole(path, 'text'), stageFile])
      expect(messageOf(() => write('/dev/null'))).toBe(
        'error[unwritable-file]: /dev/null: it is a device or a pipe, a file was expected\n  help: name a file',
      );
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('is not read by the same command, by whatever name', () => {
    writeFileSync(at('a'), '');
    writeFileSync(at('b'), '');
    linkSync(at('a'), at('hard'));
    symlinkSync(at('a'), at('soft'));
    for (const name of ['a', 'b', 'hard', 'soft'])
      expect(() => refuseToReplace([at('b'), undefined, at('a')], at(name))).toThrow('output-is-input');
    expect(messageOf(() => refuseToReplace([at('a')], undefined, at('soft')))).toBe(
      `error[output-is-input]: ${at('soft')}: this file is read by the same command\n  help: write to another`,
    );
    expect(() => refuseToReplace([at('none'), at('a')], at('none'), at('b'))).not.toThrow();
  });
});

describe('checkWritable', () => {
  it('tries, and leaves directories alone behind', () => {
    writeFileSync(at('kept'), 'old');
    checkWritable(at('kept'));
    checkWritable(at('new', 'a'));
    expect(contents(directory)).toEqual({ kept: 'old' });
    mkdirSync(at('taken'));
    for (const [file, reason] of [
      [at('taken'), 'it is a directory'],
      [at('kept', 'a'), 'a part of the path is a file'],
    ] as const)
      expect(messageOf(() => checkWritable(file))).toContain(`error[unwritable-file]: ${file}: ${reason}`);
  });
});

describe('writeDirectoryWhole', () => {
  const tree = (content: string) =>
    new Map<string, string | Uint8Array>([
      ['marker', ''],
      ['src/a', content],
    ]);
  const write = (content: string) => writeDirectoryWhole(at('out'), tree(content), 'marker');
  const deep = path.join('out', 'src', 'a');

  it('writes a new tree, into an empty directory too', () => {
    write('one');
    expect(contents(directory)).toEqual({ [path.join('out', 'marker')]: '', [deep]: 'one' });
    mkdirSync(at('empty'));
    writeDirectoryWhole(at('empty'), tree('two'), 'marker');
    expect(contents(at('empty'))).toEqual({ marker: '', [path.join('src', 'a')]: 'two' });
  });

  it('replaces a directory of its own, with all that was added to it', () => {
    write('one');
    writeFileSync(at('out', 'extra'), 'by hand');
    write('two');
    expect(contents(directory)).toEqual({ [path.join('out', 'marker')]: '', [deep]: 'two' });
    expect(readdirSync(directory)).toEqual(['out']);
  });

  it('takes a path with a slash behind it, and one inside directories that do not exist', () => {
    writeDirectoryWhole(`${at('out')}/`, tree('one'), 'marker');
    writeDirectoryWhole(at('x', 'y', 'out'), tree('two'), 'marker');
    expect(contents(at('out'))).toEqual({ marker: '', [path.join('src', 'a')]: 'one' });
    expect(contents(at('x', 'y', 'out'))).toEqual({ marker: '', [path.join('src', 'a')]: 'two' });
    expect(readdirSync(directory)).toEqual(['out', 'x']);
    expect(readdirSync(at('x', 'y'))).toEqual(['out']);
  });

  it('refuses a directory that is not its own', () => {
    mkdirSync(at('out'));
    writeFileSync(at('out', 'thesis.tex'), 'kept');
    expect(messageOf(() => write('one'))).toBe(
      `error[foreign-directory]: ${at('out')}: the directory is not empty and was not written by this command (it has no marker)\n` +
        '  help: choose another directory, or empty this one',
    );
    expect(contents(directory)).toEqual({ [path.join('out', 'thesis.tex')]: 'kept' });
  });

  it('refuses to replace a file', () => {
    writeFileSync(at('out'), 'kept');
    expect(messageOf(() => write('one'))).toBe(
      `error[not-a-directory]: ${at('out')}: a file of this name stands in the way\n  help: choose another directory`,
    );
    expect(contents(directory)).toEqual({ out: 'kept' });
  });

  it('leaves the old directory, and nothing beside it, when the new one cannot be written', () => {
    write('one');
    const impossible = new Map([...tree('two'), ['marker/below-a-file', 'x']]);
    expect(messageOf(() => writeDirectoryWhole(at('out'), impossible, 'marker'))).toMatch(
      /^error\[unwritable-directory\]: .*\n {2}help: choose a directory that can be written$/,
    );
    expect(contents(directory)).toEqual({ [path.join('out', 'marker')]: '', [deep]: 'one' });
    expect(readdirSync(directory)).toEqual(['out']);
  });

  it('says when a part of the path is a file, which stays', () => {
    writeFileSync(at('file'), 'kept');
    expect(messageOf(() => writeDirectoryWhole(at('file', 'deep', 'out'), tree('one'), 'marker'))).toBe(
      `error[unwritable-directory]: ${at('file', 'deep', 'out')}: a part of the path is a file, not a directory\n` +
        '  help: choose a directory that can be written',
    );
    expect(contents(directory)).toEqual({ file: 'kept' });
  });

  it('can be asked before the work whether it would refuse', () => {
    mkdirSync(at('foreign'));
    writeFileSync(at('foreign', 'a'), '');
    expect(checkReplaceable(at('none'), 'place', 'marker')).toBeUndefined();
    expect(messageOf(() => checkReplaceable(at('foreign'), '--out', 'marker'))).toMatch(
      /^error\[foreign-directory\]: --out: /,
    );
  });
});

describe('withTemporaryDirectory', () => {
  it('gives a fresh directory that is gone afterwards', async () => {
    const seen: string[] = [];
    const use = (fail: boolean) =>
      withTemporaryDirectory(async (temporary) => {
        seen.push(temporary);
        expect(statSync(temporary).isDirectory() && readdirSync(temporary).length === 0).toBe(true);
        writeFileSync(path.join(temporary, 'a'), '');
        if (fail) throw new Error('failed');
        return 7;
      });
    expect(await use(false)).toBe(7);
    await expect(use(true)).rejects.toThrow(new Error('failed'));
    expect(new Set(seen).size).toBe(2);
    expect(seen.some(fileExists)).toBe(false);
  });
});
