/** The command line as a user meets it: outputs, messages, exit codes. */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type Result, root, Workplace } from '../support/command.js';
import { requireSharedData } from '../support/shared-data.js';

const workplace = new Workplace();
const work = workplace.directory;
afterAll(() => workplace.remove());
const model = path.join(root, 'fixtures/networks/dimuon-trigger.json');
const events = path.join(root, 'fixtures/events/dimuon-events.json');

const axoc = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Result => workplace.axoc(args, env);
const inWork = (name: string): string => workplace.path(name);

describe('simulate', () => {
  it('writes raw integers, one a line or one array, in order', () => {
    expect(axoc(['simulate', model, '--input', events, '--output', 'scores.txt']).status).toBe(0);
    expect(axoc(['simulate', model, '--input', events, '--output', 'scores.json']).status).toBe(0);
    const lines = readFileSync(inWork('scores.txt'), 'utf8').trimEnd().split('\n').map(Number);
    expect(lines).toHaveLength(500);
    expect(lines.every(Number.isInteger)).toBe(true);
    expect(new Set(lines).size).toBeGreaterThan(100);
    expect(JSON.parse(readFileSync(inWork('scores.json'), 'utf8'))).toEqual(lines);
  });

  it.each([[], ['--trace']])('gives the same bytes by WebAssembly %j', (...extra) => {
    for (const engine of ['interpret', 'wasm']) {
      const output = ['--output', `${engine}.json`, '--engine', engine];
      expect(axoc(['simulate', model, '--input', events, ...output, ...extra]).status).toBe(0);
    }
    expect(readFileSync(inWork('wasm.json'), 'utf8')).toBe(readFileSync(inWork('interpret.json'), 'utf8'));
  });

  it('gives the same bytes with any number of threads, by either engine', () => {
    const rows = (JSON.parse(readFileSync(events, 'utf8')) as { events: number[][] }).events;
    const many = Array.from({ length: 60 }, () => rows).flat();
    writeFileSync(inWork('many.json'), `[\n${many.map((row) => JSON.stringify(row)).join(',\n')}\n]`);
    for (const output of ['many.txt', 'many.npy', 'many.json.gz']) {
      const written = ['1', '2', '3'].map((threads) => {
        const result = axoc(['simulate', model, '--input', 'many.json', '--output', output, '--threads', threads]);
        expect(result.status).toBe(0);
        expect(result.stderr).toMatch(/^30,000 events, [\d,]+\/s -> /m);
        return readFileSync(inWork(output));
      });
      expect(written[1]!.equals(written[0]!)).toBe(true);
      expect(written[2]!.equals(written[0]!)).toBe(true);
    }
    const reference = ['--engine', 'interpret', '--threads', '2'];
    expect(axoc(['simulate', model, '--input', 'many.json', '--output', 'reference.txt', ...reference]).status).toBe(0);
    expect(readFileSync(inWork('reference.txt')).equals(readFileSync(inWork('many.txt')))).toBe(true);
  });

  it.each(['1', '3'])(
    'with %s threads, a failing event in a late block is the one error, and the old output stays',
    (threads) => {
      const lines = readFileSync(inWork('many.json'), 'utf8').trimEnd().split('\n');
      const row = JSON.stringify([...Array(11).fill(1), 300_000]);
      const before = readFileSync(inWork('many.txt'));
      const files = readdirSync(work);
      const failWith = (text: string, ...options: string[]): string => {
        writeFileSync(inWork('many.json'), text);
        const failed = axoc([
          'simulate',
          model,
          '--input',
          'many.json',
          '--output',
          'many.txt',
          '--threads',
          threads,
          ...options,
        ]);
        expect(failed.status).toBe(2);
        return failed.stderr.slice(failed.stderr.indexOf('error['));
      };
      const late = lines.with(25_001, `${row},`).join('\n');
      const expected =
        'error[bad-event]: many.json: row 25000, column 11: 300000 (300000 after its LSB) is outside ap_fixed<18,13>, which holds -4096 to 4095.96875\n  help: check the units and the order of the columns\n';
      expect(failWith(late)).toBe(expected);
      if (threads === '3') expect(failWith(late, '--engine', 'interpret')).toBe(expected);
      // What cannot be read in a later block is not the first thing wrong; in an earlier one it is.
      const cut = lines.with(10_001, `${row},`).join('\n').slice(0, -100);
      expect(failWith(cut)).toBe(expected.replace('25000', '10000'));
      const broken = lines.with(5_001, '[1,2,,3],').with(25_001, `${row},`).join('\n');
      expect(failWith(broken)).toBe(
        'error[json-syntax]: many.json: line 5002, column 6: expected a value, found ","\n  help: the file is not valid JSON: correct it\n',
      );
      writeFileSync(inWork('many.json'), lines.join('\n'));
      expect(readFileSync(inWork('many.txt')).equals(before)).toBe(true);
      expect(readdirSync(work)).toEqual(files);
    },
  );

  it('takes and gives real values', () => {
    const { columns, events: rows } = JSON.parse(readFileSync(events, 'utf8')) as {
      columns: string[];
      events: number[][];
    };
    const real = rows.map((row) => row.map((value, index) => (columns[index]!.endsWith('_pt') ? value / 2 : value)));
    writeFileSync(inWork('real.json'), JSON.stringify(real));
    const both = axoc(['simulate', model, '--input', 'real.json', '--output', 'both.json', '--values']);
    expect(both.status).toBe(0);
    const raws = axoc(['simulate', model, '--input', 'real.json', '--output', 'raws.json', '--input-values']);
    expect(raws.status).toBe(0);
    const scores = JSON.parse(readFileSync(inWork('scores.json'), 'utf8')) as number[];
    expect(JSON.parse(readFileSync(inWork('raws.json'), 'utf8'))).toEqual(scores);
    expect(JSON.parse(readFileSync(inWork('both.json'), 'utf8'))).toEqual(scores.map((raw) => raw / 16));
  });

  it('says that real values were rounded or clamped, and counts one event as one', () => {
    const clamping = {
      ...(JSON.parse(readFileSync(model, 'utf8')) as object),
      hardware_format: 'ap_fixed<18,13,AP_RND,AP_SAT>',
    };
    writeFileSync(inWork('clamping.json'), JSON.stringify(clamping));
    writeFileSync(inWork('outside.json'), JSON.stringify([[0.01, 1e6, ...Array(10).fill(0)]]));
    const { stderr } = axoc(['simulate', 'clamping.json', '--input', 'outside.json', '--output', 'x', '--values']);
    expect(stderr).toContain(
      '2 input values were not in the input type: its modes have rounded them, or clamped what was out of range\n1 event, ',
    );
    rmSync(inWork('x'));
  });

  it('traces every intermediate value under its own name', () => {
    expect(axoc(['simulate', model, '--input', events, '--output', 'trace.json', '--trace']).status).toBe(0);
    const { columns, events: rows } = JSON.parse(readFileSync(inWork('trace.json'), 'utf8')) as {
      columns: string[];
      events: number[][];
    };
    expect(columns).toHaveLength(12 + 12 + 10 + 10 + 4 + 4 + 1);
    expect(columns).toContain('hidden relu[9]');
    const scores = JSON.parse(readFileSync(inWork('scores.json'), 'utf8')) as number[];
    expect(rows.map((row) => row[columns.indexOf('score')])).toEqual(scores);
    const mu = columns.flatMap((column, index) => (column.startsWith('mu[') ? [index] : []));
    // mu has 3 fraction bits, its squares 6, of which the product type keeps 4.
    const recomputed = rows.map((row) => mu.reduce((sum, index) => sum + Math.floor(row[index]! ** 2 / 4), 0));
    expect(recomputed).toEqual(scores);
  });

  it('keeps the old output when a run fails, and says what is wrong where', () => {
    writeFileSync(inWork('bad.json'), JSON.stringify([Array(12).fill(1), [...Array(11).fill(1), 300_000]]));
    const before = readFileSync(inWork('scores.txt'), 'utf8');
    const failed = axoc(['simulate', model, '--input', 'bad.json', '--output', 'scores.txt']);
    expect(failed.status).toBe(2);
    expect(failed.stderr).toContain(
      'error[bad-event]: bad.json: row 1, column 11: 300000 (300000 after its LSB) is outside ap_fixed<18,13>, which holds -4096 to 4095.96875\n  help: check the units and the order of the columns\n',
    );
    expect(readFileSync(inWork('scores.txt'), 'utf8')).toBe(before);
  });

  it('does not write over its events, nor text into a file that promises something else', () => {
    const kept = JSON.stringify([Array(12).fill(1)]);
    writeFileSync(inWork('kept.json'), kept);
    expect(axoc(['simulate', model, '--input', 'kept.json', '--output', './kept.json']).stderr).toContain(
      'error[output-is-input]: ./kept.json: this file is read by the same command\n  help: write to another\n',
    );
    expect(readFileSync(inWork('kept.json'), 'utf8')).toBe(kept);
    expect(axoc(['simulate', model, '--input', 'kept.json', '--output', 'scores.h5']).stderr).toContain(
      'error[result-format]: scores.h5: results are not written as .h5\n',
    );
    expect(existsSync(inWork('scores.h5'))).toBe(false);
  });

  it('refuses real values and other widths where hardware integers are expected', () => {
    writeFileSync(inWork('half.json'), JSON.stringify([[0.5, ...Array(11).fill(0)]]));
    expect(axoc(['simulate', model, '--input', 'half.json', '--output', 'x']).stderr).toContain(
      'row 0, column 0: 0.5 is not a hardware integer',
    );
    writeFileSync(inWork('narrow.json'), '[[1,2,3]]');
    expect(axoc(['simulate', model, '--input', 'narrow.json', '--output', 'x']).stderr).toContain(
      'error[wrong-width]: narrow.json: an event has 3 values, the network 12 inputs',
    );
    expect(existsSync(inWork('x'))).toBe(false);
  });

  it.for([
    ['v4', '--threads', '1'],
    ['v4', '--threads', '2'],
    ['v4', '--engine', 'interpret'],
    ['v6', '--threads', '1'],
    ['v6', '--threads', '3'],
    ['v6', '--engine', 'interpret'],
  ])('gives the official scores of AXOL1TL %s %s %s on all events', ([version, ...options], ctx) => {
    const data = path.join(requireSharedData(ctx), 'axol1tl');
    const network = path.join(data, `axol1tl-${version}.json`);
    const input = path.join(data, 'events.json.gz');
    const result = axoc(['simulate', network, '--input', input, '--output', 'official.json', ...options]);
    expect(result.status).toBe(0);
    const official = JSON.parse(
      gunzipSync(readFileSync(path.join(data, `${version}-scores.json.gz`))).toString(),
    ) as number[];
    expect(official).toHaveLength(7128);
    expect(JSON.parse(readFileSync(inWork('official.json'), 'utf8'))).toEqual(official);
  });
});

describe('inspect', () => {
  it('shows layers, types, ranges, counts and warnings', () => {
    const { stdout, stderr, status } = axoc(['inspect', model]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^mu +\[4\] +ap_fixed<10,7,AP_RND_CONV,AP_SAT> +ap_fixed<10,7,AP_RND_CONV,AP_SAT> +-64 to 63.875 /m,
    );
    expect(stdout).toMatch(/^in all: \d+ multiplications by constants/m);
    expect(stderr).toContain(
      'warning[can-wrap]: dimuon-trigger.json: hardware_format: input: the difference can reach',
    );
  });

  it('prints the program', () => {
    const lowered = axoc(['inspect', model, '--ir-lowered']).stdout;
    const optimised = axoc(['inspect', model, '--ir']).stdout;
    expect(lowered).toMatch(/^program dimuon_trigger\nhardware = input : \[12\] ap_fixed<18,13>\n/);
    expect(optimised.split('\n').length).toBeLessThan(lowered.split('\n').length);
  });

  it('warns of what the production networks can lose', (ctx) => {
    const data = path.join(requireSharedData(ctx), 'axol1tl');
    const { stderr } = axoc(['inspect', path.join(data, 'axol1tl-v4.json')]);
    expect(stderr).toContain(
      'the offset does not fit ap_fixed<10,10>: [6] 4.5 becomes 4, [33] 17.5 becomes 17, [36] 13.5 becomes 13, [42] 10.5 becomes 10',
    );
    expect(stderr).toMatch(
      /score.accum_format: score: the accumulator can reach 0 to [\d.]+; values above 16383.9375 wrap around in ap_ufixed<18,14>/,
    );
  });
});

describe('precision', () => {
  it('is ap_fixed<16,6> for results without a type, and can be overridden by layer', () => {
    const bare = { name: 'bare', inputs: 1, layers: [{ kind: 'dense', name: 'only', weights: [[0.5]] }] };
    writeFileSync(inWork('bare.json'), JSON.stringify(bare));
    const typesOf = (...args: string[]): (string | undefined)[] =>
      ['input', 'only'].map(
        (name) =>
          new RegExp(`^${name} +\\[1\\] +(\\S+)`, 'm').exec(axoc(['inspect', 'bare.json', ...args]).stdout)?.[1],
      );
    expect(typesOf()).toEqual(['ap_fixed<16,6>', 'ap_fixed<16,6>']);
    expect(typesOf('--precision', '12,4')).toEqual(['ap_fixed<12,4>', 'ap_fixed<12,4>']);
    expect(typesOf('--precision', 'ap_ufixed<9,3,AP_RND,AP_SAT>', '--precision', 'only=8,2')).toEqual([
      'ap_ufixed<9,3,AP_RND,AP_SAT>',
      'ap_fixed<8,2>',
    ]);
    expect(axoc(['inspect', 'bare.json', '--precision', 'onyl=8,2']).stderr).toContain('did you mean "only"?');
  });
});

describe('verify', () => {
  it('proves all legs equal', () => {
    const { status, stdout } = axoc(['verify', model, '--input', events, '--check-each-pass']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^interpreter +equal on 1,524 vectors, 80,772 values/m);
    expect(stdout).toMatch(/^wasm +equal on 1,524 vectors, 80,772 values/m);
    expect(stdout).toMatch(/^hls +equal on 1,524 vectors, 80,772 values/m);
    expect(stdout).toContain('dimuon_trigger: all legs agree, bit by bit');
  });

  it('ends with 4 without a compiler, unless the leg is left out by name', () => {
    const missing = axoc(['verify', model, '--vectors', '8'], { CXX: 'no-such-compiler' });
    expect(missing.status).toBe(4);
    expect(missing.stderr).toContain(
      'error[missing-compiler]: no-such-compiler: the C++ compiler that the hls leg needs was not found\n',
    );
    const without = ['--without', 'hls', '--without', 'hls-vendor'];
    expect(axoc(['verify', model, '--vectors', '8', ...without], { CXX: 'no-such-compiler' }).status).toBe(0);
    expect(axoc(['verify', model, '--without', 'hsl']).stderr).toContain(
      'error[unknown-leg]: --without hsl: there is no such leg\n  help: did you mean "hls"?',
    );
  });

  it('ends with 3 on a mismatch, names value, vector and numbers, and leaves a file that replay runs', () => {
    // A compiler with a bug: it reads the first weight of a layer with the wrong sign.
    const compiler = inWork('bad-compiler');
    writeFileSync(
      compiler,
      '#!/bin/sh\nfor word in "$@"; do case "$word" in */firmware/*.cpp)\n  sed -i "s/^{1,/{-1,/" "$(dirname "$word")/weights/compute_hidden.h";;\nesac; done\nexec g++ "$@"\n',
    );
    chmodSync(compiler, 0o755);
    const failed = axoc(['verify', model, '--input', events, '--without', 'hls-vendor'], { CXX: compiler });
    expect(failed.status).toBe(3);
    expect(failed.stderr).toMatch(
      /error\[mismatch\]: leg hls, vector \d+: hidden\[0\] is -?[\d.]+, the reference gives -?[\d.]+\n {2}help: dimuon_trigger-mismatch.txt reproduces it/,
    );

    const emitted = axoc(['emit-hls', model, '--out', 'never', '--without', 'hls-vendor'], { CXX: compiler });
    expect(emitted.status).toBe(3);
    expect(existsSync(inWork('never'))).toBe(false);

    expect(axoc(['replay', 'dimuon_trigger-mismatch.txt'], { CXX: compiler, AXOC_AP_INCLUDE: '' }).status).toBe(3);
    const mended = axoc(['replay', 'dimuon_trigger-mismatch.txt']);
    expect(mended.status).toBe(0);
    expect(mended.stdout).toContain('no mismatch any more');
  });
});

describe('help', () => {
  it('says which options must be given, and no default of a switch', () => {
    const { status, stdout, stderr } = axoc(['help', 'emit-hls']);
    expect([status, stderr]).toEqual([0, '']);
    const option = (name: string): string =>
      new RegExp(`^  ${name} [^]*?(?=\\n  -)`, 'm').exec(stdout)![0].replace(/\s+/g, ' ').trim();
    expect(option('--out')).toBe('--out <directory> where the project goes; written whole or not at all (required)');
    expect(option('--check-each-pass')).toBe('--check-each-pass simulate before and after each pass');
    expect(option('--ii')).toBe('--ii <clocks> initiation interval (default: 1)');
  });

  it('says how many threads simulate takes', () => {
    const { stdout } = axoc(['simulate', '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain('(default: one a core, at most 3; interpreter: 8)');
  });

  it('goes to stderr, with code 2, where a command is missing', () => {
    for (const args of [[], ['data'], ['zdc']]) {
      const { status, stdout, stderr } = axoc(args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toContain('Commands:');
    }
  });
});

describe('mistakes', () => {
  it.each([
    [['inspct'], "error: unknown command 'inspct'\n(Did you mean inspect?)"],
    [['inspect'], "error: missing required argument 'model'"],
    [['emit-hls', model], "error: required option '--out <directory>' not specified"],
    [['emit-hls', model, '--out', 'x', '--part', 'a;b'], 'a device name has letters, digits and hyphens only.'],
    [
      ['emit-hls', model, '--out', 'x', '--ii', '0'],
      "error: option '--ii <clocks>' argument '0' is invalid. at least 1.",
    ],
    [['verify', model, '--vectors', 'many'], 'a whole number is expected.'],
    [['verify', model, '--vectors', '0'], 'error[no-vectors]'],
    [
      ['simulate', model, '--input', events, '--output', 'x', '--threads', '0'],
      "error: option '--threads <count>' argument '0' is invalid. at least 1.",
    ],
    [['inspect', 'nowhere.json'], 'error[unreadable-file]: nowhere.json: no such file or directory'],
    [['replay', model], 'error[not-a-reproducer]: dimuon-trigger.json'],
  ])('%j', (args, message) => {
    const { status, stderr } = axoc(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});
