/** `axoc export-onnx` and the leg `onnx` of `axoc verify`, as a user meets them, in this process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { addExportOnnx } from '../../src/cli/commands/export-onnx.js';
import { addImport } from '../../src/cli/commands/import.js';
import { addVerify } from '../../src/cli/commands/verify.js';
import { readOnnx } from '../../src/onnx/read.js';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const model = path.join(fixtures, 'networks/dimuon-trigger.json');
const events = path.join(fixtures, 'events/dimuon-events.json');
const work = mkdtempSync(path.join(tmpdir(), 'axoc-export-'));
const inWork = (name: string): string => path.join(work, name);
afterAll(() => rmSync(work, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

/** What a command prints, to stdout and to stderr. */
async function axoc(...args: readonly string[]): Promise<{ readonly out: string; readonly notes: string }> {
  const printed = { out: '', notes: '' };
  const keep = (stream: NodeJS.WriteStream, name: keyof typeof printed): void => {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed[name] += String(text);
      return true;
    });
  };
  keep(process.stdout, 'out');
  keep(process.stderr, 'notes');
  const program = new Command('axoc').exitOverride();
  addExportOnnx(program);
  addImport(program);
  addVerify(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    await program.parseAsync(args, { from: 'user' });
  } finally {
    vi.restoreAllMocks();
  }
  return printed;
}

/** A network that multiplies two numbers of 40 bits. */
function wideModel(): string {
  const layer = { kind: 'relu', name: 'only', result_format: 'ap_ufixed<40,20>' };
  const score = { kind: 'sum-of-squares', of: 'only', result_format: 'ap_ufixed<16,8>' };
  const file = inWork('wide.json');
  writeFileSync(
    file,
    JSON.stringify({ name: 'wide', inputs: 2, input_format: 'ap_fixed<41,21>', layers: [layer], score }),
  );
  return file;
}

describe('axoc export-onnx', () => {
  it('writes a model that was compared in ONNX Runtime, the same bytes every time', async () => {
    const arguments_ = ['export-onnx', model, '--profile', 'exact', '--input', events, '--vectors', '100'];
    const { out } = await axoc(...arguments_, '--out', inWork('first.onnx'));
    expect(out).toMatch(
      /^onnx {9}equal on 600 vectors, 31,800 values {2}\(the exact ONNX model, opset 13, in onnxruntime-\S+ \S+\)$/m,
    );
    const bytes = readFileSync(inWork('first.onnx'));
    const written = readOnnx(bytes, 'first.onnx');
    expect(out).toContain(
      `(operator set 13): ${written.graph.nodes.length} nodes, ${bytes.length.toLocaleString('en-US')} bytes\n`,
    );
    expect(out).toMatch(/^ {2}speed {3}[\d,]+ events\/s in onnxruntime-\S+ \S+, one thread, 1,024 events at a time$/m);
    expect(written.metadata).toMatchObject({ 'axoc.profile': 'exact', 'axoc.model': 'dimuon-trigger' });
    expect(JSON.parse(written.metadata['axoc.hardware_lsb']!)).toHaveLength(12);
    await axoc(...arguments_, '--out', inWork('second.onnx'));
    expect(readFileSync(inWork('second.onnx')).equals(bytes)).toBe(true);
  });

  it('takes other operator sets, but none that the file version does not go with', async () => {
    const arguments_ = ['export-onnx', model, '--profile', 'exact', '--vectors', '8', '--out', inWork('set.onnx')];
    await axoc(...arguments_, '--opset', '17');
    expect(readOnnx(readFileSync(inWork('set.onnx')), 'set.onnx').opsets).toEqual({ '': 17 });
    for (const opset of ['12', '19']) await expect(axoc(...arguments_, '--opset', opset)).rejects.toThrow('13 to 18.');
    await expect(axoc(...arguments_, '--profile', 'onnx')).rejects.toThrow('Allowed choices are exact, float, qonnx.');
    await expect(axoc(...arguments_, '--profile', 'float')).rejects.toThrow(
      'is a description of fixed-point layers, which has no floating-point weights',
    );
    await expect(axoc(...arguments_, '--part', 'decoder')).rejects.toThrow(
      '--part decoder: the profile exact writes what is deployed in firmware: encoder and score',
    );
  });

  it('writes QONNX', async () => {
    const { out } = await axoc('export-onnx', model, '--profile', 'qonnx', '--vectors', '8', '--out', inWork('q.onnx'));
    expect(out).toMatch(/^qonnx {8}equal on 8 vectors/m);
    expect(out).toMatch(/QONNX model in \S+q\.onnx \(operator set 13\): \d+ nodes/);
    expect(readOnnx(readFileSync(inWork('q.onnx')), 'q.onnx').graph.nodes.length).toBeGreaterThan(5);
  });

  it('writes the decoder of a generator in float32', async () => {
    const decoder = path.join(fixtures, 'keras/keras2-generator.h5');
    const generator = inWork('generator.h5');
    await axoc('import', decoder, '--out', generator);
    const { out } = await axoc('export-onnx', generator, '--profile', 'float', '--out', inWork('g.onnx'));
    expect(out).toMatch(
      /^\S+: largest difference from the training graph \d\.\de-\d \(at \S+\) of [\d,]+ values; allowed/m,
    );
    expect(out).toMatch(
      /^ {2}speed {3}\S+ ms an event, 1 at a time; without rewrites \S+ ms: \d+\.\d\d times as long$/m,
    );
    expect(readOnnx(readFileSync(inWork('g.onnx')), 'g.onnx').metadata).toMatchObject({ 'axoc.profile': 'float' });
    const all = axoc('export-onnx', generator, '--profile', 'float', '--part', 'all', '--out', inWork('h.onnx'));
    await expect(all).rejects.toThrow('--part all: generator.h5 holds no encoder');
    expect(existsSync(inWork('h.onnx'))).toBe(false);
    const events = path.join(fixtures, 'keras/keras2-generator.npz');
    const compared = await axoc(
      'export-onnx',
      generator,
      '--profile',
      'float',
      '--out',
      inWork('g.onnx'),
      '--input',
      events,
    );
    const counted = (text: string): number => Number(/of ([\d,]+) values/.exec(text)![1]!.replaceAll(',', ''));
    expect(counted(compared.out)).toBeGreaterThan(counted(out));
  });

  it('writes nothing where int64 is not wide enough', async () => {
    const output = inWork('wide.onnx');
    const failed = axoc('export-onnx', wideModel(), '--profile', 'exact', '--out', output);
    await expect(failed).rejects.toThrow(
      'error[onnx-too-wide]: score.squares: computing it exactly takes integers of 80 bits',
    );
    await expect(failed).rejects.toBeInstanceOf(AxocError);
    expect(existsSync(output)).toBe(false);
  });
});

describe('axoc verify', () => {
  const without = ['--without', 'hls', '--without', 'hls-vendor', '--vectors', '64'];

  it('runs the leg onnx', async () => {
    const { out, notes } = await axoc('verify', model, ...without);
    expect(out).toMatch(/^onnx {9}equal on 64 vectors, 3,392 values/m);
    expect(notes).not.toContain('not run');
  });

  it('says why where the program is too wide for it', async () => {
    const { out, notes } = await axoc('verify', wideModel(), ...without);
    expect(out).not.toMatch(/^onnx/m);
    expect(out).toMatch(/^wasm {9}equal on 64 vectors/m);
    expect(notes).toMatch(
      /^onnx {9}not run: score\.squares: computing it exactly takes integers of 80 bits and a sign; ONNX/m,
    );
    await expect(
      axoc('verify', wideModel(), ...without, '--without', 'interpreter', '--without', 'wasm'),
    ).rejects.toThrow('error[no-legs]: --without: no leg is left to verify with; onnx cannot run (score.squares: ');
  });
});
