/** Exported models as the ONNX project itself reads them: its checker, and its reference evaluator, where AXOC_ONNX_PYTHON names a Python that has them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { floatOnnx, plainOnnx } from '../../src/compile/export-float.js';
import { type GeneratorOptions, generatorPart } from '../../src/compile/export-generator.js';
import type { FloatPart } from '../../src/compile/float-part.js';
import { loadModel } from '../../src/compile/model.js';
import { exactModel } from '../../src/emit/onnx/exact-model.js';
import { inputsOf, opsById } from '../../src/ir/op.js';
import { defaultPrecision } from '../../src/network/precision.js';
import type { OnnxModel } from '../../src/onnx/model.js';
import { writeOnnx } from '../../src/onnx/write.js';
import { interpreterOf } from '../../src/simulate/interpret.js';
import { chooseExecutor } from '../../src/tensor/executors/choose.js';
import { elementCountOf } from '../../src/tensor/graph.js';
import { directedVectors } from '../../src/verify/vectors.js';
import { channelGraph } from '../../src/zdc/channels.js';
import { randomGenerator } from '../support/random-generator.js';

interface Tensor {
  readonly type: 'float32' | 'int64';
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Case {
  readonly file: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly tolerance: number;
}

const events = 2;
const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const script = fileURLToPath(new URL('../support/check-onnx.py', import.meta.url));

/** What the training graph makes of some events, for the model that was written. */
async function floatCase(part: FloatPart, model: OnnxModel, file: string, tolerance: number): Promise<Case> {
  writeFileSync(file, writeOnnx(model));
  const graph = part.plain(events);
  const random = Random.seeded(4);
  const feeds = new Map(
    graph.inputs.map(({ name, shape }) => {
      const values = new Float32Array(elementCountOf(shape));
      random.fillNormal(values);
      const { means, scales } = part.drawn.get(name) ?? { means: [0], scales: [1] };
      const at = (index: number): number => index % means.length;
      return [name, values.map((value, index) => means[at(index)]! + scales[at(index)]! * value)];
    }),
  );
  const executable = await (await chooseExecutor('onnxruntime')).compile(graph);
  const wanted = await executable.run(feeds);
  await executable.dispose();
  const tensor = (shape: readonly number[], values: Iterable<number>): Tensor => ({
    type: 'float32',
    shape,
    values: Array.from(values),
  });
  return {
    file,
    inputs: Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, tensor(shape, feeds.get(name)!)])),
    outputs: Object.fromEntries(
      [...graph.outputs].map(([name, { shape }]) => [name, tensor(shape, wanted.get(name)!)]),
    ),
    tolerance,
  };
}

async function generatorCases(directory: string): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const name of ['ZN', 'ZP'] as const) {
    const generator = randomGenerator(name);
    const finish = { name: 'channels', description: 'photons', apply: channelGraph.bind(undefined, name) };
    const wanted: readonly (GeneratorOptions & { readonly opset: number })[] = [
      { part: 'decoder', scaler: 'none', opset: 13 },
      { part: 'decoder', scaler: 'embedded', opset: 18 },
      { part: 'decoder', scaler: 'embedded', opset: 13, finish },
      { part: 'encoder', scaler: 'none', opset: 15 },
      { part: 'all', scaler: 'none', opset: 18 },
    ];
    for (const [index, { opset, ...options }] of wanted.entries()) {
      const part = generatorPart(generator, name, options);
      const file = path.join(directory, `${name}-${index}.onnx`);
      cases.push(await floatCase(part, floatOnnx(part, opset), file, options.finish === undefined ? 1e-5 : 1));
    }
    const part = generatorPart(generator, name, { part: 'decoder', scaler: 'none' });
    cases.push(await floatCase(part, plainOnnx(part, 13), path.join(directory, `${name}-plain.onnx`), 1e-5));
  }
  return cases;
}

/** Integers, to the last bit. */
async function exactCases(directory: string): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const [name, opset] of [
    ['dimuon-trigger', 13],
    ['calorimeter-trigger', 18],
  ] as const) {
    const { program } = await loadModel(path.join(fixtures, `networks/${name}.json`), {
      precision: defaultPrecision,
      checkEachPass: false,
    });
    const { model } = exactModel(program, { opset, trace: false, name, version: '0', facts: {} });
    const file = path.join(directory, `${name}.onnx`);
    writeFileSync(file, writeOnnx(model));
    const vectors = directedVectors(program, events, Random.seeded(1));
    const run = interpreterOf(program);
    const traces = vectors.map(run);
    const byId = opsById(program);
    const tensor = (id: string, rows: readonly (readonly bigint[])[]): Tensor => ({
      type: 'int64',
      shape: [rows.length, ...byId.get(id)!.type.shape],
      values: rows.flat().map(Number),
    });
    let start = 0;
    const inputs = inputsOf(program).map(({ id, type }) => {
      const width = elementCountOf(type.shape);
      const rows = vectors.map((vector) => vector.slice(start, start + width));
      start += width;
      return [id, tensor(id, rows)] as const;
    });
    cases.push({
      file,
      inputs: Object.fromEntries(inputs),
      outputs: Object.fromEntries(
        program.outputs.map((id) => [
          id,
          tensor(
            id,
            traces.map((trace) => trace.get(id)!),
          ),
        ]),
      ),
      tolerance: 0,
    });
  }
  return cases;
}

it("exported models pass the ONNX project's checker and agree with its reference evaluator", async (ctx) => {
  const python = process.env.AXOC_ONNX_PYTHON;
  if (python === undefined) {
    const reason = 'AXOC_ONNX_PYTHON names no Python with the package onnx';
    if (process.env.CI) throw new Error(reason);
    return ctx.skip(reason);
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'axoc-onnx-project-'));
  try {
    const cases = [...(await generatorCases(directory)), ...(await exactCases(directory))];
    expect(cases).toHaveLength(14);
    writeFileSync(path.join(directory, 'cases.json'), JSON.stringify(cases));
    const said = execFileSync(python, [script, path.join(directory, 'cases.json')], { encoding: 'utf8' });
    expect(said).toMatch(/^14 models, \d+ numbers agree/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
