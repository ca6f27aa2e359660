/** The QONNX profile: what the written file computes, and that QONNX's own tools compute the same. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { AxocError } from '../../src/base/diagnostic.js';
import { Random } from '../../src/base/random.js';
import { exportQonnx } from '../../src/compile/export-qonnx.js';
import { loadModel } from '../../src/compile/model.js';
import { qonnxModel } from '../../src/emit/onnx/qonnx-model.js';
import { toDouble } from '../../src/fixed/dyadic.js';
import { overflows, roundings } from '../../src/fixed/format.js';
import { lower } from '../../src/lower/lower.js';
import { defaultPrecision } from '../../src/network/precision.js';
import { readNetwork } from '../../src/network/read-network.js';
import { readOnnx } from '../../src/onnx/read.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { fractionsOf } from '../../src/verify/leg.js';
import { qonnxLeg } from '../../src/verify/qonnx-leg.js';
import { directedVectors } from '../../src/verify/vectors.js';
import { referenceOf, verify } from '../../src/verify/verify.js';
import { readAxol1tl } from '../support/axol1tl.js';
import { type RandomNetwork, randomNetworks } from '../support/random-networks.js';
import { requireSharedData } from '../support/shared-data.js';

const work = mkdtempSync(path.join(tmpdir(), 'axoc-qonnx-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const calorimeter = fileURLToPath(new URL('../../fixtures/networks/calorimeter-trigger.json', import.meta.url));
const options = { opset: 13, name: 'net', version: '0', facts: {} };
const exporting = { opset: 13, directed: 64, seed: 1, part: 'all' } as const;

/** One cast of ap_fixed<9,4> to six bits, in each mode pair. */
function castNetwork(rounding: string, overflow: string, isSigned: boolean, width: number) {
  const type = `ap_${isSigned ? '' : 'u'}fixed<${width},2,${rounding},${overflow}>`;
  const layers = [{ kind: 'cast', name: 'cast', result_format: type }];
  const text = JSON.stringify({ name: 'net', inputs: 1, input_format: 'ap_fixed<9,4>', layers });
  return lower(readNetwork(text, 'net.json', defaultPrecision)).program;
}

const everyInput = Array.from({ length: 512 }, (_, code) => [BigInt(code - 256)]);

describe('the QONNX profile', () => {
  it.each(roundings.flatMap((rounding) => overflows.map((overflow) => [rounding, overflow] as const)))(
    'writes a cast with %s and %s: every input',
    async (rounding, overflow) => {
      for (const isSigned of [true, false])
        for (const width of [1, 2, 6]) {
          if (isSigned && width === 1 && overflow === 'AP_SAT_SYM') continue;
          const program = castNetwork(rounding, overflow, isSigned, width);
          const leg = qonnxLeg(program, writeOnnx(qonnxModel(program, options).model));
          const { mismatch, legs } = await verify(referenceOf(program, everyInput), [leg]);
          expect(mismatch).toBeUndefined();
          expect(legs[0]!.values).toBe(2 * 512);
        }
    },
  );

  it('writes random networks of every layer, mode and accumulator', async () => {
    let written = 0;
    let refused = 0;
    const operators = new Set<string>();
    for (const { name, program, seed } of lowered(77)) {
      if (written + refused === 120) break;
      try {
        const { model } = qonnxModel(program, options);
        for (const { operator } of model.graph.nodes) operators.add(operator);
        const vectors = directedVectors(program, 48, Random.seeded(seed));
        const { mismatch } = await verify(referenceOf(program, vectors), [qonnxLeg(program, writeOnnx(model))]);
        expect(mismatch, name).toBeUndefined();
        written += 1;
      } catch (error) {
        if (!(error instanceof AxocError) || error.diagnostics[0]!.code !== 'onnx-too-wide') throw error;
        refused += 1;
      }
    }
    expect(written).toBeGreaterThan(60);
    expect([...operators]).toEqual(
      expect.arrayContaining(['Quant', 'MatMul', 'Conv', 'Relu', 'LeakyRelu', 'Floor', 'Clip', 'ReduceSum', 'Slice']),
    );
  });

  it.for(['v4', 'v6'] as const)(
    'gives the official scores of AXOL1TL %s, its layers in 24 bits',
    async (version, ctx) => {
      const directory = requireSharedData(ctx);
      const { events, scores } = readAxol1tl(directory, version);
      const file = path.join(directory, 'axol1tl', `axol1tl-${version}.json`);
      const model = await loadModel(file, { precision: defaultPrecision, checkEachPass: false });
      const out = path.join(work, `${version}.onnx`);
      const exported = await exportQonnx(model, events.slice(0, 500), { ...exporting, out });
      // Differences of 17 bits are squared.
      expect(exported.roundedIds.filter((id) => !id.startsWith('score'))).toEqual([]);
      expect(exported.roundedIds.length > 0).toBe(version === 'v6');
      expect(exported.legs[0]).toMatchObject({ leg: 'qonnx', vectors: 564 });
      const [start, score] = [[...model.lowered.names].find(([, name]) => name === 'input')![0], 'score'];
      const run = interpreterOf(model.lowered.program);
      const x = events.map((event) => run(event).get(start)!);
      const program = cutAt(model.lowered.program, start);
      const found = await qonnxLeg(program, readFileSync(out)).run(x);
      expect(found.map((trace) => trace.get(score)![0])).toEqual(scores);
    },
  );

  it('leaves the score out for tools that make hardware', async () => {
    const model = await loadModel(calorimeter, { precision: defaultPrecision, checkEachPass: false });
    const out = path.join(work, 'encoder.onnx');
    const { outputs } = await exportQonnx(model, [], { ...exporting, out, part: 'encoder' });
    expect(outputs.map(({ name }) => name)).not.toContain('score');
    const { graph, metadata, opsets } = readOnnx(readFileSync(out), out);
    expect(graph.nodes.some(({ operator }) => operator === 'Conv')).toBe(true);
    expect(metadata).toMatchObject({ 'axoc.profile': 'qonnx' });
    expect(opsets).toMatchObject({ 'qonnx.custom_op.general': 1 });
  });

  it('refuses a weight that float32 does not hold, and tells where float32 may round', () => {
    const network = (bits: number) => {
      const weights = [[2 ** (bits - 2) + 1]];
      const layer = { kind: 'dense', name: 'wide', weights, weight_format: `ap_fixed<${bits},${bits}>` };
      const text = JSON.stringify({ name: 'net', inputs: 1, input_format: 'ap_fixed<9,4>', layers: [layer] });
      return lower(readNetwork(text, 'net.json', defaultPrecision)).program;
    };
    expect(() => qonnxModel(network(30), options)).toThrow(/does not fit float32/);
    expect(qonnxModel(network(20), options).roundedIds).toContain('wide.product');
    expect(qonnxModel(network(12), options).roundedIds).toEqual([]);
  });
});

describe("QONNX's own executor", () => {
  it('computes what the interpreter computes', async (ctx) => {
    const python = process.env.AXOC_ONNX_PYTHON;
    if (python === undefined) {
      const reason = 'AXOC_ONNX_PYTHON names no Python with the packages onnx and qonnx';
      if (process.env.CI) throw new Error(reason);
      return ctx.skip(reason);
    }
    const cases = [];
    for (const { program, seed } of lowered(5)) {
      if (cases.length === 12) break;
      const { model, roundedIds } = tryWrite(program) ?? { roundedIds: ['refused'] };
      if (model === undefined || roundedIds.length > 0) continue;
      const fractions = fractionsOf(program);
      const vectors = directedVectors(program, 8, Random.seeded(seed));
      const traces = referenceOf(program, vectors).traces;
      const file = path.join(work, `case${cases.length}.onnx`);
      writeFileSync(file, writeOnnx(model));
      cases.push({
        file,
        events: vectors.map((_, event) => {
          const values = (id: string): number[] =>
            traces[event]!.get(id)!.map((raw, index) => toDouble(raw, fractions.get(id)![index]!));
          const named = (infos: readonly { name: string }[]) =>
            Object.fromEntries(infos.map(({ name }) => [name, values(name)]));
          return { inputs: named(model.graph.inputs), outputs: named(model.graph.outputs) };
        }),
      });
    }
    writeFileSync(path.join(work, 'cases.json'), JSON.stringify(cases));
    const script = fileURLToPath(new URL('../support/run-qonnx.py', import.meta.url));
    const printed = execFileSync(python, [script, path.join(work, 'cases.json')], { encoding: 'utf8' });
    expect(printed).toMatch(/^12 models, \d+ numbers equal\n$/);
  });
});

/** Lowered descriptions alone: programs made by hand may give every element of a cast a type of its own. */
function* lowered(seed: number): Generator<RandomNetwork> {
  for (const network of randomNetworks(seed)) if (network.name.startsWith('description')) yield network;
}

type Program = Parameters<typeof qonnxModel>[0];

function tryWrite(program: Program) {
  try {
    return qonnxModel(program, options);
  } catch (error) {
    if (error instanceof AxocError) return undefined;
    throw error;
  }
}

/** The program with the value `start` as its input. */
function cutAt(program: Program, start: string): Program {
  const at = program.ops.findIndex(({ id }) => id === start);
  const { type } = program.ops[at]!;
  return { ...program, ops: [{ id: start, kind: 'input', type }, ...program.ops.slice(at + 1)] };
}
