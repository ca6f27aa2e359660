/** The house rules of docs/architecture.md: floors, bans, one subject a file. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../src/', import.meta.url));

/** A room imports only from rooms on lower floors. */
const floors: Readonly<Record<string, number>> = {
  base: 0,
  fixed: 1,
  data: 1,
  onnx: 1,
  network: 2,
  ir: 2,
  tensor: 3,
  lower: 3,
  passes: 3,
  simulate: 3,
  train: 4,
  emit: 4,
  verify: 5,
  artefact: 5,
  report: 5,
  compile: 6,
  l1: 6,
  zdc: 6,
  cli: 7,
  library: 7,
};

/** Imports that the floors would allow and the house does not: an emitter prints what it is given. */
const forbidden: readonly (readonly [string, string])[] = [
  ['emit', 'simulate'],
  ['emit', 'passes'],
  ['emit', 'lower'],
  ['emit', 'network'],
];

interface Source {
  readonly name: string;
  readonly room: string;
  readonly text: string;
}

const sources: readonly Source[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, room: roomOf(name), text: readFileSync(path.join(root, name), 'utf8') }));

/** Files of the house, below `src`, and packages that a file imports, dynamic imports included. */
function importsOf({ name, text }: Source): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target]) =>
    target!.startsWith('.') ? path.join(path.dirname(name), target!).replace(/\.js$/, '.ts') : target!,
  );
}

/** The first folder of a path below `src`, or the name of a package. */
function roomOf(name: string): string {
  return name.split(path.sep)[0]!;
}

/** The text without comments, strings and templates' plain parts left in: enough to find calls. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

function filesWith(pattern: RegExp, except: readonly string[] = []): string[] {
  return sources
    .filter(({ room, text }) => !except.includes(room) && pattern.test(codeOf(text)))
    .map(({ name }) => name);
}

describe('rooms', () => {
  it('reads the whole house', () => {
    expect(sources.length).toBeGreaterThan(60);
    expect([...new Set(sources.map(({ room }) => room))].sort()).toEqual(Object.keys(floors).sort());
  });

  it('import only from lower floors', () => {
    const climbing = sources.flatMap((source) =>
      importsOf(source)
        .map(roomOf)
        .filter((target) => target in floors && target !== source.room && floors[target]! >= floors[source.room]!)
        .map((target) => `${source.name} imports ${target}`),
    );
    expect(climbing).toEqual([]);
  });

  it('keep emitters away from what they must not know', () => {
    const breaches = sources.flatMap((source) =>
      importsOf(source)
        .map(roomOf)
        .filter((target) => forbidden.some(([room, other]) => room === source.room && other === target))
        .map((target) => `${source.name} imports ${target}`),
    );
    expect(breaches).toEqual([]);
  });
});

describe('bans', () => {
  it.each([
    ['child processes outside base', /node:child_process/, ['base']],
    ['the file system outside base', /node:fs/, ['base']],
    ['shell strings', /shell:\s*true|\bexecSync\b|\bexec\(\s*[`'"]/, []],
    ['unseeded randomness', /Math\.random|crypto\.getRandomValues/, []],
    ['clocks in results', /Date\.now|new Date\b(?!\(0\))/, []],
    ['eval', /\beval\s*\(|new Function\s*\(/, []],
    ['console output outside cli', /\bconsole\./, []],
    ['process exits that cut output off', /process\.exit\(/, []],
  ] as const)('no %s', (_, pattern, except) => {
    expect(filesWith(pattern, except)).toEqual([]);
  });
});

describe('files', () => {
  it('begin by saying their subject', () => {
    const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text)).map(({ name }) => name);
    expect(silent).toEqual([]);
  });

  it('stay short', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 320).map(({ name }) => name);
    expect(long).toEqual([]);
  });

  it('never import each other in a circle', () => {
    const names = sources.map(({ name }) => name);
    const arrows = sources.flatMap((source) => importsOf(source).map((target) => [source.name, target] as const));
    let left = arrows.filter(([, target]) => names.includes(target));
    expect(left.length).toBeGreaterThan(sources.length);
    // An arrow from a file that nobody imports, or to one that imports nothing, is in no circle: it goes, until none of these is left.
    for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
      before = left.length;
      const imported = new Set(left.map(([, target]) => target));
      const importing = new Set(left.map(([name]) => name));
      left = left.filter(([name, target]) => imported.has(name) && importing.has(target));
    }
    expect(left).toEqual([]);
  });

  it('leave nothing for later', () => {
    expect(sources.filter(({ text }) => /\b(TODO|FIXME|XXX)\b/.test(text)).map(({ name }) => name)).toEqual([]);
  });
});
