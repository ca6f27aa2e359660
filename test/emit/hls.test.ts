/** The emitted HLS project: goldens, hostile names, options, and that it simulates as a user would do it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { plainIdentifier } from '../../src/base/identifier.js';
import { type EmitOptions, emitModel } from '../../src/compile/emit-model.js';
import { loadVectors } from '../../src/compile/events.js';
import { loadModel } from '../../src/compile/model.js';
import { defaultHlsOptions } from '../../src/emit/hls/project.js';
import { defaultPrecision } from '../../src/network/precision.js';
import { expectGolden } from '../support/golden.js';
import { requireSharedData } from '../support/shared-data.js';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const example = path.join(fixtures, 'networks/dimuon-trigger.json');
const work = mkdtempSync(path.join(tmpdir(), 'axoc-emit-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The Makefile is checked where there is make: everywhere but on a machine with g++ alone. */
function requireMake(ctx: { skip(note?: string): never }): void {
  if (spawnSync('make', ['--version']).error === undefined) return;
  if (process.env.CI) throw new Error('make is missing');
  ctx.skip('no make on this machine');
}

const base = { directed: 64, seed: 1, without: [], hls: defaultHlsOptions } as const;

async function emitTo(
  name: string,
  model: string,
  options: Partial<EmitOptions> & { events?: string } = {},
): Promise<string> {
  const out = path.join(work, name);
  const loaded = await loadModel(model, { precision: defaultPrecision, checkEachPass: true });
  const vectors =
    options.events === undefined
      ? []
      : (await loadVectors({ path: options.events, unit: 'hardware' }, loaded.network)).vectors;
  await emitModel(loaded, vectors, { ...base, ...options, out });
  return out;
}

function filesOf(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(directory, file), readFileSync(file, 'utf8')];
    }),
  );
}

describe('the example project', () => {
  it('is what the goldens show', async () => {
    // The manifest tells which legs ran; the vendor's headers are not everywhere.
    const files = filesOf(await emitTo('example', example, { without: ['hls-vendor'] }));
    const shown = [...files.keys()].filter((name) => !/^(ap_types|firmware\/axoc|tb\/.*\.txt)/.test(name)).sort();
    for (const name of shown) {
      const golden = path.join(fixtures, 'hls/dimuon-trigger', `${name}.golden`);
      mkdirSync(path.dirname(golden), { recursive: true });
      expectGolden(golden, files.get(name)!);
    }
    expect(shown.length).toBeGreaterThan(15);
  });

  it('is the same, byte for byte, when emitted again', async () => {
    const again = await emitTo('again', example);
    expect(filesOf(again)).toEqual(filesOf(await emitTo('once', example)));
  });

  it('builds and passes its own test bench with make', async (ctx) => {
    requireMake(ctx);
    const out = await emitTo('make', example, { events: path.join(fixtures, 'events/dimuon-events.json') });
    expect(execFileSync('make', ['-C', out], { encoding: 'utf8' })).toContain('PASS: 564 of 564 events as expected');
  });

  it('has a test bench that fails when one bit of what it expects is wrong', async (ctx) => {
    requireMake(ctx);
    const out = await emitTo('wrong', example);
    const file = path.join(out, 'tb/expected.txt');
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[5] = (Number.parseInt(lines[5]!, 16) ^ 1).toString(16).padStart(lines[5]!.length, '0');
    writeFileSync(file, lines.join('\n'));
    expect(() => execFileSync('make', ['-C', out], { stdio: 'pipe' })).toThrow();
    expect(() => execFileSync(path.join(out, 'dimuon_trigger_test'), { cwd: out, stdio: 'pipe' })).toThrow(
      /Command failed/,
    );
    writeFileSync(file, lines.slice(0, 3).join('\n'));
    expect(() => execFileSync(path.join(out, 'dimuon_trigger_test'), { cwd: out, stdio: 'pipe' })).toThrow(
      /Command failed/,
    );
  });

  it('takes part, clock, initiation interval and latency', async () => {
    const hls = { part: 'xcvu13p-flga2577-2-e', clock: 4.16, ii: 2, latency: 5 };
    const files = filesOf(await emitTo('options', example, { hls }));
    expect(files.get('build_prj.tcl')).toContain('set_part { xcvu13p-flga2577-2-e }');
    expect(files.get('build_prj.tcl')).toContain('create_clock -period 4.16 -name default');
    const top = files.get('firmware/dimuon_trigger.cpp');
    expect(top).toContain('#pragma HLS PIPELINE II=2\n#pragma HLS LATENCY min=5 max=5\n');
    expect(top).toContain('a new event every 2 clocks.');
    expect(JSON.parse(files.get('manifest.json')!)).toMatchObject({
      part: hls.part,
      clock_ns: 4.16,
      initiation_interval: 2,
      latency: 5,
    });
  });

  it('says of which program it is: other options change nothing, another type does', async () => {
    const digestOf = async (name: string, network: string, options: Parameters<typeof emitTo>[2] = {}) => {
      const files = filesOf(await emitTo(name, network, { directed: 8, without: ['hls', 'hls-vendor'], ...options }));
      return (JSON.parse(files.get('manifest.json')!) as { program_sha256: string }).program_sha256;
    };
    const network = JSON.parse(readFileSync(example, 'utf8')) as { input_format: string };
    const other = path.join(work, 'wider.json');
    writeFileSync(other, JSON.stringify({ ...network, input_format: 'ap_fixed<20,12>' }));
    const digest = await digestOf('digest', example);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digest).toBe(await digestOf('digest-2', example, { hls: { part: 'p', clock: 5, ii: 2, latency: 5 } }));
    expect(digest).not.toBe(await digestOf('digest-3', other));
  });
});

describe('names', () => {
  const described = JSON.parse(readFileSync(example, 'utf8')) as {
    name: string;
    layers: { name: string }[];
    score: { of: string };
  };

  /** The example under other names. */
  function renamed(file: string, name: string, layer: string): string {
    const network = structuredClone(described);
    network.name = name;
    network.layers[3]!.name = layer;
    network.score.of = layer;
    const target = path.join(work, file);
    writeFileSync(target, JSON.stringify(network));
    return target;
  }

  it.each([
    'a*/;system("x")',
    'line\nbreak',
    `"double" and 'single'`,
    '../..',
    'class',
    '$(touch x) `touch y` [exec touch z]',
    '9 lives',
    'größe',
    '#define x',
    'i',
    '',
  ])('%j generates the bytes of the plain identifier it is reduced to', async (name) => {
    if (name === '') {
      await expect(
        loadModel(renamed('empty.json', name, 'mu'), { precision: defaultPrecision, checkEachPass: false }),
      ).rejects.toThrow('empty name');
      return;
    }
    const without = ['interpreter', 'hls-vendor'] as const;
    const hostile = filesOf(await emitTo('hostile', renamed('hostile.json', name, name), { without, directed: 8 }));
    const plain = plainIdentifier(name);
    const tame = filesOf(await emitTo('tame', renamed('tame.json', plain, plain), { without, directed: 8 }));
    const manifest = JSON.parse(hostile.get('manifest.json')!) as { name: string; values: { name: string }[] };
    expect(manifest.name).toBe(name);
    expect(manifest.values.map((value) => value.name)).toContain(name);
    hostile.delete('manifest.json');
    tame.delete('manifest.json');
    expect(hostile).toEqual(tame);
    // What has nothing but word characters may stand in a text by chance.
    const isTelling = /\W/.test(name.trim());
    expect([...hostile.values()].some((text) => isTelling && text.includes(name))).toBe(false);
  });
});

describe('output directories', () => {
  it('are left alone when they were not written by this command', async () => {
    const foreign = path.join(work, 'foreign');
    mkdirSync(foreign);
    writeFileSync(path.join(foreign, 'thesis.tex'), 'precious');
    await expect(emitTo('foreign', example)).rejects.toThrow('error[foreign-directory]');
    expect(readFileSync(path.join(foreign, 'thesis.tex'), 'utf8')).toBe('precious');
  });

  it('keep the old project when a run fails', async () => {
    const out = await emitTo('kept', example);
    const before = filesOf(out);
    await expect(emitTo('kept', example, { apInclude: path.join(work, 'nowhere') })).rejects.toThrow(
      'error[no-headers]',
    );
    expect(filesOf(out)).toEqual(before);
    expect(readdirSync(work).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

describe('the production networks', () => {
  it.for(['v4', 'v6'])(
    'AXOL1TL %s: emitted, verified on all events, and its own test bench passes',
    async (version, ctx) => {
      requireMake(ctx);
      const data = path.join(requireSharedData(ctx), 'axol1tl');
      const out = await emitTo(`axol1tl-${version}`, path.join(data, `axol1tl-${version}.json`), {
        events: path.join(data, 'events.json.gz'),
      });
      expect(existsSync(path.join(out, 'build_prj.tcl'))).toBe(true);
      const manifest = JSON.parse(readFileSync(path.join(out, 'manifest.json'), 'utf8')) as {
        verification: { vectors: number }[];
      };
      expect(manifest.verification.map(({ vectors }) => vectors)).toEqual(
        Array(manifest.verification.length).fill(7192),
      );
      expect(execFileSync('make', ['-C', out], { encoding: 'utf8' })).toContain(
        'PASS: 1064 of 1064 events as expected',
      );
    },
  );
});
